import MomentoAuthMessages
import ProtobufWire

/// A condition of a transaction: that something of a key is equal to what is given.
struct Compare: WireMessage {
  enum Field: UInt32, WireField {
    case target = 2
    case key = 3
    case createRevision = 5
    case modRevision = 6
    case value = 7
  }

  struct Target: WireEnum {
    var rawValue: Int32

    static let version = Target(rawValue: 0)
    static let createRevision = Target(rawValue: 1)
    static let modRevision = Target(rawValue: 2)
    static let value = Target(rawValue: 3)
  }

  /// What it has to be equal to. A key that is not there has revisions 0.
  enum Operand: Sendable, Equatable {
    case createRevision(Int64)
    case modRevision(Int64)
    case value([UInt8])
  }

  static let messageName = "etcdserverpb.Compare"
  var target = Target.version
  var key: [UInt8] = []
  var operand: Operand?
  var unknownFields = UnknownFields()

  init() {}

  init(_ key: [UInt8], createRevision: Int64) {
    self.key = key
    target = .createRevision
    operand = .createRevision(createRevision)
  }

  init(_ key: [UInt8], modRevision: Int64) {
    self.key = key
    target = .modRevision
    operand = .modRevision(modRevision)
  }

  init(_ key: [UInt8], value: [UInt8]) {
    self.key = key
    target = .value
    operand = .value(value)
  }

  mutating func decode(
    _ field: Field, _ bytes: Span<UInt8>, _ reader: inout WireReader
  ) throws(WireError) -> Bool {
    switch field {
    case .target: try reader.read(.enumeration(Target.self), &target, bytes)
    case .key: try reader.read(.bytes, &key, bytes)
    case .createRevision: try reader.read(.int64, &operand, bytes, Operand.createRevision)
    case .modRevision: try reader.read(.int64, &operand, bytes, Operand.modRevision)
    case .value: try reader.read(.bytes, &operand, bytes, Operand.value)
    }
  }

  func encodeFields(into writer: inout WireWriter) {
    switch operand {
    case .value(let value): writer.writePresent(.bytes, value, Field.value)
    case .modRevision(let revision): writer.writePresent(.int64, revision, Field.modRevision)
    case .createRevision(let revision):
      writer.writePresent(.int64, revision, Field.createRevision)
    case nil: break
    }
    writer.write(.bytes, key, Field.key)
    writer.write(.enumeration(Target.self), target, Field.target)
  }
}

extension Compare: SecretBearing {
  var shownFields: KeyValuePairs<String, Any> { ["key": key, "target": target.rawValue] }
}

/// One step of a transaction.
struct RequestOperation: WireMessage {
  enum Field: UInt32, WireField {
    case range = 1
    case put = 2
    case deleteRange = 3
    case transaction = 4
  }

  indirect enum Kind: Sendable, Equatable {
    case range(RangeRequest)
    case put(PutRequest)
    case deleteRange(DeleteRangeRequest)
    case transaction(TransactionRequest)
  }

  static let messageName = "etcdserverpb.RequestOp"
  var kind: Kind?
  var unknownFields = UnknownFields()

  init() {}

  init(_ kind: Kind) { self.kind = kind }

  mutating func decode(
    _ field: Field, _ bytes: Span<UInt8>, _ reader: inout WireReader
  ) throws(WireError) -> Bool {
    switch field {
    case .range:
      try reader.read(.message(RangeRequest.self), &kind, bytes, Kind.range) {
        if case .range(let request) = $0 { request } else { nil }
      }
    case .put:
      try reader.read(.message(PutRequest.self), &kind, bytes, Kind.put) {
        if case .put(let request) = $0 { request } else { nil }
      }
    case .deleteRange:
      try reader.read(.message(DeleteRangeRequest.self), &kind, bytes, Kind.deleteRange) {
        if case .deleteRange(let request) = $0 { request } else { nil }
      }
    case .transaction:
      try reader.read(.message(TransactionRequest.self), &kind, bytes, Kind.transaction) {
        if case .transaction(let request) = $0 { request } else { nil }
      }
    }
  }

