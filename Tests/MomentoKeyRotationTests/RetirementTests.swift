import Foundation
import Locking
import MomentoAuth
import SecretStores
import TestSupport
import Testing

@testable import MomentoKeyRotation

/// A service that makes keys and takes them out of use.
private final class RevokingStrategy: RotationStrategy {
  let inner: ScriptedStrategy
  let revoked = Locked([String]())
  let failures = Locked(0)

  init(_ clock: ManualClock) { inner = ScriptedStrategy(clock) }

  var name: String { "revoking" }
  var retirementGrace: Duration? { .seconds(600) }
  /// The names of the keys that were taken out of use.
  var keys: [String] { revoked.withLock { $0 } }

  func issue(
    _ document: SecretDocument, operation: OperationID, deadline: Duration
  ) async throws(IssueError) -> IssuedKey {
    try await inner.issue(document, operation: operation, deadline: deadline)
  }

  func probe(_ document: SecretDocument, deadline: Duration) async -> ProbeVerdict {
    .authenticates
  }

  func retire(
    _ document: SecretDocument, operation: OperationID, deadline: Duration
  ) async throws(IssueError) {
    let fails = failures.withLock { count in
      defer { count = max(0, count - 1) }
      return count > 0
    }
    if fails { throw IssueError(.retryable, code: "AWAY", "away", mayHaveHappened: true) }
    revoked.withLock { $0.append(document.credentials.apiKey.reveal()) }
  }
}

@Suite struct RetirementTests {
  private let clock = ManualClock()
  private let cell = FlakyCell()
  private let directory: TestDirectory
  private let strategy: RevokingStrategy
  private var store: CellSecretStore<FlakyCell> { CellSecretStore(cell) }

  init() throws {
    directory = try TestDirectory()
    strategy = RevokingStrategy(clock)
  }

  /// A rotator as after a restart.
  private func rotator() throws -> KeyRotator {
    try KeyRotator(
      store: store, strategy: strategy, spoolDirectory: directory.path + "/spool", clock: clock)
  }

  private func begin() async throws {
    _ = try await store.replace(with: Keys.document(0), after: nil)
  }

  private func records() throws -> [String] {
    try FileManager.default.contentsOfDirectory(atPath: directory.path + "/spool")
      .filter { $0.hasSuffix(".retire.json") }
  }

  @Test func aKeyIsRetiredWhenItsSuccessorHasComeAroundAndOnce() async throws {
    try await begin()
    let rotator = try rotator()
    #expect(await rotator.rotateIfDue().isRotated)
    clock.advance(by: .seconds(599))
    _ = await rotator.rotateIfDue()
    #expect(strategy.keys == [])
    clock.advance(by: .seconds(1))
    #expect(await rotator.rotateIfDue().alarms.isEmpty)
    #expect(strategy.keys == ["key-0"])
    #expect(try records() == [])
    _ = await rotator.rotateIfDue()
    #expect(strategy.keys == ["key-0"])
  }

  @Test func aRotatorThatWasKilledAfterTheChangeRetiresTheKeyWhenItIsBack() async throws {
    try await begin()
    #expect(await (try rotator()).rotateIfDue().isRotated)
    #expect(try records().count == 1)
    clock.advance(by: .seconds(600))
    #expect(await (try rotator()).rotateIfDue().alarms.isEmpty)
    #expect(strategy.keys == ["key-0"])
  }

  @Test func aKeyThatIsStillCurrentIsNeverRetired() async throws {
    try await begin()
    let first = try KeyRotator(
      store: store, strategy: strategy, spoolDirectory: directory.path + "/spool",
      observers: [OutageAtPromotion(cell: cell)], clock: clock)
    _ = await first.rotateIfDue()
    cell.isAway.withLock { $0 = false }
    let current = try await store.read().current?.document.credentials.apiKey
    #expect(current == Secret("key-0"))
    #expect(try records().count == 1)
    // The grace counts from the change that succeeds in the end.
    clock.advance(by: .seconds(1_200))
    #expect(await (try rotator()).rotateIfDue().isRotated)
    #expect(strategy.keys == [])
    clock.advance(by: .seconds(600))
    _ = await (try rotator()).rotateIfDue()
    #expect(strategy.keys == ["key-0"])
  }

  @Test func aKeyThatWasPutBackIsNotRetired() async throws {
    try await begin()
    #expect(await (try rotator()).rotateIfDue().isRotated)
    // With a life that is not over soon.
    let old = Keys.document(0, issuedAt: clock.now())
    _ = try await store.replace(with: old, after: try await store.read())
    clock.advance(by: .seconds(600))
    _ = await (try rotator()).rotateIfDue()
    #expect(strategy.keys == [])
  }

  @Test func aFailureIsAnAlarmAndTriedAgain() async throws {
    try await begin()
    let rotator = try rotator()
    #expect(await rotator.rotateIfDue().isRotated)
    clock.advance(by: .seconds(600))
    strategy.failures.withLock { $0 = 1 }
    #expect(await rotator.rotateIfDue().alarms == [.oldKeyNotRetired])
    #expect(await rotator.rotateIfDue().alarms.isEmpty)
    #expect(strategy.keys == [])
    clock.advance(by: .seconds(300))
    _ = await rotator.rotateIfDue()
    #expect(strategy.keys == ["key-0"])
    #expect(try records() == [])
  }

  @Test func aKeyThatIsLeftToExpireLeavesNoRecord() async throws {
    try await begin()
    let rotator = try KeyRotator(
      store: store, strategy: strategy.inner, spoolDirectory: directory.path + "/spool",
      clock: clock)
    #expect(await rotator.rotateIfDue().isRotated)
    #expect(try records() == [])
  }
}

/// Takes the store away when the new key is about to be made the current one.
private struct OutageAtPromotion: RotationObserver {
  let cell: FlakyCell

  func reached(_ point: RotationPoint) {
    if point == .promoting { cell.isAway.withLock { $0 = true } }
  }
}
