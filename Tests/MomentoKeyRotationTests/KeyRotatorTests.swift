import Foundation
import Locking
import MomentoAuth
import SecretStores
import TestSupport
import Testing

@testable import MomentoKeyRotation

@Suite struct KeyRotatorTests {
  private let clock = ManualClock()
  private let cell = FlakyCell()
  private var store: CellSecretStore<FlakyCell> { CellSecretStore(cell) }
  private let directory: TestDirectory

  init() throws { directory = try TestDirectory() }

  private func rotator(
    _ strategy: any RotationStrategy, spool: String? = "spool",
    observers: [any RotationObserver] = [],
    change: (inout RotationPolicy) -> Void = { _ in }
  ) throws -> KeyRotator {
    var policy = RotationPolicy()
    change(&policy)
    return try KeyRotator(
      store: store, strategy: strategy, spoolDirectory: spool.map { directory.path + "/" + $0 },
      policy: policy, observers: observers, clock: clock)
  }

  private func begin(_ document: SecretDocument = Keys.document(0)) async throws {
    _ = try await CellSecretStore(cell.inner).replace(with: document, after: nil)
  }

  private func current() async throws -> SecretDocument {
    let snapshot = try await CellSecretStore(cell.inner).read()
    return try #require(snapshot.current?.document)
  }

  private func expectClean() async throws {
    let snapshot = try await CellSecretStore(cell.inner).read()
    #expect(snapshot.intent == nil)
    #expect(snapshot.pending == nil)
    let left = try FileManager.default.contentsOfDirectory(atPath: directory.path + "/spool")
    #expect(left.filter { $0.hasSuffix(".json") || $0.hasSuffix(".tmp") }.isEmpty)
  }

