/// A moment of a rotation: what is durable by then is what its name says, and no more.
public enum RotationPoint: String, Sendable, Hashable, CaseIterable {
  /// Other processes with this spool directory are kept away.
  case locked
  /// The secret was read.
  case read
  /// The store has proved that it can be written.
  case writeProved
  /// The claim is about to be sent.
  case claiming
  /// The claim is in the store.
  case claimed
  /// The service is about to be asked.
  case calling
  /// A ``Courier`` has been told to ask the service, and does so whatever becomes of this process.
  case handedOver
  /// The service has answered; unless a courier has asked it, the new key is in memory alone.
  case answered
  /// The new key is on this machine's disk.
  case spooled
  /// The new key is about to be sent to the store.
  case staging
  /// The new key is in the store, beside the current one.
  case staged
  /// A key is about to be tried.
  case probing
  /// A key was tried.
  case probed
  /// The new key is about to be made the current one.
  case promoting
  /// The new key is the current one.
  case promoted
  /// The claim and the staged key are about to be cleared.
  case finishing
  /// The claim and the staged key are cleared.
  case finished
  /// The new key is no more on this machine's disk.
  case spoolRemoved
}

/// A part of a rotation that takes time and may fail.
public enum RotationStage: String, Sendable, Hashable, CaseIterable {
  case read, proveWritable, claim, issue, spool, stage, probe, promote, finish, drop, markRefused,
    retire
}

/// How a part of a rotation went.
public enum RotationStageResult: Sendable, Hashable {
  case ok
  /// Somebody else was first.
  case conflict
  /// It failed, for a reason in one word.
  case failed(code: String)
}

/// Somebody who watches a rotator: metrics, logs, tests. It is called on the rotator's task, and
/// holds it up for as long as it takes.
public protocol RotationObserver: Sendable {
  /// A point was reached.
  func reached(_ point: RotationPoint)
  /// A part is over.
  func ended(_ stage: RotationStage, _ result: RotationStageResult, took: Duration)
  /// A run is over.
  func ended(_ report: RotationReport)
}

extension RotationObserver {
  /// Nothing is done.
  public func reached(_ point: RotationPoint) {}
  /// Nothing is done.
  public func ended(_ stage: RotationStage, _ result: RotationStageResult, took: Duration) {}
  /// Nothing is done.
  public func ended(_ report: RotationReport) {}
}
