import ProtobufWire

/// Asks to be told of the changes of one key.
struct WatchCreateRequest: WireMessage {
  enum Field: UInt32, WireField {
    case key = 1
    case startRevision = 3
  }

  static let messageName = "etcdserverpb.WatchCreateRequest"
  var key: [UInt8] = []
  /// The first revision to be told of; 0 for what comes from now on.
  var startRevision: Int64 = 0
  var unknownFields = UnknownFields()

  init() {}

  init(key: [UInt8] = [], startRevision: Int64 = 0) {
    self.key = key
    self.startRevision = startRevision
  }

  mutating func decode(
    _ field: Field, _ bytes: Span<UInt8>, _ reader: inout WireReader
  ) throws(WireError) -> Bool {
    switch field {
    case .key: try reader.read(.bytes, &key, bytes)
    case .startRevision: try reader.read(.int64, &startRevision, bytes)
    }
  }

  func encodeFields(into writer: inout WireWriter) {
    writer.write(.int64, startRevision, Field.startRevision)
    writer.write(.bytes, key, Field.key)
  }
}

/// What a client sends on the stream of a watch.
struct WatchRequest: WireMessage {
  enum Field: UInt32, WireField {
    case create = 1
  }

  static let messageName = "etcdserverpb.WatchRequest"
  var create: WatchCreateRequest?
  var unknownFields = UnknownFields()

  init() {}

  init(create: WatchCreateRequest? = nil) {
    self.create = create
  }

  mutating func decode(
    _ field: Field, _ bytes: Span<UInt8>, _ reader: inout WireReader
  ) throws(WireError) -> Bool {
    switch field {
    case .create: try reader.read(.message(WatchCreateRequest.self), &create, bytes)
    }
  }

  func encodeFields(into writer: inout WireWriter) {
    writer.write(.message(WatchCreateRequest.self), create, Field.create)
  }
}

/// One change of a key.
struct WatchEvent: WireMessage {
  enum Field: UInt32, WireField {
    case keyValue = 2
  }

  static let messageName = "mvccpb.Event"
  var keyValue: KeyValue?
  var unknownFields = UnknownFields()

  mutating func decode(
    _ field: Field, _ bytes: Span<UInt8>, _ reader: inout WireReader
  ) throws(WireError) -> Bool {
    switch field {
    case .keyValue: try reader.read(.message(KeyValue.self), &keyValue, bytes)
    }
  }

  func encodeFields(into writer: inout WireWriter) {
    writer.write(.message(KeyValue.self), keyValue, Field.keyValue)
  }
}

/// What a server sends on the stream of a watch.
struct WatchResponse: WireMessage {
  enum Field: UInt32, WireField {
    case header = 1
    case created = 3
    case canceled = 4
    case compactRevision = 5
    case cancelReason = 6
    case events = 11
  }

  static let messageName = "etcdserverpb.WatchResponse"
  var header: ResponseHeader?
  var created = false
  var canceled = false
  /// The oldest revision that is still known, where an older one was asked for.
  var compactRevision: Int64 = 0
  var cancelReason = ""
  var events: [WatchEvent] = []
  var unknownFields = UnknownFields()

  mutating func decode(
    _ field: Field, _ bytes: Span<UInt8>, _ reader: inout WireReader
  ) throws(WireError) -> Bool {
    switch field {
    case .header: try reader.read(.message(ResponseHeader.self), &header, bytes)
    case .created: try reader.read(.bool, &created, bytes)
    case .canceled: try reader.read(.bool, &canceled, bytes)
    case .compactRevision: try reader.read(.int64, &compactRevision, bytes)
    case .cancelReason: try reader.read(.string, &cancelReason, bytes)
    case .events: try reader.readRepeated(.message(WatchEvent.self), &events, bytes)
    }
  }

  func encodeFields(into writer: inout WireWriter) {
    writer.writeRepeated(.message(WatchEvent.self), events, Field.events)
    writer.write(.string, cancelReason, Field.cancelReason)
    writer.write(.int64, compactRevision, Field.compactRevision)
    writer.write(.bool, canceled, Field.canceled)
    writer.write(.bool, created, Field.created)
    writer.write(.message(ResponseHeader.self), header, Field.header)
  }
}
