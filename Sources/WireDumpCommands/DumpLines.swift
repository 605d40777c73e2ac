import ArgumentParsing
import CommandConsole
import FoundationEssentials
import WireDump

/// The lines of `dump --format json`, read back.
struct DumpLines {
  private let text: [UInt8]
  private let command: ParsedCommand

  /// What is read of a line.
  private struct Line: Decodable {
    var v: Int
    var conn: Int?
    var dir: String?
    var depth: Int?
    var len: Int?
    var assembled: Bool?
    var type: String
    var text: String?
    var bytes: String?
  }

  private struct Flow: Hashable {
    var connection: Int
    var direction: String
  }

  init(_ text: [UInt8], _ command: ParsedCommand) {
    self.text = text
    self.command = command
  }

  /// The bytes of one direction of one connection.
  func bytes() throws -> [UInt8] {
    var flows: [Flow: [UInt8]] = [:]
    for (index, line) in text.split(separator: UInt8(ascii: "\n")).enumerated() {
      let found = try decode(Array(line), number: index + 1)
      guard found.depth == 0, let connection = found.conn, let direction = found.dir else {
        try refuseLoss(found, number: index + 1)
        continue
      }
      let flow = Flow(connection: connection, direction: direction)
      guard isWanted(flow) else { continue }
      flows[flow, default: []] += try digits(found, number: index + 1)
    }
    return try only(flows)
  }

  private func refused(_ code: String, _ what: String, hint: String) -> CommandFailure {
    CommandFailure(code, what, hint: hint, exitCode: .invalid)
  }

  private func decode(_ line: [UInt8], number: Int) throws -> Line {
    guard let found = try? JSONDecoder().decode(Line.self, from: Data(line)), found.v == 1 else {
      throw refused(
        "BAD_TEXT", "line \(number) is none of 'dump --format json', version 1",
        hint: "--from takes the text for something else.")
    }
    return found
  }

  private func refuseLoss(_ line: Line, number: Int) throws {
    guard line.type == "note", let text = line.text, text.contains("bytes are missing") else {
      return
    }
    throw refused(
      "INCOMPLETE", "line \(number): \(text) in the capture",
      hint: "What is lost is not in the dump.")
  }

  private func isWanted(_ flow: Flow) -> Bool {
    let side = command.value("direction").map { $0 == "client" ? "send" : "recv" }
    let connection = command.value("connection")
    return (side == nil || side == flow.direction)
      && (connection == nil || connection == String(flow.connection))
  }

  private func digits(_ line: Line, number: Int) throws -> [UInt8] {
    guard let text = line.bytes else {
      // What several frames carry together is in their lines.
      if line.assembled ?? false { return [] }
      throw refused(
        "REDACTED", "line \(number) does not have its bytes",
        hint: "Make the dump with --format json --bytes --reveal.")
    }
    guard let bytes = Hex.bytes(text), bytes.count == line.len else {
      throw refused(
        "BAD_TEXT", "line \(number): its bytes are not the \(line.len ?? 0) that it speaks of",
        hint: "Make the dump anew.")
    }
    return bytes
  }

  private func only(_ flows: [Flow: [UInt8]]) throws -> [UInt8] {
    guard flows.count <= 1 else {
      throw refused(
        "AMBIGUOUS", "the dump is of \(flows.count) directions of connections",
        hint: "Choose one with --connection and --direction.")
    }
    guard let bytes = flows.values.first else {
      throw refused(
        "EMPTY_INPUT", "the dump has no bytes of that connection and direction",
        hint: "See its members conn and dir.")
    }
    return bytes
  }
}
