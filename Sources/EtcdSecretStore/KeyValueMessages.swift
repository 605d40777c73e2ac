import MomentoAuthMessages
import ProtobufWire

// Messages of etcd's rpc.proto and kv.proto, with the fields that are used here.

/// What every answer begins with.
struct ResponseHeader: WireMessage {
  enum Field: UInt32, WireField {
    case revision = 3
  }

  static let messageName = "etcdserverpb.ResponseHeader"
  /// The number of changes that the whole store has seen.
  var revision: Int64 = 0
  var unknownFields = UnknownFields()

  mutating func decode(
    _ field: Field, _ bytes: Span<UInt8>, _ reader: inout WireReader
  ) throws(WireError) -> Bool {
    switch field {
    case .revision: try reader.read(.int64, &revision, bytes)
    }
  }

  func encodeFields(into writer: inout WireWriter) {
    writer.write(.int64, revision, Field.revision)
  }
}

/// A key with its value.
struct KeyValue: WireMessage {
  enum Field: UInt32, WireField {
    case key = 1
    case modRevision = 3
    case value = 5
    case lease = 6
  }

  static let messageName = "mvccpb.KeyValue"
  var key: [UInt8] = []
  /// The store's revision at which the value was written.
  var modRevision: Int64 = 0
  var value: [UInt8] = []
  var lease: Int64 = 0
  var unknownFields = UnknownFields()

  mutating func decode(
    _ field: Field, _ bytes: Span<UInt8>, _ reader: inout WireReader
  ) throws(WireError) -> Bool {
    switch field {
    case .key: try reader.read(.bytes, &key, bytes)
    case .modRevision: try reader.read(.int64, &modRevision, bytes)
    case .value: try reader.read(.bytes, &value, bytes)
    case .lease: try reader.read(.int64, &lease, bytes)
    }
  }

  func encodeFields(into writer: inout WireWriter) {
    writer.write(.int64, lease, Field.lease)
    writer.write(.bytes, value, Field.value)
    writer.write(.int64, modRevision, Field.modRevision)
    writer.write(.bytes, key, Field.key)
  }
}

extension KeyValue: SecretBearing {
  var shownFields: KeyValuePairs<String, Any> {
    ["key": key, "modRevision": modRevision, "value": "<\(value.count) bytes>", "lease": lease]
  }
}

/// Asks for one key.
struct RangeRequest: WireMessage {
  enum Field: UInt32, WireField {
    case key = 1
  }

  static let messageName = "etcdserverpb.RangeRequest"
  var key: [UInt8] = []
  var unknownFields = UnknownFields()

  init() {}

  init(key: [UInt8]) { self.key = key }

  mutating func decode(
    _ field: Field, _ bytes: Span<UInt8>, _ reader: inout WireReader
  ) throws(WireError) -> Bool {
    switch field {
    case .key: try reader.read(.bytes, &key, bytes)
    }
  }

  func encodeFields(into writer: inout WireWriter) {
    writer.write(.bytes, key, Field.key)
  }
}

/// The key that was asked for, if it is there.
struct RangeResponse: WireMessage {
  enum Field: UInt32, WireField {
    case header = 1
    case keyValues = 2
  }

  static let messageName = "etcdserverpb.RangeResponse"
  var header: ResponseHeader?
  var keyValues: [KeyValue] = []
  var unknownFields = UnknownFields()

  mutating func decode(
    _ field: Field, _ bytes: Span<UInt8>, _ reader: inout WireReader
  ) throws(WireError) -> Bool {
    switch field {
    case .header: try reader.read(.message(ResponseHeader.self), &header, bytes)
    case .keyValues: try reader.readRepeated(.message(KeyValue.self), &keyValues, bytes)
    }
  }

  func encodeFields(into writer: inout WireWriter) {
    writer.writeRepeated(.message(KeyValue.self), keyValues, Field.keyValues)
    writer.write(.message(ResponseHeader.self), header, Field.header)
  }
}

/// Writes a key.
struct PutRequest: WireMessage {
  enum Field: UInt32, WireField {
    case key = 1
    case value = 2
    case lease = 3
  }

  static let messageName = "etcdserverpb.PutRequest"
  var key: [UInt8] = []
  var value: [UInt8] = []
  /// The lease with which the key goes away; 0 for none.
  var lease: Int64 = 0
  var unknownFields = UnknownFields()

  init() {}

  init(key: [UInt8], value: [UInt8], lease: Int64 = 0) {
    self.key = key
    self.value = value
    self.lease = lease
  }

  mutating func decode(
    _ field: Field, _ bytes: Span<UInt8>, _ reader: inout WireReader
  ) throws(WireError) -> Bool {
    switch field {
    case .key: try reader.read(.bytes, &key, bytes)
    case .value: try reader.read(.bytes, &value, bytes)
    case .lease: try reader.read(.int64, &lease, bytes)
    }
  }

  func encodeFields(into writer: inout WireWriter) {
    writer.write(.int64, lease, Field.lease)
    writer.write(.bytes, value, Field.value)
    writer.write(.bytes, key, Field.key)
  }
}

extension PutRequest: SecretBearing {
  var shownFields: KeyValuePairs<String, Any> {
    ["key": key, "value": "<\(value.count) bytes>", "lease": lease]
  }
}

/// Removes one key.
struct DeleteRangeRequest: WireMessage {
  enum Field: UInt32, WireField {
    case key = 1
  }

  static let messageName = "etcdserverpb.DeleteRangeRequest"
  var key: [UInt8] = []
  var unknownFields = UnknownFields()

  init() {}

  init(key: [UInt8]) { self.key = key }

  mutating func decode(
    _ field: Field, _ bytes: Span<UInt8>, _ reader: inout WireReader
  ) throws(WireError) -> Bool {
    switch field {
    case .key: try reader.read(.bytes, &key, bytes)
    }
  }

  func encodeFields(into writer: inout WireWriter) {
    writer.write(.bytes, key, Field.key)
  }
}
