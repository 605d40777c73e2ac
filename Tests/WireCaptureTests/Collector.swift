import FoundationEssentials
import WireCapture
import WireCaptureModel

/// Keeps what a capture hands on.
struct Collector: CaptureSink {
  var streams: [Int: [CaptureDirection: [UInt8]]] = [:]
  var runs: [CapturedBytes] = []
  var notes: [String] = []
  var ended: [Int] = []

  mutating func receive(_ captured: CapturedBytes) {
    streams[captured.connection, default: [:]][captured.direction, default: []] += captured.bytes
    runs.append(captured)
  }

  mutating func endOfConnection(_ connection: Int) { ended.append(connection) }

  mutating func note(_ text: String, offset: UInt64) { notes.append(text) }

  var gaps: Int { runs.reduce(0) { $0 + ($1.gapBefore ?? 0) } }

  /// What the notes tell to be missing at the ends of streams.
  var missingAtEnds: Int {
    notes.filter { $0.contains("were not captured") }
      .compactMap { $0.split(separator: " ").compactMap { Int($0) }.first }.reduce(0, +)
  }

  /// What a file holds, read in pieces of a size.
  static func read(_ bytes: [UInt8], step: Int = 1 << 20) -> Collector {
    var reader = CaptureReader(Collector())
    for start in stride(from: 0, to: bytes.count, by: step) {
      reader.receive(Array(bytes[start..<min(start + step, bytes.count)]))
    }
    reader.finish()
    return reader.sink
  }
}

/// The captures of Fixtures/captures.
enum Captures {
  static func bytes(_ name: String) throws -> [UInt8] {
    [UInt8](try Data(contentsOf: url(name)))
  }

  static func url(_ name: String) -> URL {
    URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
      .deletingLastPathComponent().appending(path: "Fixtures/captures/\(name)")
  }

  /// What tshark found in grpcio.pcap: for each connection, the hexadecimal digits of both sides.
  static func tsharkStreams() throws -> [[String: String]] {
    try JSONDecoder().decode(
      [[String: String]].self, from: Data(contentsOf: url("grpcio.streams.json")))
  }
}

/// A pcap file of packets, for captures that nobody recorded.
struct PacketFile {
  /// The records, each with its header.
  var records: [[UInt8]]
  let header: [UInt8]

  /// Takes a pcap file in little-endian order apart.
  init(_ file: [UInt8]) {
    header = Array(file.prefix(24))
    records = []
    var place = 24
    while place + 16 <= file.count {
      let length = (0..<4).reduce(0) { $0 | Int(file[place + 8 + $1]) << (8 * $1) }
      records.append(Array(file[place..<place + 16 + length]))
      place += 16 + length
    }
  }

  var bytes: [UInt8] { header + records.joined() }

  /// The packets that carry at least so many bytes of payload.
  func indices(withPayload least: Int) -> [Int] {
    records.indices.filter {
      let header = 16 + 14 + 20
      return records[$0].count >= header + Int(records[$0][header + 12] >> 4) * 4 + least
    }
  }
}

extension [UInt8] {
  var hex: String { map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined() }
}
