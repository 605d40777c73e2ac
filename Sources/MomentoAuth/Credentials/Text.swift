extension StringProtocol {
  /// The text without the white space at its ends.
  package var trimmed: String {
    var text = self[...]
    while text.first?.isWhitespace == true { text = text.dropFirst() }
    while text.last?.isWhitespace == true { text = text.dropLast() }
    return String(text)
  }

  /// A short form that is fit to be repeated in a message.
  var shown: String {
    let printable = prefix(40).map { $0.isASCII && !("\0"..<" ").contains($0) ? $0 : "?" }
    return String(printable) + (count > 40 ? "…" : "")
  }
}

extension String {
  /// The text with control characters, line breaks among them, turned into spaces: what a server says
  /// can then neither begin a line of a log nor drive a terminal.
  package var singleLine: String {
    let scalars = unicodeScalars.map { $0.breaksLines ? " " : $0 }
    return String(String.UnicodeScalarView(scalars))
  }
}

extension Unicode.Scalar {
  fileprivate var breaksLines: Bool {
    switch properties.generalCategory {
    case .control, .lineSeparator, .paragraphSeparator: true
    default: false
    }
  }
}

extension Character {
  var isASCIIDigit: Bool { isASCII && "0"..."9" ~= self }
  var isASCIIAlphanumeric: Bool { isASCII && (isLetter || isASCIIDigit) }
}
