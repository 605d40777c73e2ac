import ProtobufWire

/// Asks for a lease.
struct LeaseGrantRequest: WireMessage {
  enum Field: UInt32, WireField {
    case timeToLive = 1
  }

  static let messageName = "etcdserverpb.LeaseGrantRequest"
  /// In seconds.
  var timeToLive: Int64 = 0
  var unknownFields = UnknownFields()

  init() {}

  init(timeToLive: Int64 = 0) {
    self.timeToLive = timeToLive
  }

  mutating func decode(
    _ field: Field, _ bytes: Span<UInt8>, _ reader: inout WireReader
  ) throws(WireError) -> Bool {
    switch field {
    case .timeToLive: try reader.read(.int64, &timeToLive, bytes)
    }
  }

  func encodeFields(into writer: inout WireWriter) {
    writer.write(.int64, timeToLive, Field.timeToLive)
  }
}

/// A lease.
struct LeaseGrantResponse: WireMessage {
  enum Field: UInt32, WireField {
    case id = 2
    case timeToLive = 3
  }

  static let messageName = "etcdserverpb.LeaseGrantResponse"
  var id: Int64 = 0
  /// In seconds, as the server has chosen it.
  var timeToLive: Int64 = 0
  var unknownFields = UnknownFields()

  mutating func decode(
    _ field: Field, _ bytes: Span<UInt8>, _ reader: inout WireReader
  ) throws(WireError) -> Bool {
    switch field {
    case .id: try reader.read(.int64, &id, bytes)
    case .timeToLive: try reader.read(.int64, &timeToLive, bytes)
    }
  }

  func encodeFields(into writer: inout WireWriter) {
    writer.write(.int64, timeToLive, Field.timeToLive)
    writer.write(.int64, id, Field.id)
  }
}

/// Ends a lease; the keys that were written with it go.
struct LeaseRevokeRequest: WireMessage {
  enum Field: UInt32, WireField {
    case id = 1
  }

  static let messageName = "etcdserverpb.LeaseRevokeRequest"
  var id: Int64 = 0
  var unknownFields = UnknownFields()

  init() {}

  init(id: Int64 = 0) {
    self.id = id
  }

  mutating func decode(
    _ field: Field, _ bytes: Span<UInt8>, _ reader: inout WireReader
  ) throws(WireError) -> Bool {
    switch field {
    case .id: try reader.read(.int64, &id, bytes)
    }
  }

  func encodeFields(into writer: inout WireWriter) {
    writer.write(.int64, id, Field.id)
  }
}

/// The lease has ended.
struct LeaseRevokeResponse: WireMessage {
  enum Field: UInt32, WireField {
    case header = 1
  }

  static let messageName = "etcdserverpb.LeaseRevokeResponse"
  var header: ResponseHeader?
  var unknownFields = UnknownFields()

  mutating func decode(
    _ field: Field, _ bytes: Span<UInt8>, _ reader: inout WireReader
  ) throws(WireError) -> Bool {
    switch field {
    case .header: try reader.read(.message(ResponseHeader.self), &header, bytes)
    }
  }

  func encodeFields(into writer: inout WireWriter) {
    writer.write(.message(ResponseHeader.self), header, Field.header)
  }
}

/// Asks for a lease to go on.
struct LeaseKeepAliveRequest: WireMessage {
  enum Field: UInt32, WireField {
    case id = 1
  }

  static let messageName = "etcdserverpb.LeaseKeepAliveRequest"
  var id: Int64 = 0
  var unknownFields = UnknownFields()

  init() {}

  init(id: Int64 = 0) {
    self.id = id
  }

  mutating func decode(
    _ field: Field, _ bytes: Span<UInt8>, _ reader: inout WireReader
  ) throws(WireError) -> Bool {
    switch field {
    case .id: try reader.read(.int64, &id, bytes)
    }
  }

  func encodeFields(into writer: inout WireWriter) {
    writer.write(.int64, id, Field.id)
  }
}

/// How long a lease goes on.
struct LeaseKeepAliveResponse: WireMessage {
  enum Field: UInt32, WireField {
    case id = 2
    case timeToLive = 3
  }

  static let messageName = "etcdserverpb.LeaseKeepAliveResponse"
  var id: Int64 = 0
  /// In seconds; 0 when there is no such lease any more.
  var timeToLive: Int64 = 0
  var unknownFields = UnknownFields()

  mutating func decode(
    _ field: Field, _ bytes: Span<UInt8>, _ reader: inout WireReader
  ) throws(WireError) -> Bool {
    switch field {
    case .id: try reader.read(.int64, &id, bytes)
    case .timeToLive: try reader.read(.int64, &timeToLive, bytes)
    }
  }

  func encodeFields(into writer: inout WireWriter) {
    writer.write(.int64, timeToLive, Field.timeToLive)
    writer.write(.int64, id, Field.id)
  }
}
