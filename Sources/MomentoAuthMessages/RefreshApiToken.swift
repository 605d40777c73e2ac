package import ProtobufWire

/// Asks for a new key in the place of one that ends soon.
package struct RefreshApiTokenRequest: WireMessage {
  package enum Field: UInt32, WireField {
    case apiKey = 1
    case refreshToken = 2
  }

  package static let messageName = "auth._RefreshApiTokenRequest"
  /// The inner key, not the base64 bundle.
  package var apiKey = ""
  package var refreshToken = ""
  package var unknownFields = UnknownFields()

  package init() {}

  package init(apiKey: String = "", refreshToken: String = "") {
    self.apiKey = apiKey
    self.refreshToken = refreshToken
  }

  package mutating func decode(
    _ field: Field, _ bytes: Span<UInt8>, _ reader: inout WireReader
  ) throws(WireError) -> Bool {
    switch field {
    case .apiKey: try reader.read(.string, &apiKey, bytes)
    case .refreshToken: try reader.read(.string, &refreshToken, bytes)
    }
  }

  package func encodeFields(into writer: inout WireWriter) {
    writer.write(.string, refreshToken, Field.refreshToken)
    writer.write(.string, apiKey, Field.apiKey)
  }
}

extension RefreshApiTokenRequest: SecretBearing {
  package var shownFields: KeyValuePairs<String, Any> {
    ["apiKey": redacted(apiKey), "refreshToken": redacted(refreshToken)]
  }
}

/// The new key, with what refreshes it in turn.
package struct RefreshApiTokenResponse: WireMessage {
  package enum Field: UInt32, WireField {
    case apiKey = 1
    case refreshToken = 2
    case endpoint = 3
    case validUntil = 4
  }

  package static let messageName = "auth._RefreshApiTokenResponse"
  package var apiKey = ""
  /// Empty where the key never ends.
  package var refreshToken = ""
  package var endpoint = ""
  /// Seconds since 1970; 0 for never.
  package var validUntil: UInt64 = 0
  package var unknownFields = UnknownFields()

  package init() {}

  package init(
    apiKey: String = "", refreshToken: String = "", endpoint: String = "", validUntil: UInt64 = 0
  ) {
    self.apiKey = apiKey
    self.refreshToken = refreshToken
    self.endpoint = endpoint
    self.validUntil = validUntil
  }

  package mutating func decode(
    _ field: Field, _ bytes: Span<UInt8>, _ reader: inout WireReader
  ) throws(WireError) -> Bool {
    switch field {
    case .apiKey: try reader.read(.string, &apiKey, bytes)
    case .refreshToken: try reader.read(.string, &refreshToken, bytes)
    case .endpoint: try reader.read(.string, &endpoint, bytes)
    case .validUntil: try reader.read(.uint64, &validUntil, bytes)
    }
  }

  package func encodeFields(into writer: inout WireWriter) {
    writer.write(.uint64, validUntil, Field.validUntil)
    writer.write(.string, endpoint, Field.endpoint)
    writer.write(.string, refreshToken, Field.refreshToken)
    writer.write(.string, apiKey, Field.apiKey)
  }
}

extension RefreshApiTokenResponse: SecretBearing {
  package var shownFields: KeyValuePairs<String, Any> {
    [
      "apiKey": redacted(apiKey), "refreshToken": redacted(refreshToken), "endpoint": endpoint,
      "validUntil": validUntil,
    ]
  }
}