  @Test func aDueKeyIsRenewedAndThenLeftAlone() async throws {
    try await begin()
    let strategy = ScriptedStrategy(clock)
    let rotator = try rotator(strategy)
    let report = await rotator.rotateIfDue()
    let new = try await current()
    #expect(
      report.outcome
        == .rotated(
          RotatedKey(
            from: Keys.document(0).shortFingerprint, to: new.shortFingerprint,
            validUntil: ExpiresAt(epochSeconds: Keys.now + Keys.life))))
    #expect(report.alarms.isEmpty)
    #expect(new.issuedAt == Keys.now)
    #expect(new.credentials.apiKey == Secret("key-1"))
    try await expectClean()
    guard case .notDue(until: .some) = await rotator.rotateIfDue().outcome else {
      Issue.record("it is renewed again")
      return
    }
    #expect(strategy.state.withLock(\.calls) == 1)
  }

  @Test func forceRenewsOnceAndNotWithinTenSeconds() async throws {
    try await begin(Keys.document(0, issuedAt: Keys.now - 100))
    let strategy = ScriptedStrategy(clock)
    let rotator = try rotator(strategy)
    #expect(await rotator.rotateIfDue(force: true).isRotated)
    #expect(
      await rotator.rotateIfDue(force: true).outcome == .notDue(until: Keys.now + 10))
    clock.advance(by: .seconds(10))
    #expect(await rotator.rotateIfDue(force: true).isRotated)
    #expect(strategy.state.withLock(\.calls) == 2)
  }

  @Test(arguments: [FlakyCell.Fault.unavailable, .lost, .lostFromSight], 0..<4)
  func aWriteThatFailsOrLosesItsAnswerIsMadeGood(fault: FlakyCell.Fault, write: Int) async throws {
    try await begin()
    cell.faults.withLock { $0[write] = fault }
    let strategy = ScriptedStrategy(clock, isSingleUse: true)
    #expect(await (try rotator(strategy)).rotateIfDue().isRotated)
    #expect(strategy.state.withLock(\.calls) == 1)
    try await expectClean()
  }

  @Test func aRefusalIsDurableUntilSomebodyInsistsOrPutsAnotherKey() async throws {
    try await begin()
    let strategy = ScriptedStrategy(clock)
    let refused = IssueError(.refused, code: "PERMISSION_ERROR", "no", mayHaveHappened: false)
    strategy.state.withLock { $0.script = [.fail(refused), .fail(refused)] }
    let report = await (try rotator(strategy)).rotateIfDue()
    #expect(report.refusal?.why == .refused)
    #expect(report.refusal?.code == "PERMISSION_ERROR")
    #expect(report.alarms.contains(.refused))
    let another = try rotator(strategy, spool: "another")
    #expect(await another.rotateIfDue().refusal?.why == .refused)
    #expect(strategy.state.withLock(\.calls) == 1)
    #expect(await another.rotateIfDue(force: true).refusal != nil)
    #expect(strategy.state.withLock(\.calls) == 2)
    let snapshot = try await store.read()
    _ = try await store.replace(with: Keys.document(7), after: snapshot)
    #expect(await another.rotateIfDue().isRotated)
  }

  @Test func aFailureThatMayPassIsTriedLaterUnderTheSameClaim() async throws {
    try await begin()
    let strategy = ScriptedStrategy(clock)
    strategy.state.withLock {
      $0.script = [
        .fail(IssueError(.retryable, code: "TIMEOUT_ERROR", "slow", mayHaveHappened: true))
      ]
    }
    let rotator = try rotator(strategy)
    guard case .retryLater(let at, _) = await rotator.rotateIfDue().outcome else {
      Issue.record("it is not put off")
      return
    }
    #expect((clock.now()...clock.now() + 10).contains(at))
    #expect(try await current() == Keys.document(0))
    #expect(await rotator.rotateIfDue().isRotated)
    try await expectClean()
  }

  @Test func aLostAnswerOfAServiceThatTakesTokensOnceIsToldAsSuch() async throws {
    try await begin()
    let strategy = ScriptedStrategy(clock, isSingleUse: true)
    strategy.state.withLock { $0.script = [.lose] }
    let rotator = try rotator(strategy)
    #expect(await rotator.rotateIfDue().isRetryLater)
    #expect(await rotator.rotateIfDue().refusal?.why == .refusedAfterUnknown)
    #expect(try await current() == Keys.document(0))
  }

  @Test(arguments: [nil, "spool"])
  func aNewKeySurvivesAStoreThatIsAway(spool: String?) async throws {
    try await begin()
    let cell = cell
    let strategy = ScriptedStrategy(
      clock, isSingleUse: true, onIssue: { cell.isAway.withLock { $0 = true } })
    let rotator = try rotator(strategy, spool: spool)
    #expect(await rotator.rotateIfDue().isRetryLater)
    #expect(await rotator.rotateIfDue().isRetryLater)
    cell.isAway.withLock { $0 = false }
    // A spool serves a new process just as well; memory does not.
    let next = spool == nil ? rotator : try self.rotator(strategy, spool: spool)
    #expect(await next.rotateIfDue().isRotated)
    #expect(try await current().credentials.apiKey == Secret("key-1"))
    #expect(strategy.state.withLock(\.calls) == 1)
  }

  @Test func aDiskThatDoesNotTakeTheKeyIsAnAlarmAndNoEnd() async throws {
    try await begin()
    let snapshot = try await store.read()
    let version = try #require(snapshot.current?.version)
    let operation = OperationID(identity: snapshot.identity, from: version, attempt: 0)
    let spool = directory.path + "/spool"
    let strategy = ScriptedStrategy(
      clock,
      onIssue: {
        try? FileManager.default.createDirectory(
          atPath: "\(spool)/\(operation).json", withIntermediateDirectories: true)
      })
    let rotator = try rotator(strategy)
    let report = await rotator.rotateIfDue()
    #expect(report.alarms.contains(.spoolUnusable))
    #expect(try await current().credentials.apiKey == Secret("key-1"))
  }

  @Test func aNewKeyThatIsNotKnownYetIsWaitedFor() async throws {
    try await begin()
    let strategy = ScriptedStrategy(clock)
    strategy.state.withLock { $0.verdicts = [.refused, .inconclusive("X"), .refused] }
    let report = await (try rotator(strategy)).rotateIfDue()
    #expect(report.isRotated)
    #expect(report.alarms == [.newKeyRefused])
    #expect(strategy.state.withLock(\.calls) == 1)
  }

  @Test func aNewKeyThatStaysUnknownIsLeftAsideForAnother() async throws {
    try await begin()
    let strategy = ScriptedStrategy(clock)
    strategy.state.withLock { $0.verdicts = Array(repeating: .refused, count: 16) }
    let report = await (try rotator(strategy)).rotateIfDue()
    #expect(report.isRotated)
    #expect(try await current().credentials.apiKey == Secret("key-2"))
    try await expectClean()
  }

  @Test func anUntestedKeyIsMadeCurrentOnlyWhenTimeRunsOut() async throws {
    try await begin()
    let strategy = ScriptedStrategy(clock)
    strategy.state.withLock { $0.verdicts = Array(repeating: .inconclusive("X"), count: 100) }
    let rotator = try rotator(strategy)
    #expect(await rotator.rotateIfDue().isRetryLater)
    #expect(try await current() == Keys.document(0))
    clock.advance(by: .seconds(Double(Keys.life) / 5 - 1_000))
    let report = await rotator.rotateIfDue()
    #expect(report.isRotated)
    #expect(report.alarms.contains(.untestedPromotion))
  }

  @Test func aLifeThatCollapsesIsAnAlarmAndNoLoop() async throws {
    try await begin()
    let strategy = ScriptedStrategy(clock)
    strategy.state.withLock { $0.life = 1_000 }
    let rotator = try rotator(strategy)
    #expect(await rotator.rotateIfDue().alarms.contains(.lifetimeCollapsed))
    #expect(try await current().credentials.apiKey == Secret("key-1"))
    // Due after 567 to 667 s; not before 600 s, and not later than urgent.
    clock.advance(by: .seconds(599))
    guard case .notDue = await rotator.rotateIfDue().outcome else {
      Issue.record("it is renewed at once")
      return
    }
    clock.advance(by: .seconds(101))
    #expect(await rotator.rotateIfDue().isRotated)
  }

  @Test func aStoreThatDoesNotLetUsIsForAPersonToSee() async throws {
    let report = await (try rotator(ScriptedStrategy(clock))).rotateIfDue()
    #expect(report.refusal?.why == .misconfigured)
  }

  @Test func cancellingTheCallerDoesNotCancelTheRotation() async throws {
    try await begin()
    let (calls, called) = AsyncStream.makeStream(of: Void.self)
    let (goes, go) = AsyncStream.makeStream(of: Void.self)
    let strategy = ScriptedStrategy(
      clock,
      onIssue: {
        called.yield()
        for await _ in goes { break }
      })
    let rotator = try rotator(strategy)
    let task = Task { await rotator.rotateIfDue() }
    for await _ in calls { break }
    task.cancel()
    go.yield()
    #expect(await task.value.isRotated)
  }

  @Test func aRequestToStopLetsTheRotationEnd() async throws {
    try await begin()
    let (calls, called) = AsyncStream.makeStream(of: Void.self)
    let (goes, go) = AsyncStream.makeStream(of: Void.self)
    let strategy = ScriptedStrategy(
      clock,
      onIssue: {
        called.yield()
        for await _ in goes { break }
      })
    let rotator = try rotator(strategy)
    let stop = StopSignal()
    let task = Task { await rotator.run(until: stop) }
    for await _ in calls { break }
    stop.request()
    go.yield()
    await task.value
    #expect(try await current().credentials.apiKey == Secret("key-1"))
    try await expectClean()
  }

  @Test func aRunningRotatorRenewsAgainAndAgain() async throws {
    try await begin()
    let stop = StopSignal()
    let count = Locked(0)
    let strategy = ScriptedStrategy(clock)
    let clock = clock
    let rotator = try rotator(
      strategy,
      observers: [
        Watcher { report in
          // The waits move the clock; this moves it to the next key's time.
          if report.isRotated,
            count.withLock({
              $0 += 1; return $0
            }) == 5
          {
            stop.request()
          }
          clock.advance(by: .seconds(Double(Keys.life) * 0.7))
        }
      ])
    await rotator.run(until: stop)
    #expect(strategy.state.withLock(\.calls) == 5)
  }

  @Test func aPlanChangesNothing() async throws {
    try await begin()
    let rotator = try rotator(ScriptedStrategy(clock))
    let before = try await cell.inner.read()
    let plan = try await rotator.plan()
    #expect(plan.key?.fingerprint == Keys.document(0).shortFingerprint)
    #expect(plan.nextStep.hasPrefix("rotate"))
    #expect(plan.warnings.isEmpty)
    #expect(plan.spooledKeys == 0)
    #expect(try await cell.inner.read() == before)
  }

  @Test func noReportMetricOrPlanHoldsASecret() async throws {
    try await begin()
    let metrics = RotationMetrics(secret: "a \"name\"", clock: clock)
    let rotator = try rotator(ScriptedStrategy(clock), observers: [metrics])
    var text = "\(try await rotator.plan())"
    let report = await rotator.rotateIfDue()
    dump(report, to: &text)
    text += metrics.prometheusText()
    for secret in ["key-0", "key-1", "refresh-0", "refresh-1"] {
      #expect(!text.contains(secret))
    }
  }

  @Test func metricsTellWhatHappened() async throws {
    try await begin()
    let metrics = RotationMetrics(secret: "a \"name\"", clock: clock)
    let rotator = try rotator(ScriptedStrategy(clock), observers: [metrics])
    _ = await rotator.rotateIfDue()
    let lines = metrics.prometheusText().split(separator: "\n")
    let label = #"secret="a \"name\"""#
    for line in [
      "momento_key_expiry_timestamp_seconds{\(label)} \(Keys.now + Keys.life)",
      "momento_key_issued_timestamp_seconds{\(label)} \(Keys.now)",
      "momento_rotations_total{\(label)} 1",
      #"momento_rotation_steps_total{\#(label),step="issue",result="ok",code=""} 1"#,
      #"momento_rotation_alarm{\#(label),alarm="refused"} 0"#,
    ] {
      #expect(lines.contains(Substring(line)))
    }
  }
}

/// Is told of every report.
private struct Watcher: RotationObserver {
  let body: @Sendable (RotationReport) -> Void
  init(_ body: @escaping @Sendable (RotationReport) -> Void) { self.body = body }
  func ended(_ report: RotationReport) { body(report) }
}
