import GRPCCall
import TLSSession

/// What an attempt to connect ends in.
protocol ConnectAttemptDelegate: AnyObject {
  func connected(_ socket: Socket, to address: SocketAddress, on core: LoopCore)
  func connectFailed(_ failure: ConnectionFailure, on core: LoopCore)
}

/// Tries all of a name's addresses until one takes a TCP connection. The next is tried when one
/// fails, or has not answered within a quarter of a second, beside it (RFC 8305 §5).
final class ConnectAttempt: TimerTarget {
  private static let stagger: Duration = .milliseconds(250)

  /// Nil once the attempt has ended, which ends the cycle of the two. Not weak: whatever has once been
  /// referenced weakly counts its references slowly ever after, and a channel's are counted for
  /// each call.
  private var delegate: (any ConnectAttemptDelegate)?
  private var untried: ArraySlice<SocketAddress>
  private var pending: [PendingConnect] = []
  private var timer: TimerID?
  private var failures: [SocketError] = []
  private var isOver = false

  init(addresses: [SocketAddress], delegate: any ConnectAttemptDelegate) {
    untried = addresses[...]
    self.delegate = delegate
  }

  func start(on core: LoopCore) { tryNext(on: core) }

  func cancel(on core: LoopCore) {
    isOver = true
    delegate = nil
    core.cancelTimer(&timer)
    for connect in pending { connect.stop(on: core) }
    pending.removeAll()
  }

  func timerFired(_ kind: Int, on core: LoopCore) {
    timer = nil
    tryNext(on: core)
  }

  private func tryNext(on core: LoopCore) {
    core.cancelTimer(&timer)
    while !isOver, let address = untried.popFirst() {
      do {
        let connect = try PendingConnect(to: address, owner: self, on: core)
        try connect.start(on: core)
        pending.append(connect)
        if !untried.isEmpty { timer = core.setTimer(after: Self.stagger, self, kind: 0) }
        return
      } catch {
        failures.append(error)
      }
    }
    failIfNothingIsLeft(on: core)
  }

  fileprivate func finished(_ connect: PendingConnect, _ code: Int32, on core: LoopCore) {
    pending.removeAll { $0 === connect }
    guard !isOver else { return }
    if code == 0 {
      let delegate = delegate
      cancel(on: core)
      delegate?.connected(connect.socket, to: connect.address, on: core)
    } else {
      failures.append(
        SocketError(
          operation: "connect to", code: code, address: connect.address.description))
      tryNext(on: core)
    }
  }

  private func failIfNothingIsLeft(on core: LoopCore) {
    guard !isOver, pending.isEmpty, untried.isEmpty else { return }
    isOver = true
    let delegate = delegate
    self.delegate = nil
    let reason = failures.map(\.description).joined(separator: "; ")
    delegate?.connectFailed(
      ConnectionFailure(phase: .connect, fault: .network, reason: reason), on: core)
  }
}

/// One TCP connection that is being made.
private final class PendingConnect: SocketHandler {
  let socket: Socket
  let address: SocketAddress
  private weak var owner: ConnectAttempt?
  private var token: WatchToken?

  init(
    to address: SocketAddress, owner: ConnectAttempt, on core: LoopCore
  ) throws(SocketError) {
    socket = try core.system.connect(to: address)
    self.address = address
    self.owner = owner
  }

  func start(on core: LoopCore) throws(SocketError) {
    token = try core.watch(socket.descriptor, for: .writable, self)
  }

  func ready(_ readiness: Readiness, on core: LoopCore) {
    unwatch(on: core)
    owner?.finished(self, socket.connectResult, on: core)
  }

  func stop(on core: LoopCore) {
    unwatch(on: core)
    socket.close()
  }

  private func unwatch(on core: LoopCore) {
    guard let token else { return }
    core.unwatch(socket.descriptor, token)
    self.token = nil
  }
}
