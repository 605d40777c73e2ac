import GRPCCall

/// What a loop and its connections ask the operating system for, apart from the time. All of it
/// happens on the loop.
///
/// A test brings its own: then names, connections, bytes and readiness come as the test says, and
/// nothing of the system takes part.
protocol LoopSystem: AnyObject {
  /// Begins to watch a descriptor; `token` comes back with its readiness.
  func add(_ fd: Int32, token: UInt64, for readiness: Readiness) throws(SocketError)
  func modify(_ fd: Int32, token: UInt64, for readiness: Readiness) throws(SocketError)
  func remove(_ fd: Int32)
  /// Waits until something is ready or `milliseconds` have passed (-1: without end), and hands
  /// each ready token to `body`.
  func wait(milliseconds: Int32, _ body: (UInt64, Readiness) -> Void)
  /// Looks a name up; `completion` may be called on any thread, or at once.
  func resolve(
    host: String, port: Int, completion: @escaping @Sendable (Resolver.Answer) -> Void)
  /// Begins to connect; the socket is writable once that has succeeded or failed.
  func connect(to address: SocketAddress) throws(SocketError) -> Socket
  /// Spreads what must not come from all clients at once.
  func random() -> UInt64
}

/// What tells a loop and its callers the time.
protocol LoopClock: Sendable {
  var now: MonotonicTime { get }
}

/// The system's clock.
struct SystemClock: LoopClock {
  var now: MonotonicTime { .now }
}

/// The operating system itself.
final class OperatingSystem: LoopSystem {
  /// Invariant: on the loop alone, and `wait` lends it to a body that does not reach it.
  @exclusivity(unchecked) private var poller: Poller

  init() throws(SocketError) {
    unsafe poller = try Poller()
  }

  func add(_ fd: Int32, token: UInt64, for readiness: Readiness) throws(SocketError) {
    try unsafe poller.add(fd, token: token, for: readiness)
  }

  func modify(_ fd: Int32, token: UInt64, for readiness: Readiness) throws(SocketError) {
    try unsafe poller.modify(fd, token: token, for: readiness)
  }

  func remove(_ fd: Int32) { unsafe poller.remove(fd) }

  func wait(milliseconds: Int32, _ body: (UInt64, Readiness) -> Void) {
    unsafe poller.wait(milliseconds: milliseconds, body)
  }

  func resolve(
    host: String, port: Int, completion: @escaping @Sendable (Resolver.Answer) -> Void
  ) {
    Resolver.resolve(host: host, port: port, completion: completion)
  }

  func connect(to address: SocketAddress) throws(SocketError) -> Socket {
    try Socket.connecting(to: address)
  }

  func random() -> UInt64 { .random(in: .min ... .max) }
}
