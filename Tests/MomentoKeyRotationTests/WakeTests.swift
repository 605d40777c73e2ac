import MomentoAuth
import SecretStores
import Testing

@testable import MomentoKeyRotation

/// A running rotator and what makes it look at its key.
@Suite(.timeLimit(.minutes(5))) struct WakeTests {
  private let clock = SteppedClock()
  private let store: AnsweringStore
  private let stop = StopSignal()

  init() {
    var document = SecretDocument.test("a", validFor: 100_000)
    document.credentials.refreshToken = Secret("r")
    document.issuedAt = SteppedClock.start
    store = AnsweringStore(document, givesHints: true)
  }

  /// Runs a rotator that has looked once and waits.
  private func running(_ body: (KeyRotator) async throws -> Void) async throws {
    let rotator = try KeyRotator(
      store: store, strategy: RefreshStrategy(), spoolDirectory: nil, clock: clock)
    let task = Task { await rotator.run(until: stop) }
    await rest()
    #expect(store.reads == 1)
    try await body(rotator)
    stop.request()
    await task.value
  }

  /// Lets the gap after a look pass, so that the rest of the interval is waited for.
  private func rest() async {
    await until { clock.waits == [.seconds(2)] }
    clock.advance(by: .seconds(2))
    await until { clock.waits == [.seconds(58)] }
  }

  @Test func aHintOfTheStoreIsFollowedAtOnce() async throws {
    try await running { _ in
      store.hint()
      await until { store.reads == 2 }
      await rest()
      #expect(store.reads == 2)
    }
  }

  @Test func withoutAHintTheIntervalPasses() async throws {
    try await running { _ in
      clock.advance(by: .seconds(58))
      await until { store.reads == 2 }
    }
  }

  @Test func aBurstOfHintsCausesOneLookInEachGap() async throws {
    try await running { _ in
      for _ in 0..<1_000 { store.hint() }
      await until { store.reads == 2 && clock.waits == [.seconds(2)] }
      for _ in 0..<100 { await Task.yield() }
      #expect(store.reads == 2)
      store.hint()
      clock.advance(by: .seconds(2))
      await until { store.reads == 3 && clock.waits == [.seconds(2)] }
      for _ in 0..<100 { await Task.yield() }
      #expect(store.reads == 3)
    }
  }

  @Test func whatHasFailedIsNotTriedBeforeItsTime() async throws {
    try await running { _ in
      store.fail(.unavailable)
      store.hint()
      // It is tried again a few times within the same look, and then let be.
      await until {
        if store.reads < 5 { clock.advance(by: .seconds(1)) }
        return store.reads == 5
      }
      await until { !clock.waits.isEmpty }
      store.hint()
      for _ in 0..<100 { await Task.yield() }
      #expect(store.reads == 5)
    }
  }

  @Test func hintsThatHaveEndedAreAskedForAnew() async throws {
    try await running { _ in
      store.endHints()
      await until { clock.waits == [.seconds(2), .seconds(58)] }
      clock.advance(by: .seconds(2))
      await until { store.reads == 2 }
      #expect(store.hintStreams == 2)
    }
  }

  @Test func somebodyElseMayWakeIt() async throws {
    try await running { rotator in
      rotator.wake()
      await until { store.reads == 2 }
    }
  }
}
