import ArgumentParsing
import CommandConsole
import ProtobufSchema
import WireDump

/// A text on its way back to bytes.
struct TextEncoding {
  private let command: ParsedCommand
  private let console: CommandContext
  private let text: [UInt8]
  private let form: Form

  private enum Form: String {
    case protoscope, hex, json, text, protojson
  }

  init(_ command: ParsedCommand, _ console: CommandContext, _ text: [UInt8]) throws {
    self.command = command
    self.console = console
    self.text = text
    let chosen = command.value("from").flatMap(Form.init(rawValue:))
    form = chosen ?? Self.detect(text, hasType: command.value("message-type") != nil)
    let needsType = form == .text || form == .protojson
    if needsType, command.value("message-type") == nil {
      throw command.refusal("--from \(form.rawValue) needs --message-type")
    }
    if chosen != nil, !needsType, command.value("message-type") != nil {
      throw command.refusal("--from \(form.rawValue) takes no --message-type")
    }
  }

  private static func detect(_ text: [UInt8], hasType: Bool) -> Form {
    let first = text.first { ![0x20, 0x09, 0x0a, 0x0d].contains($0) }
    if hasType { return first == UInt8(ascii: "{") ? .protojson : .text }
    if text.starts(with: "{\"v\":".utf8) { return .json }
    return HexInput.isHex(text) ? .hex : .protoscope
  }

  /// Whether the text is of messages that stand behind their prefixes.
  var hasPrefixes: Bool {
    form == .protoscope
      && lines.contains { String(decoding: $0, as: UTF8.self).contains("`  # gRPC prefix") }
  }

  private var lines: [ArraySlice<UInt8>] {
    text.split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false)
  }

  func bytes() throws -> [UInt8] {
    if command.value("message") != nil, form != .protoscope {
      throw command.refusal("--message is for the protoscope language")
    }
    switch form {
    case .protoscope: return try protoscope()
    case .hex: return try hex()
    case .json: return try DumpLines(text, command).bytes()
    case .text, .protojson: return try message()
    }
  }

  private func refused(_ code: String, _ what: String, hint: String = "") -> CommandFailure {
    CommandFailure(code, what, hint: hint, exitCode: .invalid)
  }

  // MARK: protoscope

  private func protoscope() throws -> [UInt8] {
    let chosen = try command.value("message").map { try message($0) } ?? text
    let hidden = chosen.split(separator: UInt8(ascii: "\n")).filter { Self.isHidden($0) }.count
    if hidden > 0 {
      console.note("Note: \(hidden) hidden values are asterisks, not what they were.")
    }
    do {
      return try Protoscope.assemble(chosen)
    } catch {
      throw refused(
        "BAD_TEXT", "\(command.operands.first ?? "-"):\(error)",
        hint: "The text is taken for the protoscope language; --from takes it for another.")
    }
  }

  /// Whether a line has asterisks for what a dump does not show.
  private static func isHidden(_ line: ArraySlice<UInt8>) -> Bool {
    let line = String(decoding: line, as: UTF8.self)
    return line.contains("*\"")
      && (line.contains("<redacted len=") || line.contains("not shown")
        || line.contains("no protobuf"))
  }

  /// The lines of one message, with the others as empty lines, so that faults keep their places.
  private func message(_ number: String) throws -> [UInt8] {
    var isInside = false
    var count = 0
    var kept: [ArraySlice<UInt8>] = []
    for line in lines {
      if line.starts(with: "# message ".utf8) {
        count += 1
        isInside = line.dropFirst(10).prefix { $0 != UInt8(ascii: ":") }.elementsEqual(number.utf8)
      }
      kept.append(isInside ? line : [])
    }
    guard kept.contains(where: { !$0.isEmpty }) else {
      throw refused("NO_MESSAGE", "there is no message \(number) in the text, it has \(count)")
    }
    return Array(kept.joined(separator: [UInt8(ascii: "\n")]))
  }

  // MARK: Hexadecimal

  private func hex() throws -> [UInt8] {
    guard let bytes = try HexInput.bytes(text) else {
      throw refused("BAD_TEXT", "the text is no hexadecimal dump")
    }
    return bytes
  }

  // MARK: Messages of a known type

  private func message() throws -> [UInt8] {
    let schema = try SchemaSource.schema(
      command.values("proto"), sets: command.values("proto-set"))
    let name = command.value("message-type") ?? ""
    guard let type = schema.message(named: name) else {
      throw command.refusal("no file declares the message \(name)")
    }
    do {
      let message =
        form == .text
        ? try DynamicMessage(text: text, type, of: schema)
        : try DynamicMessage(json: text, type, of: schema)
      return try message.encoded()
    } catch {
      throw refused("BAD_TEXT", "\(error)")
    }
  }
}
