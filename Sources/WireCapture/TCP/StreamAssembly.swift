/// Puts the bytes of one direction of a connection into their order.
///
/// Positions count from the first byte that was seen, without the wrap of sequence numbers.
struct StreamAssembly {
  /// Bytes at a position, and how many after them the capture did not keep.
  struct Run {
    var position: Int
    var bytes: [UInt8]
    var cut: Int
    var offset: UInt64
    var time: UInt64?

    var end: Int { position + bytes.count + cut }

    /// Without what lies before a position within it.
    mutating func drop(before start: Int) {
      guard start > position else { return }
      let known = min(start - position, bytes.count)
      bytes.removeFirst(known)
      offset += UInt64(known)
      cut -= start - position - known
      position = start
    }
  }

  /// How much waits for missing bytes, at most, before they are given up.
  private static let (mostWaiting, mostWaitingBytes) = (256, 1 << 20)
  /// After how many packets of the receiver that acknowledge missing bytes they are given up: it has
  /// them, so nobody will send them again.
  private static let acknowledgementsUntilLost = 8

  private var expected: UInt32?
  /// The position that `expected` stands for.
  private var position = 0
  private var waiting: [Run] = []
  /// How many bytes wait for missing ones.
  private(set) var waitingBytes = 0
  private var acknowledgements = 0
  private var missing = 0
  private var givenUp: Range<Int>?
  private var finish: Int?
  /// What is in order and has not been taken.
  private var ready: [(run: Run, gap: Int?)] = []
  /// What was seen that cannot be put right, and has not been taken.
  private var complaint: (text: String, offset: UInt64)?

  /// Whether the sender said that it is done, and all before that is here.
  var isFinished: Bool { finish.map { position >= $0 } ?? false }
  /// Whether anything is known of this direction.
  var hasStarted: Bool { expected != nil }
  /// The position of the next byte in order.
  var nextPosition: Int { position }
  /// How many bytes the capture lacks after all that was taken.
  var missingAtEnd: Int { missing }

  /// A SYN: the first byte has the number that follows it.
  mutating func start(after sequence: UInt32) {
    guard expected == nil else { return }
    expected = sequence &+ 1
  }

  /// Whether a SYN with this number opens another connection than the one that is being read.
  func isOther(start sequence: UInt32) -> Bool {
    guard let expected else { return false }
    return expected &- UInt32(truncatingIfNeeded: position) != sequence &+ 1
  }

  /// The position of a sequence number, near to where the stream is.
  mutating func place(of sequence: UInt32) -> Int {
    guard let expected else {
      expected = sequence
      return position
    }
    return position + Int(Int32(bitPattern: sequence &- expected))
  }

  /// The sender's last byte is the one before this position.
  mutating func finish(at place: Int) { finish = place }

  /// Takes what a segment brought.
  mutating func receive(_ run: Run) {
    guard run.end > position else { return sortOut(run) }
    if run.position <= position {
      accept(run)
      drain()
    } else {
      wait(run)
    }
  }

  /// The receiver has everything before a sequence number.
  mutating func acknowledge(_ sequence: UInt32) {
    guard let next = waiting.first, let expected,
      Int32(bitPattern: sequence &- expected) >= Int32(clamping: next.position - position)
    else { return }
    acknowledgements += 1
    if acknowledgements >= Self.acknowledgementsUntilLost { giveUp() }
  }

  /// Gives up all that is missing.
  mutating func end() { while !waiting.isEmpty { giveUp() } }

  /// What is in order now.
  mutating func take() -> [(run: Run, gap: Int?)] {
    guard !ready.isEmpty else { return [] }
    defer { ready = [] }
    return ready
  }

  /// What has to be said about the bytes, once.
  mutating func takeComplaint() -> (text: String, offset: UInt64)? {
    defer { complaint = nil }
    return complaint
  }

  /// A repetition says nothing new, unless it repeats what was given up or never seen.
  private mutating func sortOut(_ run: Run) {
    if run.position < 0, run.end <= 0, !run.bytes.isEmpty {
      complain("bytes from before the first that was captured came later and are left out", run)
    } else if let givenUp, run.position < givenUp.upperBound, run.end > givenUp.lowerBound {
      complain("bytes came after they had been given up as missing and are left out", run)
      self.givenUp = nil
    }
  }

  private mutating func complain(_ text: String, _ run: Run) { complaint = (text, run.offset) }

  private mutating func accept(_ run: Run) {
    var run = run
    run.drop(before: position)
    move(to: run.end)
    if !run.bytes.isEmpty {
      ready.append((run, missing > 0 ? missing : nil))
      missing = 0
    }
    missing += run.cut
  }

  private mutating func move(to place: Int) {
    expected = expected.map { $0 &+ UInt32(truncatingIfNeeded: place - position) }
    position = place
  }

  private mutating func wait(_ run: Run) {
    let index = waiting.lastIndex { $0.position <= run.position }.map { $0 + 1 } ?? 0
    waiting.insert(run, at: index)
    waitingBytes += run.bytes.count
    if waiting.count > Self.mostWaiting || waitingBytes > Self.mostWaitingBytes { giveUp() }
  }

  private mutating func giveUp() {
    guard let next = waiting.first else { return }
    if next.position > position {
      givenUp = position..<next.position
      missing += next.position - position
      move(to: next.position)
    }
    drain()
  }

  private mutating func drain() {
    var done = 0
    while done < waiting.count, waiting[done].position <= position {
      waitingBytes -= waiting[done].bytes.count
      if waiting[done].end > position { accept(waiting[done]) }
      done += 1
    }
    if done > 0 || waiting.isEmpty { acknowledgements = 0 }
    waiting.removeFirst(done)
  }
}
