import GRPCCall

/// Credentials that are recognised by their form, wherever they stand.
struct Credential {
  /// How long one is at most, with `Bearer ` before it.
  static let longest = SecretText.longest + 7

  /// What it is.
  var kind: String
  /// What may be told of it.
  var notes: [String]
  /// The dates in it, and the like, for programs.
  var members: [(name: StaticString, value: ItemValue)] = []

  /// Nil if the text is no credential of a known form.
  init?(_ text: [UInt8], _ redactor: Redactor) {
    let isBearer = text.span.hasPrefix("Bearer ") || text.span.hasPrefix("bearer ")
    let text = isBearer ? text[7...] : text[...]
    // Base64 of a brace, with which both forms begin.
    guard text.count >= 16, text.count <= SecretText.longest, text.first == UInt8(ascii: "e") else {
      return nil
    }
    if let token = Self.token(text) {
      self = token
    } else if let bundle = Self.bundle(text, redactor) {
      self = bundle
    } else {
      return nil
    }
  }

  private init(kind: String, notes: [String]) {
    self.kind = kind
    self.notes = notes
  }

  /// A JSON Web Token (RFC 7519): header and claims are told, the signature is not.
  private static func token(_ text: ArraySlice<UInt8>) -> Credential? {
    guard text.starts(with: "eyJ".utf8) else { return nil }
    let parts = text.split(separator: UInt8(ascii: "."), omittingEmptySubsequences: false)
    guard parts.count == 3, let header = object(parts[0]), let claims = object(parts[1]) else {
      return nil
    }
    var token = Credential(
      kind: "JWT", notes: ["JWT header \(header.visible)", "JWT claims \(claims.visible)"])
    for name in ["exp", "iat", "nbf"] as [StaticString] {
      guard let seconds = number("\(name)", in: claims) else { continue }
      let date = EpochTime.text(seconds: seconds)
      token.notes.append("JWT \(name) \(date)")
      token.members.append((name, .text(date)))
    }
    return token
  }

  /// The form in which Momento's console hands out a key: Base64 of {"endpoint", "api_key"}.
  private static func bundle(_ text: ArraySlice<UInt8>, _ redactor: Redactor) -> Credential? {
    guard text.starts(with: "eyJ".utf8) || text.starts(with: "eyA".utf8),
      let json = object(text), json.contains("\"api_key\"")
    else { return nil }
    var notes = ["Base64 of a JSON object with a key in it"]
    if let endpoint = string("endpoint", in: json) { notes.append("endpoint \(endpoint.visible)") }
    if let key = string("api_key", in: json) {
      notes.append("api_key \(redactor.tag(Array(key.utf8)))")
      notes += Credential(Array(key.utf8), redactor)?.notes ?? []
    }
    return Credential(kind: "key bundle", notes: notes)
  }

  /// The text of a JSON object in Base64 of either alphabet.
  private static func object(_ text: ArraySlice<UInt8>) -> String? {
    let standard = text.map { byte -> UInt8 in
      byte == UInt8(ascii: "-")
        ? UInt8(ascii: "+") : byte == UInt8(ascii: "_") ? UInt8(ascii: "/") : byte
    }
    guard let bytes = Base64.decode(standard.span), bytes.first == UInt8(ascii: "{"),
      let json = String(validating: bytes, as: UTF8.self)
    else { return nil }
    return json
  }

  /// A member of an object that is not nested; what is not found is only not told.
  private static func string(_ name: String, in json: String) -> String? {
    let rest = value(name, in: json)
    guard rest.first == UInt8(ascii: "\"") else { return nil }
    let text = rest.dropFirst().prefix { $0 != UInt8(ascii: "\"") }
    return String(decoding: text, as: UTF8.self)
  }

  private static func number(_ name: String, in json: String) -> UInt64? {
    let digits = value(name, in: json).prefix { 0x30...0x39 ~= $0 }
    return UInt64(String(decoding: digits, as: UTF8.self))
  }

  private static func value(_ name: String, in json: String) -> ArraySlice<UInt8> {
    let text = Array(json.utf8)
    let key = Array("\"\(name)\"".utf8)
    guard text.count > key.count else { return [] }
    for start in 0..<(text.count - key.count)
    where text[start..<(start + key.count)].elementsEqual(key) {
      let rest = text[(start + key.count)...].drop { $0 == 0x20 }
      guard rest.first == UInt8(ascii: ":") else { continue }
      return rest.dropFirst().drop { $0 == 0x20 }
    }
    return []
  }
}
