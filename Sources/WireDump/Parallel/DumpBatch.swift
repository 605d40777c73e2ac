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

/// Some events in a row, dealt to the threads that explain them: handing over costs more than an event
/// is worth, and a thread that only looks at what is another's slows that one down.
struct DumpBatch {
  /// The events of one thread, each with its number in the batch.
  typealias Share = [(number: Int, event: DumpEvent)]

  private static let (mostEvents, mostBytes) = (256, 1 << 18)

  private(set) var shares: [Share]
  private var count = 0
  private var byteCount = 0

  init(shares: Int) { self.shares = [Share](repeating: [], count: shares) }

  var isFull: Bool { count >= Self.mostEvents || byteCount >= Self.mostBytes }

  /// The connections whose numbers leave the same remainder go to the same thread; what is about none,
  /// to the first.
  mutating func append(_ event: DumpEvent) {
    shares[(event.connection ?? 0) % shares.count].append((count, event))
    count += 1
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
    while let first = earliest(texts, next) {
      let end = texts[first].pieces[next[first].piece].end
      gathered += texts[first].bytes[next[first].start..<end]
      next[first] = (next[first].piece + 1, end)
      guard gathered.count >= size else { continue }
      write(gathered)
      gathered.removeAll(keepingCapacity: true)
    }
    if !gathered.isEmpty { write(gathered) }
  }

  /// Whose next piece is of the earliest event; nil if none is left.
  private static func earliest(
    _ texts: [BatchText], _ next: [(piece: Int, start: Int)]
  ) -> Int? {
    var found: (text: Int, event: Int)?
    for index in texts.indices where next[index].piece < texts[index].pieces.count {
      let event = texts[index].pieces[next[index].piece].event
      if event < found?.event ?? .max { found = (index, event) }
    }
    return found?.text
  }
}
