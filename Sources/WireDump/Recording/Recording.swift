package import WireCaptureModel

/// The bytes of some connections, and the order and the times in which they came: all that a capture
/// says which is not about packets.
package struct Recording: CaptureSink, Sendable, Equatable {
  package enum Event: Sendable, Equatable {
    /// A connection begins, which the capture's maker called by a number of its own.
    case opened(connection: Int, identifier: UInt64, time: UInt64?)
    case chunk(Chunk)
    case ended(connection: Int)
  }

  /// The next bytes of one direction of a connection.
  package struct Chunk: Sendable, Equatable {
    package var connection: Int
    package var direction: CaptureDirection
    package var count: Int
    /// Nanoseconds since the recording began; nil where the times are not known.
    package var time: UInt64?
    /// How many bytes are missing before these.
    package var gapBefore: Int?
    /// Where they stood in the file that they were read from; nil if it held one direction only.
    package var fileOffset: UInt64?

    package init(
      connection: Int = 0, direction: CaptureDirection, count: Int, time: UInt64? = nil,
      gapBefore: Int? = nil, fileOffset: UInt64? = nil
    ) {
      self.fileOffset = fileOffset
      self.connection = connection
      self.direction = direction
      self.count = count
      self.time = time
      self.gapBefore = gapBefore
    }
  }

  /// Both directions of a connection.
  package struct Streams: Sendable, Equatable {
    package var client: [UInt8] = []
    package var server: [UInt8] = []

    package init() {}

    package subscript(direction: CaptureDirection) -> [UInt8] {
      get { direction == .clientToServer ? client : server }
      _modify {
        if direction == .clientToServer { yield &client } else { yield &server }
      }
    }
  }

  /// When it began, in nanoseconds since 1970; 0 if that is not known.
  package var begin: UInt64 = 0
  package var events: [Event] = []
  package var streams: [Int: Streams] = [:]
  /// What the reader of a capture had to say about it.
  package private(set) var notes: [String] = []

  package init() {}

  /// One connection of which both directions are known, and not the order in which they came.
  package init(client: [UInt8], server: [UInt8]) {
    for chunk in StreamInterleaving.chunks(client: client, server: server) {
      events.append(.chunk(chunk))
    }
    streams[0] = Streams()
    streams[0]?.client = client
    streams[0]?.server = server
  }

  package mutating func receive(_ captured: CapturedBytes) {
    append(
      Chunk(
        connection: captured.connection, direction: captured.direction,
        count: captured.bytes.count, time: captured.time, gapBefore: captured.gapBefore,
        fileOffset: captured.offset),
      captured.bytes[...])
  }

  package mutating func append(_ chunk: Chunk, _ bytes: ArraySlice<UInt8>) {
    events.append(.chunk(chunk))
    streams[chunk.connection, default: Streams()][chunk.direction] += bytes
  }

  package mutating func endOfConnection(_ connection: Int) {
    events.append(.ended(connection: connection))
  }

  package mutating func note(_ text: String, offset: UInt64) { notes.append(text) }

  /// The numbers of the connections.
  package var connections: [Int] { streams.keys.sorted() }

  /// Hands the bytes on as they came.
  ///
  /// - Parameters:
  ///   - only: the connection that is wanted; nil for all.
  ///   - atFileOffsets: whether offsets are those in the file that was read, where there was one;
  ///     otherwise they count within each direction.
  package func replay(
    only: Int? = nil, atFileOffsets: Bool = false, to sink: inout some CaptureSink
  ) {
    var places: [Int: (client: Int, server: Int)] = [:]
    for event in events {
      switch event {
      case .opened: break
      case .ended(let connection) where only ?? connection == connection:
        sink.endOfConnection(connection)
      case .chunk(let chunk) where only ?? chunk.connection == chunk.connection:
        var place = places[chunk.connection] ?? (0, 0)
        let isClient = chunk.direction == .clientToServer
        let start = isClient ? place.client : place.server
        var captured = captured(chunk, from: start)
        if atFileOffsets, let offset = chunk.fileOffset { captured.offset = offset }
        sink.receive(captured)
        if isClient { place.client += chunk.count } else { place.server += chunk.count }
        places[chunk.connection] = place
      case .ended, .chunk: break
      }
    }
  }

  private func captured(_ chunk: Chunk, from start: Int) -> CapturedBytes {
    let stream = streams[chunk.connection]?[chunk.direction] ?? []
    let end = min(stream.count, start + chunk.count)
    return CapturedBytes(
      connection: chunk.connection, direction: chunk.direction, time: chunk.time,
      offset: UInt64(clamping: start), bytes: Array(stream[min(start, end)..<end]),
      gapBefore: chunk.gapBefore)
  }
}
