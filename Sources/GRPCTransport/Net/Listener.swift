import GRPCCall

/// Accepts connections and hands them on.
final class Listener: SocketHandler, TimerTarget {
  private static let backlog: Int32 = 4_096
  /// How long to wait when the system has no descriptor left.
  private static let pause: Duration = .milliseconds(100)
  /// How many to accept in one turn.
  private static let batch = 64

  private let accepted: (Socket, SocketAddress, LoopCore) -> Void
  private var socket: Socket?
  private var token: WatchToken?
  private var pauseTimer: TimerID?

  init(accepted: @escaping (Socket, SocketAddress, LoopCore) -> Void) {
    self.accepted = accepted
  }

  func start(_ address: SocketAddress, on core: LoopCore) throws(SocketError) -> SocketAddress {
    let socket = try Socket.listening(on: address, backlog: Self.backlog)
    token = try core.watch(socket.descriptor, for: .readable, self)
    self.socket = socket
    return socket.localAddress ?? address
  }

  func stop(on core: LoopCore) {
    unwatch(on: core)
    core.cancelTimer(&pauseTimer)
    socket?.close()
    socket = nil
  }

  private func unwatch(on core: LoopCore) {
    guard let socket, let token else { return }
    core.unwatch(socket.descriptor, token)
    self.token = nil
  }

  func ready(_ readiness: Readiness, on core: LoopCore) {
    for _ in 0..<Self.batch {
      guard let socket else { return }
      switch socket.accept() {
      case .socket(let socket, let peer): accepted(socket, peer, core)
      case .skipped: continue
      case .wouldBlock: return
      case .failed: return pause(on: core)
      }
    }
  }

  private func pause(on core: LoopCore) {
    unwatch(on: core)
    pauseTimer = core.setTimer(after: Self.pause, self, kind: 0)
  }

  func timerFired(_ kind: Int, on core: LoopCore) {
    pauseTimer = nil
    guard let socket else { return }
    do {
      token = try core.watch(socket.descriptor, for: .readable, self)
    } catch {
      pauseTimer = core.setTimer(after: Self.pause, self, kind: 0)
    }
  }
}