  func encodeFields(into writer: inout WireWriter) {
    switch kind {
    case .range(let request):
      writer.writePresent(.message(RangeRequest.self), request, Field.range)
    case .put(let request): writer.writePresent(.message(PutRequest.self), request, Field.put)
    case .deleteRange(let request):
      writer.writePresent(.message(DeleteRangeRequest.self), request, Field.deleteRange)
    case .transaction(let request):
      writer.writePresent(.message(TransactionRequest.self), request, Field.transaction)
    case nil: break
    }
  }
}

/// What a step has come to; of the kinds, only reading is looked at.
struct ResponseOperation: WireMessage {
  enum Field: UInt32, WireField {
    case range = 1
  }

  static let messageName = "etcdserverpb.ResponseOp"
  var range: RangeResponse?
  var unknownFields = UnknownFields()

  mutating func decode(
    _ field: Field, _ bytes: Span<UInt8>, _ reader: inout WireReader
  ) throws(WireError) -> Bool {
    switch field {
    case .range: try reader.read(.message(RangeResponse.self), &range, bytes)
    }
  }

  func encodeFields(into writer: inout WireWriter) {
    writer.write(.message(RangeResponse.self), range, Field.range)
  }
}

/// Steps that are done all at once: `success` if every condition holds, else `failure`.
struct TransactionRequest: WireMessage {
  enum Field: UInt32, WireField {
    case compare = 1
    case success = 2
    case failure = 3
  }

  static let messageName = "etcdserverpb.TxnRequest"
  var compare: [Compare] = []
  var success: [RequestOperation] = []
  var failure: [RequestOperation] = []
  var unknownFields = UnknownFields()

  init() {}

  init(
    compare: [Compare] = [], success: [RequestOperation.Kind] = [],
    failure: [RequestOperation.Kind] = []
  ) {
    self.compare = compare
    self.success = success.map(RequestOperation.init)
    self.failure = failure.map(RequestOperation.init)
  }

  mutating func decode(
    _ field: Field, _ bytes: Span<UInt8>, _ reader: inout WireReader
  ) throws(WireError) -> Bool {
    switch field {
    case .compare: try reader.readRepeated(.message(Compare.self), &compare, bytes)
    case .success: try reader.readRepeated(.message(RequestOperation.self), &success, bytes)
    case .failure: try reader.readRepeated(.message(RequestOperation.self), &failure, bytes)
    }
  }

  func encodeFields(into writer: inout WireWriter) {
    writer.writeRepeated(.message(RequestOperation.self), failure, Field.failure)
    writer.writeRepeated(.message(RequestOperation.self), success, Field.success)
    writer.writeRepeated(.message(Compare.self), compare, Field.compare)
  }
}

/// Which steps were done, and what came of each.
struct TransactionResponse: WireMessage {
  enum Field: UInt32, WireField {
    case header = 1
    case succeeded = 2
    case responses = 3
  }

  static let messageName = "etcdserverpb.TxnResponse"
  var header: ResponseHeader?
  var succeeded = false
  var responses: [ResponseOperation] = []
  var unknownFields = UnknownFields()

  mutating func decode(
    _ field: Field, _ bytes: Span<UInt8>, _ reader: inout WireReader
  ) throws(WireError) -> Bool {
    switch field {
    case .header: try reader.read(.message(ResponseHeader.self), &header, bytes)
    case .succeeded: try reader.read(.bool, &succeeded, bytes)
    case .responses: try reader.readRepeated(.message(ResponseOperation.self), &responses, bytes)
    }
  }

  func encodeFields(into writer: inout WireWriter) {
    writer.writeRepeated(.message(ResponseOperation.self), responses, Field.responses)
    writer.write(.bool, succeeded, Field.succeeded)
    writer.write(.message(ResponseHeader.self), header, Field.header)
  }
}
