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

  private static let (mostEvents, mostBytes) = (256, 1 << 19)

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
