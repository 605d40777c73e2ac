package import GRPCCall
package import ProtobufWire

/// Asks for a new cache.
package struct CreateCacheRequest: WireMessage {
  package enum Field: UInt32, WireField {
    case cacheName = 1
  }

  package static let messageName = "control_client._CreateCacheRequest"
  package var cacheName = ""
  package var unknownFields = UnknownFields()

  package init() {}

  package init(cacheName: String = "") {
    self.cacheName = cacheName
  }

  package mutating func decode(
    _ field: Field, _ bytes: Span<UInt8>, _ reader: inout WireReader
  ) throws(WireError) -> Bool {
    switch field {
    case .cacheName: try reader.read(.string, &cacheName, bytes)
    }
  }

  package func encodeFields(into writer: inout WireWriter) {
    writer.write(.string, cacheName, Field.cacheName)
  }
}

/// The cache is there now. It has no fields.
package struct CreateCacheResponse: WireMessage {
  package typealias Field = NoFields

  package static let messageName = "control_client._CreateCacheResponse"
  package var unknownFields = UnknownFields()

  package init() {}
}

/// Asks to remove a cache and all that is in it.
package struct DeleteCacheRequest: WireMessage {
  package enum Field: UInt32, WireField {
    case cacheName = 1
  }

  package static let messageName = "control_client._DeleteCacheRequest"
  package var cacheName = ""
  package var unknownFields = UnknownFields()

  package init() {}

  package init(cacheName: String = "") {
    self.cacheName = cacheName
  }

  package mutating func decode(
    _ field: Field, _ bytes: Span<UInt8>, _ reader: inout WireReader
  ) throws(WireError) -> Bool {
    switch field {
    case .cacheName: try reader.read(.string, &cacheName, bytes)
    }
  }

  package func encodeFields(into writer: inout WireWriter) {
    writer.write(.string, cacheName, Field.cacheName)
  }
}

/// The cache is gone. It has no fields.
package struct DeleteCacheResponse: WireMessage {
  package typealias Field = NoFields

  package static let messageName = "control_client._DeleteCacheResponse"
  package var unknownFields = UnknownFields()

  package init() {}
}

/// Asks for the caches of the account.
package struct ListCachesRequest: WireMessage {
  package enum Field: UInt32, WireField {
    case nextToken = 1
  }

  package static let messageName = "control_client._ListCachesRequest"
  /// From the answer before, to go on where it ended; empty for the start.
  package var nextToken = ""
  package var unknownFields = UnknownFields()

  package init() {}

  package init(nextToken: String = "") {
    self.nextToken = nextToken
  }

  package mutating func decode(
    _ field: Field, _ bytes: Span<UInt8>, _ reader: inout WireReader
  ) throws(WireError) -> Bool {
    switch field {
    case .nextToken: try reader.read(.string, &nextToken, bytes)
    }
  }

  package func encodeFields(into writer: inout WireWriter) {
    writer.write(.string, nextToken, Field.nextToken)
  }
}

/// Some of the caches, or all.
package struct ListCachesResponse: WireMessage {
  package enum Field: UInt32, WireField {
    case cache = 1
    case nextToken = 2
  }

  package static let messageName = "control_client._ListCachesResponse"
  package var cache: [ListedCache] = []
  /// Empty where there are no more.
  package var nextToken = ""
  package var unknownFields = UnknownFields()

  package init() {}

  package init(cache: [ListedCache] = [], nextToken: String = "") {
    self.cache = cache
    self.nextToken = nextToken
  }

  package mutating func decode(
    _ field: Field, _ bytes: Span<UInt8>, _ reader: inout WireReader
  ) throws(WireError) -> Bool {
    switch field {
    case .cache: try reader.readRepeated(.message(ListedCache.self), &cache, bytes)
    case .nextToken: try reader.read(.string, &nextToken, bytes)
    }
  }

  package func encodeFields(into writer: inout WireWriter) {
    writer.write(.string, nextToken, Field.nextToken)
    writer.writeRepeated(.message(ListedCache.self), cache, Field.cache)
  }
}

/// One cache of a list. Its limits, fields 2 and 3, are kept as unknown ones.
package struct ListedCache: WireMessage {
  package enum Field: UInt32, WireField {
    case cacheName = 1
  }

  package static let messageName = "control_client._Cache"
  package var cacheName = ""
  package var unknownFields = UnknownFields()

  package init() {}

  package init(cacheName: String = "") {
    self.cacheName = cacheName
  }

  package mutating func decode(
    _ field: Field, _ bytes: Span<UInt8>, _ reader: inout WireReader
  ) throws(WireError) -> Bool {
    switch field {
    case .cacheName: try reader.read(.string, &cacheName, bytes)
    }
  }

  package func encodeFields(into writer: inout WireWriter) {
    writer.write(.string, cacheName, Field.cacheName)
  }
}

/// The methods of the service `control_client.ScsControl`.
package enum ControlMethods {
  package static let service = "control_client.ScsControl"
  package static let createCache = MethodDescriptor<CreateCacheRequest, CreateCacheResponse>(
    service: service, method: "CreateCache", kind: .unary)
  package static let deleteCache = MethodDescriptor<DeleteCacheRequest, DeleteCacheResponse>(
    service: service, method: "DeleteCache", kind: .unary)
  package static let listCaches = MethodDescriptor<ListCachesRequest, ListCachesResponse>(
    service: service, method: "ListCaches", kind: .unary)
}
