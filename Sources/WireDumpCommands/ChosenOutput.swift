import ArgumentParsing
import CommandConsole
import ProtobufSchema
import TLSSession
import WireDump

/// The form of output that the command line asks for.
struct ChosenOutput: DumpOutput {
  private var inner: any DumpOutput

  init(_ inner: any DumpOutput) { self.inner = inner }

  /// - Parameter schema: the one that the dump is made with.
  init(_ command: ParsedCommand, _ context: CommandContext, schema: Schema?) throws {
    let chosen = Self.form(command, context, schema)
    let filter = try command.value("where").map { try WhereOption.filter($0, command) }
    inner = filter.map { FilteredOutput(Self(chosen), $0) } ?? chosen
  }

  private static func form(
    _ command: ParsedCommand, _ context: CommandContext, _ schema: Schema?
  ) -> any DumpOutput {
    let color = SharedOptions.isColored(command, context)
    switch command.value("format") {
    case "hex": return HexOutput(color: color)
    case "json": return JSONOutput()
    case "protoscope":
      return ProtoscopeOutput(
        schema: schema, verbose: command.flag("verbose"), reveals: command.flag("reveal"))
    case let form:
      return TextOutput(
        color: color, oneLine: form == "oneline" || command.flag("oneline"),
        verbose: command.flag("verbose"))
    }
  }

  var lines: OutputLines {
    get { inner.lines }
    set { inner.lines = newValue }
  }

  mutating func write(_ unit: Unit, _ bytes: Span<UInt8>) { inner.write(unit, bytes) }
  mutating func write(_ call: CallRecord) { inner.write(call) }
  mutating func write(_ table: TableRecord) { inner.write(table) }
  mutating func note(_ text: String, offset: UInt64) { inner.note(text, offset: offset) }
  mutating func finish() { inner.finish() }
}

extension DumpContext {
  /// What the options that all commands share say.
  convenience init(_ command: ParsedCommand) throws {
    self.init(
      schema: try SchemaSource.schema(
        command.values("proto"), sets: command.values("proto-set")),
      redactor: Redactor(reveals: command.flag("reveal")) { Crypto.sha256($0) },
      guesses: !command.flag("no-guess"), showsTables: command.flag("hpack-table"))
  }
}
