package import GRPCCall
package import ProtobufWire

/// Asks for a disposable token. Its numbers differ from those of ``GenerateApiTokenRequest``.
package struct GenerateDisposableTokenRequest: WireMessage {
  package enum Field: UInt32, WireField {
    case expires = 1
    case authToken = 2
    case permissions = 3
    case tokenID = 4
  }

  package static let messageName = "token._GenerateDisposableTokenRequest"
  package var expires: Expires?
  package var authToken = ""
  package var permissions: Permissions?
  package var tokenID = ""
  package var unknownFields = UnknownFields()

  package init() {}

  package init(
    expires: Expires? = nil, authToken: String = "", permissions: Permissions? = nil,
    tokenID: String = ""
  ) {
    self.expires = expires
    self.authToken = authToken
    self.permissions = permissions
    self.tokenID = tokenID
  }

  package mutating func decode(
    _ field: Field, _ bytes: Span<UInt8>, _ reader: inout WireReader
  ) throws(WireError) -> Bool {
    switch field {
    case .expires: try reader.read(.message(Expires.self), &expires, bytes)
    case .authToken: try reader.read(.string, &authToken, bytes)
    case .permissions: try reader.read(.message(Permissions.self), &permissions, bytes)
    case .tokenID: try reader.read(.string, &tokenID, bytes)
    }
  }

  package func encodeFields(into writer: inout WireWriter) {
    writer.write(.string, tokenID, Field.tokenID)
    writer.write(.message(Permissions.self), permissions, Field.permissions)
    writer.write(.string, authToken, Field.authToken)
    writer.write(.message(Expires.self), expires, Field.expires)
  }
}

extension GenerateDisposableTokenRequest: SecretBearing {
  package var shownFields: KeyValuePairs<String, Any> {
    [
      "expires": expires as Any, "authToken": redacted(authToken),
      "permissions": permissions as Any, "tokenID": tokenID,
    ]
  }
}

/// A disposable token.
package struct GenerateDisposableTokenResponse: WireMessage {
  package enum Field: UInt32, WireField {
    case apiKey = 1
    case endpoint = 2
    case validUntil = 3
  }

  package static let messageName = "token._GenerateDisposableTokenResponse"
  package var apiKey = ""
  package var endpoint = ""
  /// Seconds since 1970.
  package var validUntil: UInt64 = 0
  package var unknownFields = UnknownFields()

  package init() {}

  package init(apiKey: String = "", endpoint: String = "", validUntil: UInt64 = 0) {
    self.apiKey = apiKey
    self.endpoint = endpoint
    self.validUntil = validUntil
  }

  package mutating func decode(
    _ field: Field, _ bytes: Span<UInt8>, _ reader: inout WireReader
  ) throws(WireError) -> Bool {
    switch field {
    case .apiKey: try reader.read(.string, &apiKey, bytes)
    case .endpoint: try reader.read(.string, &endpoint, bytes)
    case .validUntil: try reader.read(.uint64, &validUntil, bytes)
    }
  }

  package func encodeFields(into writer: inout WireWriter) {
    writer.write(.uint64, validUntil, Field.validUntil)
    writer.write(.string, endpoint, Field.endpoint)
    writer.write(.string, apiKey, Field.apiKey)
  }
}

extension GenerateDisposableTokenResponse: SecretBearing {
  package var shownFields: KeyValuePairs<String, Any> {
    ["apiKey": redacted(apiKey), "endpoint": endpoint, "validUntil": validUntil]
  }
}

/// The methods of the service `token.Token`.
package enum TokenMethods {
  package static let generateDisposableToken =
    MethodDescriptor<GenerateDisposableTokenRequest, GenerateDisposableTokenResponse>(
      service: "token.Token", method: "GenerateDisposableToken", kind: .unary)
}
