import WireCaptureModel

@testable import WireCapture

/// The layers below HTTP/2 in a capture.
enum CaptureTargets {
  /// Bytes of each direction; those that a gap leaves out are counted.
  struct Counter: CaptureSink {
    var bytes: [CaptureDirection: [UInt8]] = [:]
    var noteCount = 0

    mutating func receive(_ captured: CapturedBytes) {
      require(!captured.bytes.isEmpty, "a run has bytes")
      bytes[captured.direction, default: []] += captured.bytes
    }

    mutating func endOfConnection(_ connection: Int) {}
    mutating func note(_ text: String, offset: UInt64) { noteCount += 1 }
  }

  /// A capture file of either format, whole and in pieces of a size that its first byte says: the same
  /// comes out.
  static func file(_ input: [UInt8]) {
    guard let first = input.first else { return }
    let file = Array(input.dropFirst())
    var found: [Counter] = []
    for step in [max(1, file.count), 1 + Int(first)] {
      var reader = CaptureReader(Counter(), keyLog: keyLog)
      for start in stride(from: 0, to: file.count, by: step) {
        reader.receive(Array(file[start..<min(start + step, file.count)]))
      }
      reader.finish()
      found.append(reader.sink)
    }
    require(found[0].bytes == found[1].bytes, "the same bytes, however the file comes")
    require(found[0].noteCount == found[1].noteCount, "the same notes, however the file comes")
    let count = found[0].bytes.values.reduce(0) { $0 + $1.count }
    require(count <= file.count, "\(count) bytes out of \(file.count)")
  }

  /// Segments of one connection: side and flags, sequence number (2 bytes), length, payload.
  static func segments(_ input: [UInt8]) {
    var connection = TCPConnection(number: 0)
    var sink = Counter()
    var position = 0
    while position + 5 <= input.count {
      let head = input[position]
      let start = position + 5
      let end = min(input.count, start + Int(input[position + 4]))
      let key = FlowKey(
        first: FlowEnd(high: 0, low: 0, port: 1), second: FlowEnd(high: 0, low: 0, port: 2))
      let sequence = UInt32(input[position + 1]) << 8 | UInt32(input[position + 2])
      connection.receive(
        TCPSegment(
          key: key, isFromFirst: head & 0x80 != 0, sequence: sequence &- 0x4000,
          acknowledged: head & 0x40 != 0 ? UInt32(input[position + 3]) << 8 : nil,
          flags: TCPSegment.Flags(rawValue: head & 0x17), payload: start..<end,
          cut: head & 0x28 == 0x28 ? 3 : 0, time: nil),
        input, base: 0, to: &sink)
      position = end
    }
    connection.end(to: &sink)
    let count = sink.bytes.values.reduce(0) { $0 + $1.count }
    require(count <= input.count, "\(count) bytes out of \(input.count)")
  }

  /// Bytes of a TLS connection in pieces: a byte for the side, two for the length, the bytes.
  static func records(_ input: [UInt8]) {
    var opening = TLSOpening(Counter())
    opening.keyLog.add(keyLog)
    var position = 0
    while position + 3 < input.count {
      let length = Int(input[position + 1]) << 8 | Int(input[position + 2])
      let end = min(input.count, position + 3 + max(1, length))
      opening.receive(
        CapturedBytes(
          direction: input[position] & 1 == 0 ? .clientToServer : .serverToClient,
          offset: UInt64(position), bytes: Array(input[(position + 3)..<end])))
      position = end
    }
    let count = opening.inner.bytes.values.reduce(0) { $0 + $1.count }
    require(count <= input.count, "\(count) bytes out of \(input.count)")
    var log = KeyLog()
    log.add(input)
  }

  /// The secrets of the recorded connections, so that their records can be opened.
  private static let keyLog: [UInt8] = SeedFiles.read("keys")
}
