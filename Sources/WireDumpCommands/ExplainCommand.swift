import ArgumentParsing
import CommandConsole
import WireDump

/// `wiredump explain`
enum ExplainCommand {
  static let table = Command(
    "explain",
    abstract: "Say what a code means: a frame type, an error code, a setting, a gRPC status.",
    examples: [
      Example("By name", "wiredump explain GOAWAY"),
      Example("By number: everything that has it", "wiredump explain 0xb"),
    ],
    operands: [Operand("code", .one, "A name, or a number, decimal or with 0x.")]
  )

  static func run(_ command: ParsedCommand, _ context: CommandContext) throws {
    let code = command.operands.first ?? ""
    let found = Explanation.find(code)
    guard !found.isEmpty else {
      throw CommandFailure(
        "UNKNOWN_CODE", "\(code.visible) is no code of HTTP/2 or gRPC",
        hint: "Names are written as in the documents, such as RST_STREAM or UNAVAILABLE.",
        exitCode: .invalid)
    }
    for explanation in found { try context.print(explanation.line) }
  }
}
