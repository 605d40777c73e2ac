import GRPCCall
import GRPCTransport
import Locking
import MomentoKeyRotation

/// Whether a rotator lives, and whether its store could be read.
final class RotatorHealth: RotationObserver {
  private struct State: Sendable {
    var heartbeat: MonotonicTime
    var lastRead: MonotonicTime?
    var report: RotationReport?
  }

  private let state: Locked<State>
  private let now: @Sendable () -> MonotonicTime
  /// Whoever is silent for longer than this has got stuck: two checks, and the longest call.
  private let patience: Duration

  init(
    checkInterval: Duration, now: @escaping @Sendable () -> MonotonicTime = { MonotonicTime.now }
  ) {
    self.now = now
    patience = checkInterval * 2 + .seconds(360)
    state = Locked(State(heartbeat: now()))
  }

  func reached(_ point: RotationPoint) {
    let now = now()
    state.withLock { state in
      state.heartbeat = now
      if point == .read { state.lastRead = now }
    }
  }

  func ended(_ report: RotationReport) {
    let now = now()
    state.withLock { state in
      state.heartbeat = now
      state.report = report
    }
  }

  /// It does something from time to time.
  var isAlive: Bool {
    let now = now()
    return state.withLock { $0.heartbeat.advanced(by: patience) >= now }
  }

  /// The store could be read not long ago.
  var isReady: Bool {
    let now = now()
    return state.withLock { $0.lastRead.map { $0.advanced(by: patience) >= now } ?? false }
  }

  /// No key is in danger.
  var isHealthy: Bool {
    state.withLock { state in
      guard let report = state.report else { return true }
      if case .refused = report.outcome { return false }
      return report.alarms.isDisjoint(with: [.emergency, .expired, .refused])
    }
  }

  var lastReport: RotationReport? { state.withLock(\.report) }
}
