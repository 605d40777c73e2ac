package import GRPCCall
package import ProtobufWire

/// Asks whether the service answers. It has no fields.
package struct PingRequest: WireMessage {
  package typealias Field = NoFields

  package static let messageName = "cache_client._PingRequest"
  package var unknownFields = UnknownFields()

  package init() {}
}

/// The service answers. It has no fields.
package struct PingResponse: WireMessage {
  package typealias Field = NoFields

  package static let messageName = "cache_client._PingResponse"
  package var unknownFields = UnknownFields()

  package init() {}
}

/// The method of the service `cache_client.Ping`.
package enum PingMethods {
  package static let ping = MethodDescriptor<PingRequest, PingResponse>(
    service: "cache_client.Ping", method: "Ping", kind: .unary, isIdempotent: true)
}
