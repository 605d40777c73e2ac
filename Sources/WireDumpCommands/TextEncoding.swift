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
    let isHex = AnnotatedHex.isDump(text.span) || HexText.parse(text.span) != nil
    return isHex ? .hex : .protoscope
  }

  /// Whether the text is of messages that stand behind their prefixes.
  var hasPrefixes: Bool {
    form == .protoscope && lines.contains { $0.hasSuffix("# gRPC prefix") }
  }

  private var lines: [Substring] {
    String(decoding: text, as: UTF8.self).split(
      omittingEmptySubsequences: false, whereSeparator: \.isNewline)
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
    let hidden = String(decoding: chosen, as: UTF8.self).split(whereSeparator: \.isNewline)
      .filter { $0.contains("<redacted len=") || $0.contains("not shown") }
    if !hidden.isEmpty {
      console.note("Note: \(hidden.count) hidden values are asterisks, not what they were.")
    }
    do {
      return try Protoscope.assemble(chosen)
    } catch {
      throw refused(
        "BAD_TEXT", "\(command.operands.first ?? "-"):\(error)",
        hint: "The text is taken for the protoscope language; --from takes it for another.")
    }
  }

  /// The lines of one message, with the others as empty lines, so that faults keep their places.
  private func message(_ number: String) throws -> [UInt8] {
    var isInside = false
    var count = 0
    var kept: [Substring] = []
    for line in lines {
      if line.hasPrefix("# message ") {
        count += 1
        isInside = line.dropFirst(10).prefix { $0 != ":" } == number
      }
      kept.append(isInside ? line : "")
    }
    guard kept.contains(where: { !$0.isEmpty }) else {
      throw refused("NO_MESSAGE", "there is no message \(number) in the text, it has \(count)")
    }
    return Array(kept.joined(separator: "\n").utf8)
  }

  // MARK: Hexadecimal

  private func hex() throws -> [UInt8] {
    guard AnnotatedHex.isDump(text.span) else {
      guard let bytes = HexText.parse(text.span) else {
        throw refused("BAD_TEXT", "the text is no hexadecimal dump")
      }
      return bytes
    }
    do {
      return try AnnotatedHex.parse(text.span)
    } catch {
      switch error {
      case .redacted(let offset):
        throw refused(
          "REDACTED", "the bytes at \(Hex.padded(offset, 6)) are hidden",
          hint: "Make the dump with --reveal.")
      case .missing(let offset):
        throw refused(
          "INCOMPLETE", "the dump does not show the bytes at \(Hex.padded(offset, 6))",
          hint: "A dump of a packet capture has no packet headers: give the dump of a byte stream.")
      case .repeated(let offset):
        throw refused(
          "AMBIGUOUS", "the dump shows the bytes at \(Hex.padded(offset, 6)) twice",
          hint: "Give the dump of one direction of one connection.")
      }
    }
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
