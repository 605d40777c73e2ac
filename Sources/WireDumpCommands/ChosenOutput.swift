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
    let filter = try command.value("where").map { try WhereOption.filter($0, command) }
    self = Self.form(command, context, schema).filtered(filter)
  }

  /// - Parameter dump: what the dump is made with.
  init(_ command: ParsedCommand, _ context: CommandContext, _ dump: DumpContext) throws {
    let filter = try command.value("where").map { try WhereOption.filter($0, command) }
    if let picture = command.value("waterfall") {
      // A filter is the picture's own: what a call waits for depends on the frames of others.
      inner = WaterfallOutput(Self.picture(picture, context), filter: filter)
      return
    }
    var chosen = Self.form(command, context, dump.schema)
    if command.flag("verify") {
      chosen = Self(
        VerifyOutput(
          chosen, dump, style: Self.verdict(command), listsAll: command.flag("verbose")))
    }
    self = chosen.filtered(filter)
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

  private func filtered(_ filter: FrameFilter?) -> Self {
    filter.map { Self(FilteredOutput(self, $0)) } ?? self
  }

  var lines: OutputLines {
    get { inner.lines }
    set { inner.lines = newValue }
  }

  var readsBytes: Bool { inner.readsBytes }

  mutating func write(_ unit: Unit, _ bytes: Span<UInt8>) { inner.write(unit, bytes) }
  mutating func write(_ call: CallRecord) { inner.write(call) }
  mutating func write(_ table: TableRecord) { inner.write(table) }
  mutating func note(_ text: String, offset: UInt64) { inner.note(text, offset: offset) }
  mutating func handOn() { inner.handOn() }
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
