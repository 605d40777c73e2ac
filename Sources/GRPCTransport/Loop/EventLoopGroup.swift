import Glibc
import Locking

/// A fixed number of event loops, handed out in turn. Loops start when they are first needed.
public final class EventLoopGroup: Sendable {
  private struct State {
    var loops: [EventLoop] = []
    var next = 0
  }

  /// How many loops the group has at most.
  public let count: Int
  private let busyPolling: Bool
  private let state = Locked(State())

  /// The loops of the process: as many as it has cores, at most 8.
  public static let shared = EventLoopGroup(
    count: min(8, max(1, sysconf(Int32(_SC_NPROCESSORS_ONLN)))))

  /// A group of its own.
  ///
  /// - Parameters:
  ///   - count: how many loops, at least 1.
  ///   - busyPolling: as in ``EventLoop/init(busyPolling:)``.
  public init(count: Int, busyPolling: Bool = true) {
    self.count = max(1, count)
    self.busyPolling = busyPolling
  }

  /// The next loop, each in its turn.
  ///
  /// - Throws: ``SocketError`` when a loop cannot be started.
  public func next() throws(SocketError) -> EventLoop {
    let result = state.withLock { state -> Result<EventLoop, SocketError> in
      let index = state.next % count
      state.next = index + 1
      if index < state.loops.count { return .success(state.loops[index]) }
      return Result { () throws(SocketError) in
        let loop = try EventLoop(busyPolling: busyPolling)
        state.loops.append(loop)
        return loop
      }
    }
    return try result.get()
  }
}
