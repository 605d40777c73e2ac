import Locking
import MomentoAuth
import SecretStores
import Testing

@testable import MomentoKeyRotation

/// Leads as a test wants it.
final class AppointedLeadership: Leadership {
  let leads = Locked(false)
  var isLeader: Bool { leads.withLock { $0 } }
  func campaign(_ changed: @Sendable (Bool) -> Void) async {}
  func resign() async { leads.withLock { $0 = false } }
  func close() async {}
}

@Suite struct LeadershipTests {
  private let clock = ManualClock()
  private let store = CellSecretStore(MemoryCell(name: "led"))
  private let leadership = AppointedLeadership()

  private func rotator(_ strategy: ScriptedStrategy) throws -> KeyRotator {
    try KeyRotator(
      store: store, strategy: strategy, spoolDirectory: nil, leadership: leadership, clock: clock)
  }

  @Test func onlyTheLeaderAsksForANewKey() async throws {
    let first = try await store.replace(with: Keys.document(0), after: nil)
    let strategy = ScriptedStrategy(clock)
    let rotator = try rotator(strategy)
    #expect(await rotator.rotateIfDue().outcome == .underWayElsewhere)
    #expect(try await rotator.plan().nextStep == "leave it to the rotator that leads")
    #expect(try await store.read() == first)
    leadership.leads.withLock { $0 = true }
    #expect(await rotator.rotateIfDue().isRotated)
    #expect(strategy.state.withLock(\.calls) == 1)
  }

  @Test func aLeadThatIsLostInARotationDoesNotInterruptIt() async throws {
    _ = try await store.replace(with: Keys.document(0), after: nil)
    leadership.leads.withLock { $0 = true }
    let leads = leadership.leads
    let strategy = ScriptedStrategy(clock) { leads.withLock { $0 = false } }
    #expect(await (try rotator(strategy)).rotateIfDue().isRotated)
    #expect(try await store.read().intent == nil)
  }

  @Test func aMetricTellsWhoLeads() async throws {
    #expect(!RotationMetrics(secret: "s", clock: clock).prometheusText().contains("leader"))
    let metrics = RotationMetrics(secret: "s", leadership: leadership, clock: clock)
    #expect(metrics.prometheusText().contains("\nmomento_rotator_leader{secret=\"s\"} 0\n"))
    leadership.leads.withLock { $0 = true }
    #expect(metrics.prometheusText().contains("\nmomento_rotator_leader{secret=\"s\"} 1\n"))
  }
}
