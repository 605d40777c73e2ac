import ArgumentParsing
import CommandConsole
import ProtobufSchema
import TLSSession
import WireDump

extension AnyOutput {
  /// The form of output that the command line asks for.
  ///
  /// - Parameter dump: what the dump is made with.
  init(_ command: ParsedCommand, _ context: CommandContext, _ dump: DumpContext) throws {
    let filter = try command.value("where").map { try WhereOption.filter($0, command) }
    if let picture = command.value("waterfall") {
      // A filter is the picture's own: what a call waits for depends on the frames of others.
      self.init(WaterfallOutput(Self.picture(picture, context), filter: filter))
      return
    }
    var chosen = Self.form(command, context, dump.schema)
    if command.flag("verify") {
      chosen = Self(
        VerifyOutput(
          chosen, dump, style: Self.verdict(command), listsAll: command.flag("verbose")))
    }
    self = filter.map { Self(FilteredOutput(chosen, $0)) } ?? chosen
  }

  private static func form(
    _ command: ParsedCommand, _ context: CommandContext, _ schema: Schema?
  ) -> Self {
    let color = SharedOptions.isColored(command, context)
    switch command.value("format") {
    case "hex": return Self(HexOutput(color: color))
    case "json": return Self(JSONOutput(showsBytes: command.flag("bytes")))
    case "protoscope":
      return Self(
        ProtoscopeOutput(
          schema: schema, verbose: command.flag("verbose"), reveals: command.flag("reveal")))
    case let form:
      return Self(
        TextOutput(
          color: color, oneLine: form == "oneline" || command.flag("oneline"),
          verbose: command.flag("verbose")))
    }
  }

  private static func verdict(_ command: ParsedCommand) -> VerdictStyle {
    switch command.value("format") {
    case "json": .json
    case "hex", "protoscope": .comment
    default: .text
    }
  }

  private static func picture(_ form: String, _ context: CommandContext) -> WaterfallOutput.Form {
    guard form == "text" else { return .svg }
    // How wide the terminal says it is.
    return .text(columns: context.environment["COLUMNS"].flatMap { Int($0) } ?? 100)
  }
}

extension DumpContext {
  /// What the options that all commands share say.
  convenience init(_ command: ParsedCommand) throws {
    self.init(
      schema: try SchemaSource.schema(
        command.values("proto"), sets: command.values("proto-set")),
      redactor: Redactor(reveals: command.flag("reveal")) { Crypto.sha256($0) },
      guesses: !command.flag("no-guess"), showsTables: command.flag("hpack-table"),
      isForJSON: command.value("format") == "json")
  }
}
