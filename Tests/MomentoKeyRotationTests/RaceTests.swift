import Locking
import MomentoAuth
import MomentoAuthService
import SecretStores
import StoreSites
import TestSupport
import Testing

@testable import MomentoKeyRotation

@Suite struct RaceTests {
  @Test func ofTwoRotatorsOneAsksForEachGeneration() async throws {
    let clock = ManualClock()
    let store = CellSecretStore(MemoryCell(name: "race"))
    _ = try await store.replace(with: Keys.document(0), after: nil)
    let strategy = ScriptedStrategy(clock, isSingleUse: true)
    let rotators = try (0..<2).map { _ in
      try KeyRotator(store: store, strategy: strategy, spoolDirectory: nil, clock: clock)
    }
    for generation in 1...1_000 {
      async let first = rotators[0].rotateIfDue()
      async let second = rotators[1].rotateIfDue()
      let reports = await [first, second]
      guard reports.filter(\.isRotated).count == 1,
        strategy.state.withLock(\.calls) == generation
      else {
        Issue.record("generation \(generation): \(reports.map(\.outcome))")
        return
      }
      clock.advance(by: .seconds(Double(Keys.life) * 0.7))
    }
    #expect(strategy.state.withLock(\.refusals) == 0)
    #expect(strategy.state.withLock { $0.uses.values.allSatisfy { $0 == 1 } })
  }

  /// The same on stores whose answers take their time.
  @Test(arguments: StoreKind.shared.filter { [.vault, .aws, .etcd].contains($0) })
  func ofTwoRotatorsOneAsksForEachGeneration(kind: StoreKind) async throws {
    let clock = ManualClock()
    let directory = try TestDirectory()
    let site = try await StoreSite(kind, in: directory.path)
    let stores = [try site.open(), try site.open()]
    _ = try await stores[0].replace(with: Keys.document(0), after: nil)
    let strategy = ScriptedStrategy(clock, isSingleUse: true)
    let rotators = try stores.map {
      try KeyRotator(store: $0, strategy: strategy, spoolDirectory: nil, clock: clock)
    }
    for generation in 1...20 {
      async let first = rotators[0].rotateIfDue()
      async let second = rotators[1].rotateIfDue()
      let reports = await [first, second]
      #expect(reports.filter(\.isRotated).count == 1, "\(reports.map(\.outcome))")
      #expect(strategy.state.withLock(\.calls) == generation)
      clock.advance(by: .seconds(Double(Keys.life) * 0.7))
    }
    #expect(strategy.state.withLock(\.refusals) == 0)
    for store in stores { await store.close() }
    await site.shutdown()
  }

  @Test func aServiceThatTakesTokensOnceRefusesNeitherOfTwo() async throws {
    let bench = try await AuthBench(.singleUse)
    let directory = try TestDirectory()
    let store = CellSecretStore(FileCell(path: directory.path + "/key.json"))
    let first = try await bench.dueKey()
    _ = try await store.replace(with: first, after: nil)
    var prints: Set<String> = [first.fingerprint]
    for generation in 1...10 {
      let reports = try await withThrowingTaskGroup(of: RotationReport.self) { group in
        for number in 0..<2 {
          let rotator = try KeyRotator(
            store: store, strategy: bench.strategy,
            spoolDirectory: directory.path + "/spool-\(number)")
          group.addTask { await rotator.rotateIfDue() }
        }
        return try await group.reduce(into: []) { $0.append($1) }
      }
      #expect(reports.filter(\.isRotated).count == 1, "\(reports.map(\.outcome))")
      #expect(reports.allSatisfy { $0.refusal == nil })
      // Make the new key look old.
      let snapshot = try await store.read()
      var document = try #require(snapshot.current?.document)
      #expect(prints.insert(document.fingerprint).inserted, "generation \(generation)")
      document.issuedAt = SystemClock().now() - 7_200
      _ = try await store.replace(with: document, after: snapshot)
    }
    await bench.service.shutdown()
  }
}
