extension StringProtocol {
  /// The text without the white space at its ends.
  var trimmed: String {
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

extension Character {
  var isASCIIDigit: Bool { "0"..."9" ~= self && isASCII }
}
