import GRPCCall

/// Keeps secrets out of every form of output: they are replaced by a tag that is the same wherever the
/// same secret occurs.
package struct Redactor: Sendable {
  /// Whether secrets are shown after all.
  package let reveals: Bool
  private let sha256: @Sendable ([UInt8]) -> [UInt8]
  /// Secrets that are known, wherever they stand.
  var known = SecretPatterns([])

  package init(reveals: Bool = false, sha256: @escaping @Sendable ([UInt8]) -> [UInt8]) {
    self.reveals = reveals
    self.sha256 = sha256
  }

  /// What stands for a secret.
  func tag(_ secret: [UInt8]) -> String {
    var text = TextBuffer()
    text.append(literal: "<redacted len=")
    text.append(decimal: UInt64(clamping: secret.count))
    text.append(literal: " sha256:")
    for byte in sha256(secret).prefix(4) { text.append(hexOf: byte) }
    text.append(UInt8(ascii: ">"))
    return text.string
  }

  /// Header fields whose values are credentials.
  private static let headers: Set<String> = [
    "authorization", "proxy-authorization", "cookie", "set-cookie", "x-amz-security-token",
    "x-api-key", "api-key", "x-goog-iam-authorization-token", "x-vault-token", "token",
  ]

  /// Fields of messages, and members of JSON objects, whose values are credentials.
  private static let fields: Set<String> = [
    "api_key", "apikey", "refresh_token", "refreshtoken", "auth_token", "authtoken",
    "session_token", "sessiontoken", "access_token", "id_token", "token", "password", "secret",
    "private_key", "client_secret", "secret_key", "jwt", "credential", "credentials",
  ]

  func isSecretHeader(_ name: String) -> Bool {
    !reveals
      && (Self.headers.contains(name) || Self.fields.contains(name)
        || name.hasSuffix("-token") || name.hasSuffix("-api-key") || name.hasSuffix("-secret"))
  }

  /// Whether a value of so many bytes is looked through at all.
  func looksForSecrets(inCount count: Int) -> Bool {
    count <= Credential.longest || !known.patterns.isEmpty
  }

  /// Whether a secret stands in a value, one that is known or one that its form or name tells.
  func isSecret(in value: [UInt8]) -> Bool {
    !reveals && (known.occur(in: value) || SecretText.holds(value, self))
  }

  /// Whether one stands in the bytes of binary metadata: Base64, or as they are behind a zero byte.
  func isSecret(inBinary value: [UInt8]) -> Bool {
    guard !reveals, value.first != 0, let values = Base64.decodeList(value.span) else {
      return isSecret(in: value)
    }
    return values.contains { Credential($0, self) != nil || isSecret(in: $0) }
  }

  func isSecretField(_ name: String) -> Bool {
    guard !reveals else { return false }
    // Most names are in lower case, as the style guide of protobuf has it.
    return Self.fields.contains(name.isInLowerCase ? name : name.lowercased())
  }
}

extension String {
  /// Whether it is of ASCII without capitals.
  fileprivate var isInLowerCase: Bool {
    let bytes = utf8Span.span
    for index in bytes.indices where bytes[index] > 0x7f || 0x41...0x5a ~= bytes[index] {
      return false
    }
    return true
  }
}
