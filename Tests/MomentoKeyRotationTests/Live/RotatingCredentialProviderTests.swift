import GRPCCall
import Locking
import MomentoAuth
import SecretStores
import Testing

@testable import MomentoKeyRotation

@Suite(.timeLimit(.minutes(5))) struct RotatingCredentialProviderTests {
  private let clock = SteppedClock()
  private let store = AnsweringStore(.test("K1"))

  private func makeProvider(
    _ store: AnsweringStore? = nil
  ) async throws(MomentoError) -> RotatingCredentialProvider {
    // Half of every random span: no jitter, and refusals wait for nobody.
    var configuration = LiveConfiguration()
    configuration.refusalSpread = .zero
    return try await RotatingCredentialProvider(
      store: store ?? self.store, configuration: configuration, clock: clock, random: { 0.5 })
  }

  /// Waits until the next read is due in `wait`, and lets that time pass.
  private func pass(_ wait: Duration) async {
    await until { clock.waits == [wait] }
    clock.advance(by: wait)
  }

  @Test func aRotatedKeyIsTakenAtTheNextRead() async throws {
    let provider = try await makeProvider()
    #expect(provider.credential.name == "K1")
    store.answer(.test("K2", endpoint: "f.test"))
    await pass(.seconds(300))
    await until { provider.credential.name == "K2" }
    #expect(provider.credential.endpoints.control.host == "control.f.test")
    #expect(provider.current.generation == 2)
    #expect(store.reads == 2)
    await provider.shutdown()
  }

  @Test func aKeyThatExpiresSoonIsReadAtATenthOfItsTime() async throws {
    let store = AnsweringStore(.test("K1", validFor: 1_000))
    let provider = try await makeProvider(store)
    await pass(.seconds(100))
    await pass(.seconds(90))
    await until { store.reads == 3 }
    await provider.shutdown()
  }

  @Test func aStoreThatIsAwayForAnHourDoesNotTakeTheKeyAway() async throws {
    let provider = try await makeProvider()
    store.fail(.unavailable)
    await pass(.seconds(300))
    for wait: Duration in [.milliseconds(750), .milliseconds(1_500), .seconds(3), .seconds(6)] {
      await pass(wait)
    }
    #expect(provider.credential.name == "K1")
    clock.advance(by: .seconds(3_600))
    #expect(provider.staleness.map { $0 > .seconds(3_600) } == true)
    #expect(provider.lastFailure?.kind == .unavailable)
    #expect(provider.credential.name == "K1")
    store.answer(.test("K2"))
    await until { clock.waits.count == 1 }
    clock.advance(by: .seconds(60))
    await until { provider.credential.name == "K2" }
    #expect(provider.staleness == nil && provider.lastFailure == nil)
    await provider.shutdown()
  }

  @Test func whatIsNoKeyOrHasExpiredIsNotTakenForOneThatWorks() async throws {
    let store = AnsweringStore(.test("K1", validFor: 100))
    let provider = try await makeProvider(store)
    let bad: [SecretDocument] = [
      .test("K2", validFor: -1), .test(#"K\n"#), .test("", validFor: 10),
      SecretDocument(credentials: CredentialsFile(apiKey: Secret("not a key"))),
    ]
    for document in bad {
      store.answer(document)
      await #expect(throws: SecretStoreError.self) { try await provider.reread() }
      #expect(provider.credential.name == "K1" && provider.current.generation == 1)
      #expect(provider.lastFailure?.kind == .unreadable)
      #expect(provider.staleness != nil)
    }
    // Once the present key has expired too, the store knows better.
    clock.advance(by: .seconds(200))
    store.answer(.test("K3", validFor: 150))
    try await provider.reread()
    #expect(provider.credential.name == "K3")
    await provider.shutdown()
  }

  @Test func aThousandRefusalsAtOnceAreOneRead() async throws {
    let provider = try await makeProvider()
    let refused = provider.current
    store.answer(.test("K2"))
    await withTaskGroup(of: String?.self) { group in
      for _ in 0..<1_000 {
        group.addTask { await provider.replacement(for: refused)?.provider.name }
      }
      for await name in group { #expect(name == "K2") }
    }
    #expect(store.reads == 2)
    await provider.shutdown()
  }

  @Test func refusalsOfAKeyThatIsStillTheNewestAreOneReadToo() async throws {
    let provider = try await makeProvider()
    let refused = provider.current
    await withTaskGroup(of: LiveCredential?.self) { group in
      for _ in 0..<1_000 { group.addTask { await provider.replacement(for: refused) } }
      for await other in group { #expect(other == nil) }
    }
    #expect(store.reads == 2)
    clock.advance(by: .seconds(1))
    #expect(await provider.replacement(for: refused) == nil)
    #expect(store.reads == 3)
    await provider.shutdown()
  }

  @Test func theKeyBeforeIsTriedWhileItWorksAndTheServiceDoesNotKnowTheNewOne() async throws {
    let store = AnsweringStore(.test("K1", validFor: 100))
    let provider = try await makeProvider(store)
    let first = provider.current
    store.answer(.test("K2"))
    try await provider.reread()
    #expect(await provider.replacement(for: provider.current) == first)
    #expect(await provider.replacement(for: first)?.provider.name == "K2")
    clock.advance(by: .seconds(100))
    #expect(await provider.replacement(for: provider.current) == nil)
    await provider.shutdown()
  }

  @Test func threeListenersSeeThePresentKeyAndThenTheNewestEach() async throws {
    let provider = try await makeProvider()
    var listeners = (1...3).map { _ in provider.changes.makeAsyncIterator() }
    #expect(await listeners[0].next()?.credential.name == "K1")
    for name in ["K2", "K3"] {
      store.answer(.test(name, validFor: 500))
      try await provider.reread()
      #expect(await listeners[0].next()?.credential.name == name)
    }
    for index in 1...2 {
      let change = await listeners[index].next()
      #expect(change?.credential.name == "K3" && change?.generation == 3)
      #expect(change?.validUntil?.epochSeconds == SteppedClock.start + 500)
      #expect(change?.fingerprint == SecretDocument.test("K3").fingerprint)
    }
    await provider.shutdown()
    for index in 0...2 { #expect(await listeners[index].next() == nil) }
    var late = provider.changes.makeAsyncIterator()
    #expect(await late.next()?.generation == 3)
    #expect(await late.next() == nil)
  }

  @Test func aHintIsReadAtOnce() async throws {
    let store = AnsweringStore(.test("K1"), givesHints: true)
    let provider = try await makeProvider(store)
    store.answer(.test("K2"))
    store.hint()
    await until { provider.credential.name == "K2" }
    #expect(clock.uptime() == .zero)
    await provider.shutdown()
  }

  @Test func hintsThatEndAreAskedForAgain() async throws {
    let store = AnsweringStore(.test("K1"), givesHints: true)
    let provider = try await makeProvider(store)
    store.endHints()
    await until { clock.waits.contains(.seconds(1)) }
    store.answer(.test("K2"))
    clock.advance(by: .seconds(1))
    await until { provider.credential.name == "K2" && store.hintStreams == 2 }
    store.answer(.test("K3"))
    store.hint()
    await until { provider.credential.name == "K3" }
    await provider.shutdown()
  }

  @Test func aReadThatDoesNotEndIsGivenUp() async throws {
    let provider = try await makeProvider()
    store.setSilent(true)
    let reading = Task { try await provider.reread() }
    await until { clock.waits.contains(.seconds(15)) }
    clock.advance(by: .seconds(15))
    await #expect(throws: SecretStoreError.self) { try await reading.value }
    #expect(provider.lastFailure?.kind == .unavailable)
    store.setSilent(false)
    try await provider.reread()
    await provider.shutdown()
  }

  @Test func theFirstReadIsRepeatedWhileTheStoreIsAway() async throws {
    store.fail(.unavailable)
    let making = Task { [self] in try await makeProvider() }
    await until { clock.waits == [.milliseconds(750), .seconds(15)] }
    store.answer(.test("K1"))
    clock.advance(by: .milliseconds(750))
    let provider = try await making.value
    #expect(provider.credential.name == "K1")
    await provider.shutdown()
  }

  @Test func theFirstReadHasABound() async throws {
    store.fail(.unavailable)
    let making = Task { [self] in
      do throws(MomentoError) {
        try await makeProvider().shutdown()
        return nil as MomentoError?
      } catch {
        return error
      }
    }
    await until { clock.waits.count == 2 }
    clock.advance(by: .seconds(15))
    #expect(await making.value?.code == .timeout)
  }

  @Test func aSecretThatIsNotThereFailsTheFirstReadAtOnce() async throws {
    store.fail(.notFound)
    await #expect { _ = try await makeProvider() } throws: {
      ($0 as? MomentoError)?.code == .notFound
    }
  }

  @Test func noSecretIsShown() async throws {
    let store = AnsweringStore(.test("SECRETKEY"))
    let provider = try await makeProvider(store)
    var text = "\(provider)\(String(reflecting: provider))"
    dump(provider, to: &text)
    var changes = provider.changes.makeAsyncIterator()
    dump(await changes.next(), to: &text)
    #expect(!text.contains("SECRETKEY"))
    await provider.shutdown()
  }

  @Test func aProviderThatNobodyRefersToReadsNoMore() async throws {
    do {
      let provider = try await makeProvider()
      await until { clock.waits == [.seconds(300)] }
      #expect(provider.credential.name == "K1")
    }
    await until { clock.waits.isEmpty }
    #expect(store.reads == 1)
  }
}

@Suite struct LiveConfigurationTests {
  private let configuration = LiveConfiguration()

  @Test(
    arguments: [
      (nil, 300), (100_000, 300), (3_000, 300), (2_990, 299), (100, 10), (10, 1), (3, 1), (0, 1),
    ] as [(UInt64?, Int)])
  func theWaitIsATenthOfWhatIsLeftWithinBounds(_ remaining: UInt64?, _ wait: Int) {
    #expect(configuration.wait(remaining: remaining, random: 0.5) == .seconds(wait))
  }

  @Test func jitterIsATenthEitherWay() {
    #expect(configuration.wait(remaining: nil, random: 0) == .seconds(270))
    #expect(configuration.wait(remaining: nil, random: 0.999_999) <= .seconds(330))
  }

  @Test func failuresAreRepeatedEverLaterUpToAMinute() {
    let waits = [1, 2, 3, 7, 64].map { configuration.wait(afterFailures: $0, random: 0.999) }
    #expect(waits[0] <= .seconds(1) && waits[0] > .milliseconds(900))
    #expect(waits[2] <= .seconds(4) && waits[2] > .milliseconds(3_600))
    #expect(waits[3] <= .seconds(60) && waits[4] <= .seconds(60) && waits[4] > .seconds(59))
  }
}
