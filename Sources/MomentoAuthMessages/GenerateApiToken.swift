package import GRPCCall
package import ProtobufWire

/// Asks for an API key. The credential is in the body, not in a header.
package struct GenerateApiTokenRequest: WireMessage {
  package enum Field: UInt32, WireField {
    case never = 1
    case expires = 2
    case authToken = 3
    case permissions = 4
    case tokenID = 5
    case description = 6
  }

  /// When the key ends.
  package enum Expiry: Sendable, Equatable {
    case never(NeverExpires)
    case expires(Expires)
  }

  package static let messageName = "auth._GenerateApiTokenRequest"
  package var expiry: Expiry?
  package var authToken = ""
  package var permissions: Permissions?
  package var tokenID = ""
  /// The proto field `description`.
  package var tokenDescription = ""
  package var unknownFields = UnknownFields()

  package init() {}

  package init(
    expiry: Expiry? = nil, authToken: String = "", permissions: Permissions? = nil,
    tokenID: String = "", tokenDescription: String = ""
  ) {
    self.expiry = expiry
    self.authToken = authToken
    self.permissions = permissions
    self.tokenID = tokenID
    self.tokenDescription = tokenDescription
  }

  package mutating func decode(
    _ field: Field, _ bytes: Span<UInt8>, _ reader: inout WireReader
  ) throws(WireError) -> Bool {
    switch field {
    case .never:
      try reader.read(.message(NeverExpires.self), &expiry, bytes, Expiry.never) {
        if case .never(let never) = $0 { never } else { nil }
      }
    case .expires:
      try reader.read(.message(Expires.self), &expiry, bytes, Expiry.expires) {
        if case .expires(let expires) = $0 { expires } else { nil }
      }
    case .authToken: try reader.read(.string, &authToken, bytes)
    case .permissions: try reader.read(.message(Permissions.self), &permissions, bytes)
    case .tokenID: try reader.read(.string, &tokenID, bytes)
    case .description: try reader.read(.string, &tokenDescription, bytes)
    }
  }

  package func encodeFields(into writer: inout WireWriter) {
    writer.write(.string, tokenDescription, Field.description)
    writer.write(.string, tokenID, Field.tokenID)
    writer.write(.message(Permissions.self), permissions, Field.permissions)
    writer.write(.string, authToken, Field.authToken)
    switch expiry {
    case .expires(let expires):
      writer.writePresent(.message(Expires.self), expires, Field.expires)
    case .never(let never):
      writer.writePresent(.message(NeverExpires.self), never, Field.never)
    case nil: break
    }
  }
}

extension GenerateApiTokenRequest: SecretBearing {
  package var shownFields: KeyValuePairs<String, Any> {
    [
      "expiry": expiry as Any, "authToken": redacted(authToken),
      "permissions": permissions as Any, "tokenID": tokenID,
      "tokenDescription": tokenDescription,
    ]
  }
}

/// A new key, with what refreshes it.
package struct GenerateApiTokenResponse: WireMessage {
  package enum Field: UInt32, WireField {
    case apiKey = 1
    case refreshToken = 2
    case endpoint = 3
    case validUntil = 4
  }

  package static let messageName = "auth._GenerateApiTokenResponse"
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

extension GenerateApiTokenResponse: SecretBearing {
  package var shownFields: KeyValuePairs<String, Any> {
    [
      "apiKey": redacted(apiKey), "refreshToken": redacted(refreshToken), "endpoint": endpoint,
      "validUntil": validUntil,
    ]
  }
}

/// The methods of the service `auth.Auth`.
package enum AuthMethods {
  package static let login = MethodDescriptor<LoginRequest, LoginResponse>(
    service: "auth.Auth", method: "Login", kind: .serverStreaming)
  package static let generateApiToken =
    MethodDescriptor<GenerateApiTokenRequest, GenerateApiTokenResponse>(
      service: "auth.Auth", method: "GenerateApiToken", kind: .unary)
  package static let refreshApiToken =
    MethodDescriptor<RefreshApiTokenRequest, RefreshApiTokenResponse>(
      service: "auth.Auth", method: "RefreshApiToken", kind: .unary)
}
