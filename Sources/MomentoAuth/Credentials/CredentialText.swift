import FoundationEssentials

/// The forms in which a credential is handed around as one text.
enum CredentialText {
  /// No credential comes near this size; anything larger is a mistake, and is not decoded.
  static let maximumSize = 64 * 1024

  /// What the text of a credential turned out to be.
  enum Content {
    /// A key bundled with its base endpoint, as GenerateApiToken and the console give it out.
    case bundle(KeyBundle)
    /// A bare token, with the endpoints in its claims if it has any.
    case token(JWT)
  }

  /// Finds out what a text is: what has a dot is a JWT, what has none is a base64 bundle.
  static func read(_ text: String, lenientBase64: Bool) throws(MomentoError) -> Content {
    try refuseCommonMistakes(text)
    if text.contains(".") { return .token(try JWT(parsing: text)) }
    return .bundle(try KeyBundle(parsing: text, lenient: lenientBase64))
  }

  private static func refuseCommonMistakes(_ text: String) throws(MomentoError) {
    guard !text.isEmpty else {
      throw .invalidArgument(
        "The API key or token is empty.",
        advice: "Give the text that the console or the generate command showed.")
    }
    guard text.utf8.count <= maximumSize else {
      throw .invalidArgument(
        "The API key or token is \(text.utf8.count) bytes long, more than any credential has.",
        advice: "Give the key alone.")
    }
    if text.lowercased().hasPrefix("bearer ") {
      throw .invalidArgument(
        "The API key or token begins with \"Bearer \", which Momento does not use.",
        advice: "Give the key without that word.")
    }
    if text.hasPrefix("{") {
      throw .invalidArgument(
        "The API key or token is JSON: a whole credentials file, it seems.",
        advice: "Read it with `CredentialsFile`, or give only its \"apiKey\" member.")
    }
  }
}

/// The form in which v1 keys and disposable tokens are handed around: base64 of
/// `{"endpoint":…,"api_key":…}`, where the key is what goes on the wire.
package struct KeyBundle: Sendable {
  /// The base of the endpoints, such as `cell-1-us-east-2-1.prod.a.momentohq.com`.
  package var endpoint: String
  /// The key or token itself.
  package var apiKey: Secret

  /// Joins a key and its base endpoint.
  package init(endpoint: String, apiKey: Secret) {
    self.endpoint = endpoint
    self.apiKey = apiKey
  }

  private struct Members: Codable {
    var endpoint: String?
    var api_key: String?
  }

  /// Reads a bundle. JSON members in any order and with any spacing, unknown ones ignored; either
  /// base64 alphabet.
  ///
  /// - Parameter lenient: also accepts base64 without its padding or with white space within.
  package init(parsing text: String, lenient: Bool = false) throws(MomentoError) {
    guard let json = Base64Text.decode(text, lenient: lenient) else {
      throw Self.malformed("it is neither base64 nor a JWT", "It may have been cut off: copy all.")
    }
    guard let members = try? JSONDecoder().decode(Members.self, from: Data(json)) else {
      throw Self.malformed(
        "its base64 does not hold the JSON object of a key", "It may have been cut off: copy all.")
    }
    guard let endpoint = members.endpoint, !endpoint.isEmpty else {
      throw Self.malformed("it has no \"endpoint\"", "Make a new key, or copy the old one again.")
    }
    guard let key = members.api_key, !key.isEmpty else {
      throw Self.malformed("it has no \"api_key\"", "Make a new key, or copy the old one again.")
    }
    self.init(endpoint: endpoint, apiKey: Secret(key))
  }

  /// The text form, which every Momento SDK reads: compact JSON, the endpoint first, in standard
  /// base64 with padding.
  package var text: Secret {
    let json =
      "{\"endpoint\":\(JSONText.quoted(endpoint)),\"api_key\":\(JSONText.quoted(apiKey.reveal()))}"
    return Secret(Data(json.utf8).base64EncodedString())
  }

  private static func malformed(_ detail: String, _ advice: String) -> MomentoError {
    .invalidArgument("Failed to parse the API key or token: \(detail).", advice: advice)
  }
}
