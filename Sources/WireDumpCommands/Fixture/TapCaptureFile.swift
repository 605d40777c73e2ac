import GRPCTransport
import WireCaptureModel
import WireDump

/// Capture files as our own taps write them: what such a file says beyond its bytes is so little that
/// it can be made again, byte for byte, from a recording.
enum TapCaptureFile {
  private static let recordSize = 16
  private static let headerSize = 40

  /// The recording of a file; nil if the file has anything in it that could not be made again.
  static func recording(_ file: [UInt8]) -> Recording? {
    guard file.starts(with: TapPackets.fileHeader) else { return nil }
    var reading = Reading()
    var position = TapPackets.fileHeader.count
    while position < file.count {
      guard let next = reading.take(file, at: position) else { return nil }
      position = next
    }
    return bytes(reading.recording) == file ? reading.recording : nil
  }

  /// The file of a recording. Without times it is as if every chunk came a microsecond after the last.
  static func bytes(_ recording: Recording) -> [UInt8] {
    var writing = Writing()
    for (index, event) in recording.events.enumerated() {
      let time = recording.begin &+ (event.time ?? UInt64(index) * 1_000)
      writing.add(event, of: recording, time)
    }
    return writing.file
  }

  /// A file in the making.
  private struct Writing {
    private(set) var file = TapPackets.fileHeader
    private var packets = TapPackets(.client)
    private var identifiers: [Int: UInt64] = [:]
    private var places: [Int: (client: Int, server: Int)] = [:]

    mutating func add(_ event: Recording.Event, of recording: Recording, _ time: UInt64) {
      switch event {
      case .ended: break
      case .opened(let connection, let identifier, _): open(connection, identifier, time)
      case .chunk(let chunk):
        if identifiers[chunk.connection] == nil {
          open(chunk.connection, UInt64(clamping: chunk.connection + 1), time)
        }
        let stream = recording.streams[chunk.connection]?[chunk.direction] ?? []
        append(chunk, of: stream, time)
      }
    }

    private mutating func open(_ connection: Int, _ identifier: UInt64, _ time: UInt64) {
      identifiers[connection] = identifier
      packets.open(identifier, time: time, to: &file)
    }

    private mutating func append(
      _ chunk: Recording.Chunk, of stream: [UInt8], _ time: UInt64
    ) {
      guard let identifier = identifiers[chunk.connection] else { return }
      let isClient = chunk.direction == .clientToServer
      if let gap = chunk.gapBefore { packets.skip(gap, isClient: isClient, identifier) }
      let place = places[chunk.connection] ?? (0, 0)
      let start = isClient ? place.client : place.server
      let end = min(stream.count, start + chunk.count)
      let bytes = Array(stream[min(start, end)..<end])
      // The span is used before the array ends.
      _ = unsafe packets.append(
        bytes.span.bytes, isClient ? .sent : .received, identifier, time: time, to: &file)
      places[chunk.connection] = isClient ? (end, place.server) : (place.client, end)
    }
  }

  /// What has been read of a file.
  private struct Reading {
    var recording = Recording()
    private var connections: [UInt64: Int] = [:]
    private var expected: [Int: (client: UInt32, server: UInt32)] = [:]

    /// Takes the packet at a position: where the next one is, nil if it is none of ours.
    mutating func take(_ file: [UInt8], at position: Int) -> Int? {
      let start = position + recordSize
      guard start + headerSize <= file.count else { return nil }
      let size = Self.little(file, position + 8)
      guard size >= headerSize, size <= file.count - start else { return nil }
      let time =
        UInt64(Self.little(file, position)) * 1_000_000_000
        + UInt64(Self.little(file, position + 4))
      let begin = recording.events.isEmpty ? time : recording.begin
      recording.begin = begin
      guard time >= begin else { return nil }
      let isClient = Self.big(file, start + 22, 2) == 80
      let address = Self.big(file, start + (isClient ? 12 : 16), 4)
      let port = Self.big(file, start + (isClient ? 20 : 22), 2)
      guard port >= 32_768 else { return nil }
      let identifier = UInt64(address & 0xff_ffff) << 15 | UInt64(port - 32_768)
      let end = start + size
      if file[start + 33] == 2 {
        open(identifier, time - begin)
        return end
      }
      guard let number = connections[identifier] else { return nil }
      // What the other side has sent by then, whether or not it is in the file.
      let acknowledged = UInt32(Self.big(file, start + 28, 4))
      if missing(number, !isClient, before: acknowledged) > 0 {
        append(number, !isClient, at: acknowledged, [], time - begin)
      }
      let sequence = UInt32(Self.big(file, start + 24, 4))
      append(number, isClient, at: sequence, file[(start + headerSize)..<end], time - begin)
      return end
    }

    private mutating func open(_ identifier: UInt64, _ time: UInt64) {
      let number = connections.count
      connections[identifier] = number
      expected[number] = (1, 1)
      recording.events.append(.opened(connection: number, identifier: identifier, time: time))
    }

    /// How many bytes of a direction are missing before a place in it.
    private func missing(_ number: Int, _ isClient: Bool, before sequence: UInt32) -> Int {
      guard let place = expected[number] else { return 0 }
      return Int(sequence &- (isClient ? place.client : place.server))
    }

    private mutating func append(
      _ number: Int, _ isClient: Bool, at sequence: UInt32, _ bytes: ArraySlice<UInt8>,
      _ time: UInt64
    ) {
      let gap = missing(number, isClient, before: sequence)
      let chunk = Recording.Chunk(
        connection: number, direction: isClient ? .clientToServer : .serverToClient,
        count: bytes.count, time: time, gapBefore: gap == 0 ? nil : gap,
        fileOffset: UInt64(bytes.startIndex))
      recording.append(chunk, bytes)
      let next = sequence &+ UInt32(truncatingIfNeeded: bytes.count)
      if isClient { expected[number]?.client = next } else { expected[number]?.server = next }
    }

    private static func big(_ file: [UInt8], _ position: Int, _ count: Int) -> Int {
      file[position..<(position + count)].reduce(0) { $0 << 8 | Int($1) }
    }

    private static func little(_ file: [UInt8], _ position: Int) -> Int {
      file[position..<(position + 4)].reversed().reduce(0) { $0 << 8 | Int($1) }
    }
  }
}

extension Recording.Event {
  /// Nanoseconds since the recording began.
  fileprivate var time: UInt64? {
    switch self {
    case .opened(_, _, let time): time
    case .chunk(let chunk): chunk.time
    case .ended: nil
    }
  }
}
