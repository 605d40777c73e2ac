/// Why a text of the protoscope language stands for no bytes.
///
/// The description reads `3:17: expected a wire type from 0 to 7, found "9"`.
package struct ProtoscopeError: Error, Sendable, Equatable, CustomStringConvertible {
  /// Where the culprit begins, both counted from 1; columns count characters.
  package var line: Int
  package var column: Int
  /// What was expected and what was found instead.
  package var message: String

  package var description: String { "\(line):\(column): \(message)" }

  init(_ message: String, at offset: Int, in text: [UInt8]) {
    self.message = message
    let before = text[..<min(offset, text.count)]
    line = 1 + before.filter { $0 == UInt8(ascii: "\n") }.count
    let start = before.lastIndex(of: UInt8(ascii: "\n")).map { $0 + 1 } ?? 0
    // A byte that goes on with a character of UTF-8 begins none.
    column = 1 + before[start...].filter { $0 & 0xc0 != 0x80 }.count
  }
}
