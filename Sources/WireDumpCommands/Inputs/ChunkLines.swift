import CommandConsole
import FoundationEssentials
import WireCaptureModel
import WireDump

/// The order of a recording's bytes as lines of JSON. The first line is `{"v":1,"begin":"NANOSECONDS"}`,
/// since 1970. Each of the others has `conn`, the connection, and one of
///
/// - `dir` (`send`, from the client, or `recv`) and `len`: the next so many bytes of a direction
/// - `open`: the connection begins; its number to the capture's maker
/// - `end`: true
///
/// and, where it is known, `t`: nanoseconds since the begin. `gap` says how many bytes are missing
/// before these.
enum ChunkLines {
  private struct Line: Decodable {
    var v: Int?
    var begin: String?
    var conn: Int?
    var dir: String?
    var len: Int?
    var t: UInt64?
    var gap: Int?
    var open: String?
    var end: Bool?
  }

  /// No recording has more connections, nor a chunk or a gap more bytes.
  private static let most = 1 << 40

  static func text(_ recording: Recording) -> String {
    var head = JSONObject()
    head.add("v", 1)
    head.add("begin", String(recording.begin))
    return ([head] + recording.events.map(object)).map { "\($0)\n" }.joined()
  }

  private static func object(_ event: Recording.Event) -> JSONObject {
    var line = JSONObject()
    switch event {
    case .opened(let connection, let identifier, let time):
      line.add("conn", UInt64(clamping: connection))
      line.add("open", String(identifier))
      if let time { line.add("t", time) }
    case .ended(let connection):
      line.add("conn", UInt64(clamping: connection))
      line.add("end", true)
    case .chunk(let chunk):
      line.add("conn", UInt64(clamping: chunk.connection))
      line.add("dir", chunk.direction.verb)
      line.add("len", UInt64(clamping: chunk.count))
      if let time = chunk.time { line.add("t", time) }
      if let gap = chunk.gapBefore { line.add("gap", UInt64(clamping: gap)) }
    }
    return line
  }

  /// The recording that lines tell of, of whose connections `streams` reads the bytes.
  static func recording(
    _ text: [UInt8], of path: String, streams: (Int) throws -> Recording.Streams
  ) throws -> Recording {
    var recording = Recording()
    let decoder = JSONDecoder()
    for (index, bytes) in text.split(separator: 10).enumerated() {
      guard let line = try? decoder.decode(Line.self, from: Data(bytes)),
        let isTaken = try? take(line, isFirst: index == 0, into: &recording), isTaken
      else {
        throw CommandFailure(
          "BAD_FIXTURE", "line \(index + 1) of \(path) is no chunk", exitCode: .invalid)
      }
    }
    for event in recording.events {
      guard case .chunk(let chunk) = event, recording.streams[chunk.connection] == nil else {
        continue
      }
      recording.streams[chunk.connection] = try streams(chunk.connection)
    }
    return recording
  }

  private static func take(
    _ line: Line, isFirst: Bool, into recording: inout Recording
  ) throws -> Bool {
    if isFirst {
      recording.begin = UInt64(line.begin ?? "") ?? 0
      return line.v == 1
    }
    guard let connection = line.conn, 0..<most ~= connection else { return false }
    if let open = line.open {
      guard let identifier = UInt64(open) else { return false }
      recording.events.append(
        .opened(connection: connection, identifier: identifier, time: line.t))
    } else if line.end == true {
      recording.events.append(.ended(connection: connection))
    } else {
      guard let count = line.len, 0..<most ~= count, 0..<most ~= line.gap ?? 0,
        line.dir == "send" || line.dir == "recv"
      else { return false }
      recording.events.append(
        .chunk(
          .init(
            connection: connection,
            direction: line.dir == "send" ? .clientToServer : .serverToClient, count: count,
            time: line.t, gapBefore: line.gap)))
    }
    return true
  }
}
