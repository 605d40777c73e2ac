import CommandConsole
import WireDump

/// Hexadecimal text: dumps of other programs, and those of `--format hex`.
enum HexInput {
  static func isHex(_ text: [UInt8]) -> Bool {
    AnnotatedHex.isDump(text.span) || HexText.parse(text.span) != nil
  }

  /// The bytes that a text stands for; nil if it is no such text.
  static func bytes(_ text: [UInt8]) throws(CommandFailure) -> [UInt8]? {
    guard AnnotatedHex.isDump(text.span) else { return HexText.parse(text.span) }
    do {
      return try AnnotatedHex.parse(text.span)
    } catch {
      throw failure(error)
    }
  }

  private static func failure(_ error: AnnotatedHex.Failure) -> CommandFailure {
    switch error {
    case .redacted(let offset):
      CommandFailure(
        "REDACTED", "the bytes at \(Hex.padded(offset, 6)) are hidden",
        hint: "Make the dump with --reveal.", exitCode: .invalid)
    case .missing(let offset):
      CommandFailure(
        "INCOMPLETE", "the dump does not show the bytes at \(Hex.padded(offset, 6))",
        hint: "A dump of a packet capture has no packet headers: give the dump of a byte stream.",
        exitCode: .invalid)
    case .repeated(let offset):
      CommandFailure(
        "AMBIGUOUS", "the dump shows the bytes at \(Hex.padded(offset, 6)) twice",
        hint: "Give the dump of one direction of one connection.", exitCode: .invalid)
    }
  }
}
