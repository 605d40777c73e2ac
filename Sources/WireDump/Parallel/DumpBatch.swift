import WireCaptureModel

/// What a capture tells, on its way to the threads that explain it.
enum DumpEvent: Sendable {
  case bytes(CapturedBytes)
  case endOfConnection(Int)
  case note(String, offset: UInt64)
  case finish

  /// The connection that it is about; nil if it is about none.
  var connection: Int? {
    switch self {
    case .bytes(let captured): captured.connection
    case .endOfConnection(let connection): connection
    case .note, .finish: nil
    }
  }
}

/// Some events in a row: handing over costs more than an event is worth.
struct DumpBatch: Sendable {
  private static let (mostEvents, mostBytes) = (256, 1 << 18)

  private(set) var events: [DumpEvent] = []
  private var byteCount = 0

  var isFull: Bool { events.count >= Self.mostEvents || byteCount >= Self.mostBytes }

  mutating func append(_ event: DumpEvent) {
    events.append(event)
    if case .bytes(let captured) = event { byteCount += captured.bytes.count }
  }
}

/// What one thread has written about a batch.
struct BatchText: Sendable {
  /// What belongs to an event, from the end of the one before.
  typealias Piece = (event: Int, end: Int)

  var bytes: [UInt8] = []
  /// In the order of the events; those about which nothing is written have none.
  var pieces: [Piece] = []

  /// How much is gathered before it is written.
  private static let size = 1 << 16

  /// Writes the texts of several threads in the order of the events.
  static func write(_ texts: [BatchText], to write: ([UInt8]) -> Void) {
    if texts.count == 1 { return texts[0].bytes.isEmpty ? () : write(texts[0].bytes) }
    var gathered: [UInt8] = []
    var next = texts.map { _ in (piece: 0, start: 0) }
    while true {
      let waiting = texts.indices.filter { next[$0].piece < texts[$0].pieces.count }
      let first = waiting.min {
        texts[$0].pieces[next[$0].piece].event < texts[$1].pieces[next[$1].piece].event
      }
      guard let first else { break }
      let end = texts[first].pieces[next[first].piece].end
      gathered += texts[first].bytes[next[first].start..<end]
      next[first] = (next[first].piece + 1, end)
      guard gathered.count >= size else { continue }
      write(gathered)
      gathered.removeAll(keepingCapacity: true)
    }
    if !gathered.isEmpty { write(gathered) }
  }
}
