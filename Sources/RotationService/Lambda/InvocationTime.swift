import GRPCCall
import LambdaRuntime
import Locking
import MomentoKeyRotation
import SecretStores

/// How much time the invocation that is under way has left before the function is stopped.
final class InvocationTime: Sendable {
  /// With less than this, nothing is begun that cannot be undone.
  static let least = Duration.seconds(20)
  /// What a call for a new key leaves for keeping its answer.
  static let reserve = Duration.seconds(10)

  private let deadline = Locked<UInt64>(.max)
  private let now: @Sendable () -> UInt64

  /// - Parameter now: milliseconds since 1970.
  init(now: @escaping @Sendable () -> UInt64) { self.now = now }

  func begin(_ invocation: LambdaInvocation) { deadline.withLock { $0 = invocation.deadline } }

  var left: Duration {
    let (deadline, now) = (deadline.withLock { $0 }, now())
    return .milliseconds(Int64(clamping: deadline > now ? deadline - now : 0))
  }

  /// The most that something may take that leaves the reserve.
  func most(_ wanted: Duration) -> Duration { min(wanted, max(.zero, left - Self.reserve)) }

  func requireEnough() throws(LambdaFailure) {
    guard left >= Self.least else {
      throw LambdaFailure(
        type: "Rotation.TimeLeft",
        message: "less than 20 s are left: nothing was begun; raise the function's timeout")
    }
  }
}

/// A strategy that asks for no key where its answer could not be kept before the function is stopped.
struct TimeBoundStrategy: RotationStrategy {
  let strategy: any RotationStrategy
  let time: InvocationTime

  var name: String { strategy.name }

  func issue(
    _ document: SecretDocument, operation: OperationID, deadline: Duration
  ) async throws(IssueError) -> IssuedKey {
    guard time.left >= InvocationTime.least else {
      throw IssueError(
        .retryable, code: "TIME_LEFT", "less than 20 s are left", mayHaveHappened: false)
    }
    return try await strategy.issue(
      document, operation: operation, deadline: time.most(deadline))
  }

  func probe(_ document: SecretDocument, deadline: Duration) async -> ProbeVerdict {
    await strategy.probe(document, deadline: time.most(deadline))
  }

  func recover(_ operation: OperationID) async throws(IssueError) -> IssuedKey? {
    try await strategy.recover(operation)
  }

  var retirementGrace: Duration? { strategy.retirementGrace }

  func retire(
    _ document: SecretDocument, operation: OperationID, deadline: Duration
  ) async throws(IssueError) {
    try await strategy.retire(document, operation: operation, deadline: time.most(deadline))
  }
}
