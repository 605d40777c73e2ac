/// What one thread has written about a batch, or a part of it.
struct BatchText: Sendable {
  /// What belongs to an event, from the end of the one before.
  typealias Piece = (event: Int, end: Int)

  var bytes: [UInt8] = []
  /// In the order of the events; those about which nothing is written have none.
  var pieces: [Piece] = []
  /// Whether the thread has written no more about the batch.
  var isLast = true
}

/// Puts what several threads have written about a batch in the order of the events.
struct BatchMerge {
  /// What is read of one thread.
  private struct Reader {
    let take: () -> BatchText
    var text = BatchText(isLast: false)
    var piece = 0
    var start = 0

    init(_ take: @escaping () -> BatchText) { self.take = take }

    /// The event of the next piece, once there is one; nil if none follows.
    mutating func nextEvent() -> Int? {
      while piece == text.pieces.count, !text.isLast {
        text = take()
        (piece, start) = (0, 0)
      }
      return piece < text.pieces.count ? text.pieces[piece].event : nil
    }
  }

  /// How much is gathered before it is written.
  private static let size = 1 << 16

  private var readers: [Reader]
  private var gathered: [UInt8] = []
  private let output: (Span<UInt8>) -> Void

  /// - Parameters:
  ///   - threads: give what each thread has written, part by part.
  ///   - output: takes runs of whole lines.
  init(_ threads: [() -> BatchText], to output: @escaping (Span<UInt8>) -> Void) {
    readers = threads.map { Reader($0) }
    self.output = output
  }

  /// Writes all of it.
  mutating func write() {
    while let first = earliest() {
      let piece = readers[first].text.pieces[readers[first].piece]
      write(readers[first].text.bytes, readers[first].start..<piece.end)
      readers[first].start = piece.end
      readers[first].piece += 1
    }
    flush()
    gathered = []
  }

  /// Whose next piece is of the earliest event; nil if none is left.
  private mutating func earliest() -> Int? {
    var found: (reader: Int, event: Int)?
    for index in readers.indices {
      guard let event = readers[index].nextEvent() else { continue }
      if event < found?.event ?? .max { found = (index, event) }
    }
    return found?.reader
  }

  /// What is much is written as it is: here it would be once more.
  private mutating func write(_ bytes: [UInt8], _ range: Range<Int>) {
    if range.count >= Self.size {
      flush()
      output(bytes.span.extracting(range))
    } else {
      gathered += bytes[range]
      if gathered.count >= Self.size { flush() }
    }
  }

  private mutating func flush() {
    guard !gathered.isEmpty else { return }
    output(gathered.span)
    gathered.removeAll(keepingCapacity: true)
  }
}
