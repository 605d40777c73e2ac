import ArgumentParsing
import CommandConsole

/// Options that mean the same for several commands.
enum SharedOptions {
  static let verbose = Option(
    "verbose", letter: "v", .flag, "Tell how each header field and message is written.")
  static let hpackTable = Option(
    "hpack-table", .flag, "Show the dynamic table behind each header block.")
  static let reveal = Option("reveal", .flag, "Show secrets.")
  static let noGuess = Option("no-guess", .flag, "Do not look into fields that no schema knows.")
  static let color = Option(
    "color", .value(.init("when", choices: ["auto", "always", "never"], fallback: "auto")),
    "Whether to colour text and hex.")
  static let keyLog = Option(
    "keylog", .value(.init("file")),
    "The secrets of a capture's TLS connections, as SSLKEYLOGFILE has them.")

  /// Whether `--color` asks for colours, or the terminal takes them.
  static func isColored(_ command: ParsedCommand, _ context: CommandContext) -> Bool {
    switch command.value("color") {
    case "always": true
    case "never": false
    default: context.style.isOn
    }
  }

  /// What the file of `--keylog` holds; nothing without one.
  static func keyLog(_ command: ParsedCommand) throws -> [UInt8] {
    try command.value("keylog").map { try InputSource.file($0) } ?? []
  }
}
