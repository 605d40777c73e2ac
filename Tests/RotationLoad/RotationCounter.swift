import Locking
import MomentoKeyRotation

/// Counts rotations, and ends the rotator when there were enough.
final class RotationCounter: RotationObserver {
  private struct State: Sendable {
    var rotations = 0
    var troubles: [String] = []
  }

  let stop = StopSignal()
  private let goal: Int
  private let state = Locked(State())

  init(goal: Int) { self.goal = goal }

  var rotations: Int { state.withLock(\.rotations) }
  /// What a rotator came to that is neither a new key nor rest.
  var troubles: [String] { state.withLock(\.troubles) }

  func ended(_ report: RotationReport) {
    let isEnough = state.withLock { state in
      switch report.outcome {
      case .rotated: state.rotations += 1
      case .notDue: break
      default: state.troubles.append("\(report.outcome)")
      }
      return state.rotations >= goal || state.troubles.count > 100
    }
    if isEnough { stop.request() }
  }
}
