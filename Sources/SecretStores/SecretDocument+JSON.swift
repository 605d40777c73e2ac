public import MomentoAuth

/// The names under which tools keep a member; the first is the one that is always written.
private enum Spelling {
  static let key = ["apiKey", "authToken", "api_key", "auth_token", "token"]
  static let refreshToken = ["refreshToken", "refresh_token"]
  static let expiry = ["validUntil", "valid_until", "expiresAt"]
  static let endpoint = ["endpoint"]
  static let issuedAt = ["issuedAt", "issued_at"]
  static let keyID = ["keyId", "key_id"]
  static let operation = ["operation"]
  static let all = [key, refreshToken, expiry, endpoint, issuedAt, keyID, operation]
  static let usual = Set(all.compactMap(\.first))
  static let known = Set(all.joined())
}

extension SecretDocument {
  /// Reads what a store keeps.
  ///
  /// A text that does not begin with `{` is the key itself. Otherwise the members are those of
  /// ``MomentoAuth/CredentialsFile``, and `issuedAt`, `keyId` and `operation`.
  ///
  /// - Throws: INVALID_ARGUMENT that says what is wrong, without repeating any of it.
  public init(parsing bytes: [UInt8]) throws(MomentoError) {
    let content = Self.withoutByteOrderMark(bytes)
    guard content.first(where: { !Self.isSpace($0) }) == UInt8(ascii: "{") else {
      self.init(credentials: CredentialsFile(apiKey: try Self.plainKey(content)))
      shape = .plainText
      return
    }
    let members = try CredentialsFile.members(parsing: Array(content))
    self.init(
      credentials: try CredentialsFile(members: members),
      issuedAt: Self.first(Spelling.issuedAt, in: members)?.epochSeconds,
      keyID: Self.first(Spelling.keyID, in: members)?.string,
      operation: Self.first(Spelling.operation, in: members)?.string
        .flatMap(OperationID.init(text:)))
    shape = .object(
      alsoKnownAs: Set(members.keys).intersection(Spelling.known).subtracting(Spelling.usual),
      extras: members.filter { !Spelling.known.contains($0.key) })
  }

  /// What a store is to keep, with the secrets in the open.
  public func encodedRevealingSecrets() -> [UInt8] {
    switch shape {
    case .plainText: Array(credentials.apiKey.reveal().utf8)
    case .object: Array(json.description.utf8)
    }
  }

  /// The document as a JSON object, with the secrets in the open.
  package var json: JSONValue {
    var members: [String: JSONValue] = [:]
    var otherNames: Set<String> = []
    if case .object(let names, let extras) = shape {
      otherNames = names
      members = extras
    }
    func put(_ value: JSONValue?, _ names: [String]) {
      guard let value else { return }
      for (index, name) in names.enumerated() where index == 0 || otherNames.contains(name) {
        members[name] = value
      }
    }
    put(.string(credentials.apiKey.reveal()), Spelling.key)
    put(credentials.refreshToken.map { .string($0.reveal()) }, Spelling.refreshToken)
    put(credentials.validUntil.map { .seconds($0.epochSeconds) }, Spelling.expiry)
    put(credentials.endpoint.map { .string($0) }, Spelling.endpoint)
    put(issuedAt.map { .seconds($0) }, Spelling.issuedAt)
    put(keyID.map { .string($0) }, Spelling.keyID)
    put(operation.map { .string($0.text) }, Spelling.operation)
    return .object(members)
  }

  private static func first(
    _ names: [String], in members: [String: JSONValue]
  ) -> JSONValue? {
    names.lazy.compactMap { members[$0] }.first { $0 != .null }
  }

  private static func plainKey(_ bytes: ArraySlice<UInt8>) throws(MomentoError) -> Secret {
    let text = String(decoding: bytes, as: UTF8.self)
    let key = text.trimmed
    guard !key.isEmpty, key.utf8.allSatisfy({ 0x21...0x7e ~= $0 }) else {
      throw MomentoError(
        .invalidArgument,
        key.isEmpty
          ? "The secret is empty."
          : "The secret is neither JSON nor a key: it has characters that no key has.",
        advice: "It should be like {\"apiKey\":\"…\",\"refreshToken\":\"…\"}, or a key alone.")
    }
    return Secret(key)
  }

  private static func withoutByteOrderMark(_ bytes: [UInt8]) -> ArraySlice<UInt8> {
    bytes.starts(with: [0xef, 0xbb, 0xbf]) ? bytes.dropFirst(3) : bytes[...]
  }

  private static func isSpace(_ byte: UInt8) -> Bool { byte == 0x20 || 0x09...0x0d ~= byte }
}

extension JSONValue {
  /// A number of seconds; beyond what an integer holds, the greatest that it does.
  fileprivate static func seconds(_ value: UInt64) -> JSONValue {
    .integer(Int64(clamping: value))
  }
}
