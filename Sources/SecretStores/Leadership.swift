/// Decides which of several rotators works.
///
/// It saves work and noise, and nothing depends on it: that no key is replaced twice is what the
/// claim in the store is for, which a rotator that wrongly takes itself for the leader does not get.
public protocol Leadership: Sendable {
  /// Whether this candidate is certainly the leader now. It is false, too, when the candidate could
  /// not say in time that it still lives, whether or not anybody else leads.
  var isLeader: Bool { get }

  /// Takes the lead as soon as nobody has it, and keeps it, until the task is cancelled; then gives
  /// it up.
  ///
  /// - Parameter changed: is told each time that the lead is won or lost; a loss may be told later
  ///   than ``isLeader`` tells it.
  func campaign(_ changed: @Sendable (Bool) -> Void) async

  /// Gives the lead up, so that another candidate need not wait.
  func resign() async

  /// Ends what is held open.
  func close() async
}
