/// Whether a loop that has nothing to do but to wait for its only caller lends itself to it.
///
/// A caller that makes one call after the other, to a peer that answers fast, spends more time on the
/// way to the loop's thread and back than on the call: two threads are woken for each. So the loop's
/// thread steps aside, and the caller's does the loop's work until its call is over. A caller that
/// does not come back soon finds the loop's thread in its place again.
struct Lending {
  /// How long the loop waits for the caller to come back, in nanoseconds: some ten times what a
  /// caller does between two calls that follow each other.
  static let patience: UInt64 = 200_000
  /// After so many calls that were the only one.
  private static let fewestInARow = 8
  private static let longestPause = 128

  private var inARow = 0
  /// How many occasions to let pass yet, and how many more the next time.
  private var skipped = 0
  private var pause = 0

  /// The loop is about to let so many callers go on: does it lend itself to the next?
  mutating func begins(with callers: Int, callsInFlight: Int) -> Bool {
    guard callers > 0 || callsInFlight > 1 else { return false }
    guard callers == 1, callsInFlight == 0 else {
      inARow = 0
      return false
    }
    guard inARow >= Self.fewestInARow else {
      inARow += 1
      return false
    }
    guard skipped >= pause else {
      skipped += 1
      return false
    }
    skipped = 0
    return true
  }

  /// The loop's thread has it back.
  ///
  /// - Parameter isBorrowed: whether a caller has had it.
  mutating func ended(isBorrowed: Bool) {
    pause = isBorrowed ? 0 : min(max(1, 2 * pause), Self.longestPause)
  }
}
