import HTTPSyntax

/// What a request must not hold, because it would mean something else on the wire.
enum HTTPRequestRules {
  /// - Throws: ``HTTPFailure`` of phase `request` that says what, and repeats no value.
  static func check(_ request: HTTPRequest) throws(HTTPFailure) {
    guard request.url.utf8.allSatisfy({ 0x21...0x7e ~= $0 }) else {
      throw .request("the URL has a character that URLs do not have")
    }
    guard hasKnownScheme(request.url) else {
      throw .request("the URL begins with neither http:// nor https://")
    }
    for field in request.fields {
      guard !field.name.isEmpty, field.name.utf8.allSatisfy(Token.mayHold) else {
        throw .request("a field's name has a character that such names do not have")
      }
      // CR and LF would begin another field, NUL would end this one (RFC 9110 §5.5).
      guard field.value.utf8.allSatisfy({ $0 != 0x0d && $0 != 0x0a && $0 != 0 }) else {
        throw .request("the value of the field '\(field.name)' has a line break or NUL")
      }
    }
    guard request.method != .get || request.body.isEmpty else {
      throw .request("a GET has no body")
    }
  }

  /// The text without white space around it.
  static func trimmed(_ text: String) -> String {
    let bytes = text.utf8
    guard let first = bytes.firstIndex(where: { !isSpace($0) }),
      let last = bytes.lastIndex(where: { !isSpace($0) })
    else { return "" }
    return String(text[first...last])
  }

  /// The text with a space in the place of each control character.
  static func singleLine(_ text: String) -> String {
    trimmed(String(text.unicodeScalars.map { $0.value < 0x20 ? " " : Character($0) }))
  }

  private static func hasKnownScheme(_ url: String) -> Bool {
    let start = url.prefix(8).lowercased()
    return start.hasPrefix("http://") || start.hasPrefix("https://")
  }

  private static func isSpace(_ byte: UInt8) -> Bool { byte == 0x20 || 0x09...0x0d ~= byte }
}
