import GRPCTransport
import Locking
import WireCaptureModel

/// What a relay has forwarded and nobody has explained yet. It is bounded: what does not fit is counted
/// and left out, so that explaining never holds up forwarding.
final class TapQueue: RelayObserver {
  enum Event: Sendable {
    case bytes(CapturedBytes)
    case note(String)
    case ended(Int, String)
    /// Nothing follows.
    case over

    fileprivate var isOver: Bool { if case .over = self { true } else { false } }
  }

  private struct Key: Hashable {
    var connection: Int
    var direction: CaptureDirection
  }

  private struct State {
    var events: [Event] = []
    var waiting = 0
    /// How many bytes of a direction are left out since the last that are not.
    var leftOut: [Key: Int] = [:]
    /// The connections of which something is to be explained, or has been.
    var shown: Set<Int> = []
    /// How far each direction of an open connection is.
    var offsets: [Key: UInt64] = [:]
    var totals = TapTotals()
    var whenOver: CheckedContinuation<Void, Never>?
  }

  /// What an event takes besides its bytes, roughly.
  private static let eventSize = 128

  private let limit: Int
  private let save: FileWireTap?
  private let begin = ContinuousClock.now
  private let state = Locked(State())
  private let wake = ThreadSemaphore(count: 0)

  init(limit: Int, save: FileWireTap?) {
    self.limit = limit
    self.save = save
  }

  // MARK: On the relay's loop

  func accepted(_ connection: Int, from client: SocketAddress) {
    put(.note("connection \(connection) from \(client)"), about: connection) {
      $0.connections += 1
    }
  }

  func passed(_ bytes: RawSpan, _ direction: WireDirection, connection: Int) {
    save?.observed(bytes, direction, connection: UInt64(connection))
    let time = nanoseconds
    let key = Key(
      connection: connection,
      direction: direction == .received ? .clientToServer : .serverToClient)
    let wasEmpty = state.withLock { state in
      let wasEmpty = state.events.isEmpty
      let offset = state.offsets[key] ?? 0
      state.offsets[key] = offset + UInt64(bytes.byteCount)
      state.totals.add(bytes.byteCount, key.direction)
      guard state.waiting + bytes.byteCount + Self.eventSize <= limit else {
        state.leftOut[key, default: 0] += bytes.byteCount
        state.totals.leftOut += bytes.byteCount
        return false
      }
      state.waiting += bytes.byteCount + Self.eventSize
      state.shown.insert(connection)
      state.events.append(
        .bytes(
          CapturedBytes(
            connection: connection, direction: key.direction, time: time, offset: offset,
            bytes: unsafe bytes.withUnsafeBytes { unsafe Array($0) },
            gapBefore: state.leftOut.removeValue(forKey: key))))
      return wasEmpty
    }
    if wasEmpty { wake.signal() }
  }

  func ended(_ connection: Int, failure: String?) {
    let rest = state.withLock { state in
      [CaptureDirection.clientToServer, .serverToClient].reduce(0) { sum, direction in
        let key = Key(connection: connection, direction: direction)
        state.offsets[key] = nil
        return sum + (state.leftOut.removeValue(forKey: key) ?? 0)
      }
    }
    if rest > 0 {
      put(.note("connection \(connection): its last \(rest) bytes are left out"), about: connection)
    }
    let end = failure.map { "ended: \($0)" } ?? "ended"
    put(.ended(connection, "connection \(connection) \(end)"), about: connection) {
      $0.failures += failure == nil ? 0 : 1
    }
  }

  func refused(_ client: SocketAddress, reason: String) {
    put(.note("a connection from \(client) is turned away: \(reason)")) { $0.refusals += 1 }
  }

  /// What concerns a connection of which something was shown is shown too; everything else only while
  /// there is room.
  private func put(
    _ event: Event, about connection: Int? = nil, _ count: (inout TapTotals) -> Void = { _ in }
  ) {
    let wasEmpty = state.withLock { state in
      count(&state.totals)
      let isKnown = connection.map { state.shown.contains($0) } ?? event.isOver
      guard isKnown || state.waiting + Self.eventSize <= limit else { return false }
      if let connection { state.shown.insert(connection) }
      if case .ended(let ended, _) = event { state.shown.remove(ended) }
      state.waiting += Self.eventSize
      state.events.append(event)
      return state.events.count == 1
    }
    if wasEmpty { wake.signal() }
  }

  private var nanoseconds: UInt64 {
    let (seconds, rest) = (ContinuousClock.now - begin).components
    return UInt64(clamping: seconds) &* 1_000_000_000 &+ UInt64(clamping: rest / 1_000_000_000)
  }

  // MARK: On the thread that explains

  /// Waits for something to explain.
  func take() -> [Event] {
    while true {
      let events = state.withLock { state in
        defer {
          state.events = []
          state.waiting = 0
        }
        return state.events
      }
      if !events.isEmpty { return events }
      wake.wait()
    }
  }

  /// All is explained.
  func explained() {
    let waiter = state.withLock { state in
      defer { state.whenOver = nil }
      return state.whenOver
    }
    waiter?.resume()
  }

  /// Returns when everything that came is explained.
  func finish() async {
    await withCheckedContinuation { waiter in
      state.withLock { $0.whenOver = waiter }
      put(.over)
    }
  }

  /// What has passed, in one sentence or two.
  var summary: String { state.withLock { $0.totals.description } }
}

/// What a tap has seen.
struct TapTotals: CustomStringConvertible {
  var connections = 0
  var failures = 0
  var refusals = 0
  var leftOut = 0
  private var fromClients = 0
  private var fromServer = 0

  mutating func add(_ count: Int, _ direction: CaptureDirection) {
    if direction == .clientToServer { fromClients += count } else { fromServer += count }
  }

  var description: String {
    var text = connections == 1 ? "1 connection" : "\(connections) connections"
    if failures > 0 { text += " (\(failures) did not end in order)" }
    if refusals > 0 { text += ", \(refusals) more turned away" }
    text += ", \(fromClients) bytes from clients, \(fromServer) bytes from the server"
    guard leftOut > 0 else { return text }
    return text + "; \(leftOut) bytes were forwarded and left out of the output, which was too slow"
  }
}
