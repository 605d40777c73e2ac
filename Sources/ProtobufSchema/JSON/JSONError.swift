/// Why a text is no JSON, is none of a message, or why a message has no JSON form.
package struct JSONError: Error, Sendable, Equatable, CustomStringConvertible {
  /// What was wrong; names and numbers only, never a value of the message.
  package let message: String
  /// The byte of the text at which its syntax is wrong; nil for all other faults.
  package let offset: Int?
  // From the inside to the outside, since that is how it grows.
  private var reversedPath: [String] = []

  init(_ message: String, at offset: Int? = nil) {
    self.message = message
    self.offset = offset
  }

  /// The same error, seen from one level further out.
  func inside(_ element: String) -> JSONError {
    var copy = self
    copy.reversedPath.append(element)
    return copy
  }

  /// `field.inner[3]: expected a string`, `expected "," or "]" at byte 17`.
  package var description: String {
    var text = ""
    for element in reversedPath.reversed() {
      text += text.isEmpty || element.hasPrefix("[") ? element : "." + element
    }
    text += text.isEmpty ? message : ": " + message
    return offset.map { text + " at byte \($0)" } ?? text
  }
}
