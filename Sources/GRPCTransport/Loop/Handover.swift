/// Whether a loop that has let many tasks go on waits for what they give it next.
///
/// Where the loop and its callers share a core, they would otherwise take turns at the scheduler's
/// whim: all the answers, then all the callers, then all the requests, with the peer idle meanwhile.
/// A loop that steps aside for a part of the calls sends their successors while the peer still works
/// on the rest. A caller that does not call again costs the wait, so that it is soon given up with
/// tasks that do not come back at once.
struct Handover {
  /// With fewer tasks than this, the switch between the threads costs more than it gives.
  static let fewestTasks = 16
  /// How long the loop steps aside at most, in nanoseconds: some five times what so many callers take.
  /// Less, and a slow spell of the machine would be taken for callers that do not come back.
  static func patience(for tasks: Int) -> UInt64 {
    UInt64(clamping: min(max(tasks, fewestTasks), mostTasks)) * 16_000
  }
  private static let mostTasks = 64
  private static let longestPause = 128
  /// With more turns' worth of calls than this at the peer, the loop does not step aside.
  private static let mostTurns = 4

  /// How many occasions to let pass yet.
  private var skipped = 0
  private var pause = 0
  private var mostCallsOfLate = 0

  /// The loop has let so many tasks go on: is it to wait for as many pieces of work?
  ///
  /// - Parameter callsInFlight: those that the peer still has. Where they have been many more of late,
  ///   it is not idle however long the tasks take, and larger batches are worth more.
  mutating func begins(with tasks: Int, callsInFlight: Int) -> Bool {
    mostCallsOfLate = max(callsInFlight, mostCallsOfLate - max(1, mostCallsOfLate / 256))
    guard tasks >= Self.fewestTasks, mostCallsOfLate / Self.mostTurns <= tasks else {
      return false
    }
    guard skipped < pause else {
      skipped = 0
      return true
    }
    skipped += 1
    return false
  }

  /// The tasks have come back, or have not within the time.
  mutating func ended(inTime: Bool) {
    pause = inTime ? 0 : min(max(1, 2 * pause), Self.longestPause)
  }
}
