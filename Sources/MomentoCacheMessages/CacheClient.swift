package import GRPCCall
package import ProtobufWire

/// How a call to a cache went. Open: a number that is not known here is kept.
package struct CacheResult: WireEnum {
  package var rawValue: Int32

  package init(rawValue: Int32) {
    self.rawValue = rawValue
  }

  package static let invalid = CacheResult(rawValue: 0)
  package static let ok = CacheResult(rawValue: 1)
  package static let hit = CacheResult(rawValue: 2)
  package static let miss = CacheResult(rawValue: 3)
}

/// Asks for the value of a key.
package struct GetRequest: WireMessage {
  package enum Field: UInt32, WireField {
    case cacheKey = 1
  }

  package static let messageName = "cache_client._GetRequest"
  package var cacheKey: [UInt8] = []
  package var unknownFields = UnknownFields()

  package init() {}

  package init(cacheKey: [UInt8] = []) {
    self.cacheKey = cacheKey
  }

  package mutating func decode(
    _ field: Field, _ bytes: Span<UInt8>, _ reader: inout WireReader
  ) throws(WireError) -> Bool {
    switch field {
    case .cacheKey: try reader.read(.bytes, &cacheKey, bytes)
    }
  }

  package func encodeFields(into writer: inout WireWriter) {
    writer.write(.bytes, cacheKey, Field.cacheKey)
  }
}

/// The value, or that there is none.
package struct GetResponse: WireMessage {
  package enum Field: UInt32, WireField {
    case result = 1
    case cacheBody = 2
    case message = 3
  }

  package static let messageName = "cache_client._GetResponse"
  package var result: CacheResult = .invalid
  package var cacheBody: [UInt8] = []
  package var message = ""
  package var unknownFields = UnknownFields()

  package init() {}

  package init(result: CacheResult = .invalid, cacheBody: [UInt8] = [], message: String = "") {
    self.result = result
    self.cacheBody = cacheBody
    self.message = message
  }

  package mutating func decode(
    _ field: Field, _ bytes: Span<UInt8>, _ reader: inout WireReader
  ) throws(WireError) -> Bool {
    switch field {
    case .result: try reader.read(.enumeration(CacheResult.self), &result, bytes)
    case .cacheBody: try reader.read(.bytes, &cacheBody, bytes)
    case .message: try reader.read(.string, &message, bytes)
    }
  }

  package func encodeFields(into writer: inout WireWriter) {
    writer.write(.string, message, Field.message)
    writer.write(.bytes, cacheBody, Field.cacheBody)
    writer.write(.enumeration(CacheResult.self), result, Field.result)
  }
}

/// Asks to keep a value under a key.
package struct SetRequest: WireMessage {
  package enum Field: UInt32, WireField {
    case cacheKey = 1
    case cacheBody = 2
    case ttlMilliseconds = 3
  }

  package static let messageName = "cache_client._SetRequest"
  package var cacheKey: [UInt8] = []
  package var cacheBody: [UInt8] = []
  package var ttlMilliseconds: UInt64 = 0
  package var unknownFields = UnknownFields()

  package init() {}

  package init(cacheKey: [UInt8] = [], cacheBody: [UInt8] = [], ttlMilliseconds: UInt64 = 0) {
    self.cacheKey = cacheKey
    self.cacheBody = cacheBody
    self.ttlMilliseconds = ttlMilliseconds
  }

  package mutating func decode(
    _ field: Field, _ bytes: Span<UInt8>, _ reader: inout WireReader
  ) throws(WireError) -> Bool {
    switch field {
    case .cacheKey: try reader.read(.bytes, &cacheKey, bytes)
    case .cacheBody: try reader.read(.bytes, &cacheBody, bytes)
    case .ttlMilliseconds: try reader.read(.uint64, &ttlMilliseconds, bytes)
    }
  }

  package func encodeFields(into writer: inout WireWriter) {
    writer.write(.uint64, ttlMilliseconds, Field.ttlMilliseconds)
    writer.write(.bytes, cacheBody, Field.cacheBody)
    writer.write(.bytes, cacheKey, Field.cacheKey)
  }
}

/// The value is kept.
package struct SetResponse: WireMessage {
  package enum Field: UInt32, WireField {
    case result = 1
    case message = 2
  }

  package static let messageName = "cache_client._SetResponse"
  package var result: CacheResult = .invalid
  package var message = ""
  package var unknownFields = UnknownFields()

  package init() {}

  package init(result: CacheResult = .invalid, message: String = "") {
    self.result = result
    self.message = message
  }

  package mutating func decode(
    _ field: Field, _ bytes: Span<UInt8>, _ reader: inout WireReader
  ) throws(WireError) -> Bool {
    switch field {
    case .result: try reader.read(.enumeration(CacheResult.self), &result, bytes)
    case .message: try reader.read(.string, &message, bytes)
    }
  }

  package func encodeFields(into writer: inout WireWriter) {
    writer.write(.string, message, Field.message)
    writer.write(.enumeration(CacheResult.self), result, Field.result)
  }
}

/// Asks to forget the value of a key.
package struct DeleteRequest: WireMessage {
  package enum Field: UInt32, WireField {
    case cacheKey = 1
  }

  package static let messageName = "cache_client._DeleteRequest"
  package var cacheKey: [UInt8] = []
  package var unknownFields = UnknownFields()

  package init() {}

  package init(cacheKey: [UInt8] = []) {
    self.cacheKey = cacheKey
  }

  package mutating func decode(
    _ field: Field, _ bytes: Span<UInt8>, _ reader: inout WireReader
  ) throws(WireError) -> Bool {
    switch field {
    case .cacheKey: try reader.read(.bytes, &cacheKey, bytes)
    }
  }

  package func encodeFields(into writer: inout WireWriter) {
    writer.write(.bytes, cacheKey, Field.cacheKey)
  }
}

/// There is no value now, whether there was one or not. It has no fields.
package struct DeleteResponse: WireMessage {
  package typealias Field = NoFields

  package static let messageName = "cache_client._DeleteResponse"
  package var unknownFields = UnknownFields()

  package init() {}
}

/// What the requests have in common that are about one key, of methods that are not described here:
/// field 1 is the key, or the name of the collection, which is a key too.
package struct KeyedRequest: WireMessage {
  package enum Field: UInt32, WireField {
    case cacheKey = 1
  }

  package static let messageName = "cache_client.KeyedRequest"
  package var cacheKey: [UInt8] = []
  package var unknownFields = UnknownFields()

  package init() {}

  package init(cacheKey: [UInt8] = []) {
    self.cacheKey = cacheKey
  }

  package mutating func decode(
    _ field: Field, _ bytes: Span<UInt8>, _ reader: inout WireReader
  ) throws(WireError) -> Bool {
    switch field {
    case .cacheKey: try reader.read(.bytes, &cacheKey, bytes)
    }
  }

  package func encodeFields(into writer: inout WireWriter) {
    writer.write(.bytes, cacheKey, Field.cacheKey)
  }
}

/// The methods of the service `cache_client.Scs`. The cache is named by the metadata `cache`.
package enum CacheMethods {
  package static let service = "cache_client.Scs"
  package static let get = MethodDescriptor<GetRequest, GetResponse>(
    service: service, method: "Get", kind: .unary, isIdempotent: true)
  package static let set = MethodDescriptor<SetRequest, SetResponse>(
    service: service, method: "Set", kind: .unary, isIdempotent: true)
  package static let delete = MethodDescriptor<DeleteRequest, DeleteResponse>(
    service: service, method: "Delete", kind: .unary, isIdempotent: true)
}
