import FoundationEssentials

/// What a JSON Web Token says of itself (RFC 7519), not verified: only the service that signed it
/// can do that. Good for finding an endpoint or an expiry, never for deciding what is allowed.
package struct JWT: Sendable {
  /// The header, such as `alg` and `typ`.
  package let header: [String: JSONValue]
  /// The claims.
  package let claims: [String: JSONValue]

  /// Reads a token of three parts; base64url with or without padding.
  ///
  /// - Throws: INVALID_ARGUMENT, without repeating any of the token.
  package init(parsing text: String) throws(MomentoError) {
    guard text.utf8.count <= CredentialText.maximumSize else {
      throw Self.malformed("it is \(text.utf8.count) bytes long")
    }
    let parts = text.split(separator: ".", omittingEmptySubsequences: false)
    guard parts.count == 3 else {
      throw Self.malformed("it has \(parts.count) parts between dots, where a JWT has 3")
    }
    guard !parts[2].isEmpty, Base64Text.decode(parts[2], lenient: true) != nil else {
      throw Self.malformed("its signature is not base64url")
    }
    header = try Self.object(parts[0], named: "header")
    claims = try Self.object(parts[1], named: "claims")
  }

  /// Whether the token is a v2 API key, which the claim `t` with the value `g` marks.
  package var isV2: Bool { claims["t"]?.string == "g" }

  /// When the token expires by its claim `exp`; `nil` when it has none.
  package var expiresAt: ExpiresAt? {
    claims["exp"]?.epochSeconds.map { ExpiresAt(epochSeconds: $0) }
  }

  /// The host of a claim, if it is a text that is not empty.
  func host(_ claim: String) -> String? {
    claims[claim]?.string.flatMap { $0.isEmpty ? nil : $0 }
  }

  private static func object(
    _ part: Substring, named name: String
  ) throws(MomentoError) -> [String: JSONValue] {
    guard let json = Base64Text.decode(part, lenient: true) else {
      throw malformed("its \(name) part is not base64url")
    }
    guard let object = try? JSONDecoder().decode([String: JSONValue].self, from: Data(json)) else {
      throw malformed("its \(name) part is not a JSON object")
    }
    return object
  }

  private static func malformed(_ detail: String) -> MomentoError {
    .invalidArgument(
      "Failed to parse the API key or token: it looks like a JWT, but \(detail).",
      advice: "It may have been cut off or changed: copy all of it again.")
  }
}
