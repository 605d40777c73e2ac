import GRPCCall
import Locking

/// The messages of a stream on their way from the loop to the task that reads them, and how the
/// stream ended. The queue is bounded by flow control: the loop withholds the stream's window
/// while too much waits here.
final class MessageQueue<End: Sendable>: Sendable {
  enum Element {
    case message([UInt8])
    case end(End)
  }

  private struct State {
    var messages: [[UInt8]] = []
    var head = 0
    var bufferedBytes = 0
    var metadata: Metadata?
    var end: End?
    var waiters: [Waiter] = []
    /// The loop withholds window; the reader shall say when it has caught up.
    var readerMustReport = false

    /// An empty message takes room too: without that, a peer could send any number of them.
    static func cost(of message: [UInt8]) -> Int { message.count + 48 }

    mutating func take() -> (Element?, mustReport: Bool) {
      guard head < messages.count else { return (end.map { .end($0) }, false) }
      let message = messages[head]
      messages[head] = []
      head += 1
      bufferedBytes -= Self.cost(of: message)
      if head == messages.count {
        messages.removeAll(keepingCapacity: true)
        head = 0
      }
      let mustReport = readerMustReport && bufferedBytes <= highWater / 2
      if mustReport { readerMustReport = false }
      return (.message(message), mustReport)
    }
  }

  /// How many bytes may wait, messages and what keeps them, before the stream's window is withheld.
  static var highWater: Int { 262_144 }

  private let state = Locked(State())

  // MARK: The loop's side

  func push(_ message: [UInt8]) {
    wake {
      $0.messages.append(message)
      $0.bufferedBytes += State.cost(of: message)
    }
  }

  /// Whether so much waits that the stream's window should be withheld. If so, the reader will
  /// report once it has caught up.
  func isFull() -> Bool {
    state.withLock { state in
      guard state.bufferedBytes > Self.highWater else { return false }
      state.readerMustReport = true
      return true
    }
  }

  /// Ends the queue. Only the first end counts.
  func finish(_ end: End) {
    wake { if $0.end == nil { $0.end = end } }
  }

  /// What came before the messages.
  func setMetadata(_ metadata: Metadata) { wake { $0.metadata = metadata } }

  private func wake(_ change: (inout State) -> Void) {
    let waiters = state.withLock { state in
      change(&state)
      defer { state.waiters.removeAll() }
      return state.waiters
    }
    for waiter in waiters { waiter.resume() }
  }

  // MARK: The reader's side

  /// The next message, or the end, which stays.
  ///
  /// - Parameter report: called when the loop waits to hear that the reader has caught up.
  func next(report: () -> Void) async -> Element {
    while true {
      let (element, mustReport) = state.withLock { $0.take() }
      if mustReport { report() }
      if let element { return element }
      await wait { $0.head < $0.messages.count || $0.end != nil }
    }
  }

  /// Waits for what comes before the messages, or for the end.
  func waitForMetadata() async {
    await wait { $0.metadata != nil || $0.end != nil }
  }

  /// What came before the messages, once it has come.
  var metadata: Metadata? { state.withLock { $0.metadata } }

  private func wait(unless ready: (borrowing State) -> Bool) async {
    await Waiter.wait { waiter in
      let isReady = state.withLock { state in
        if ready(state) { return true }
        state.waiters.append(waiter)
        return false
      }
      if isReady { waiter.resume() }
    }
  }

  /// How the stream ended, once it has.
  var end: End? { state.withLock { $0.end } }
}
