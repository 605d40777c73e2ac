import Foundation
import MomentoAuth
import MomentoAuthService
import SecretStores
import Testing

@testable import MomentoKeyRotation

/// A rotator is killed at each point of a rotation, and another goes on.
@Suite struct KillTests {
  private static let child = URL(filePath: "/proc/self/exe").resolvingSymlinksInPath()
    .deletingLastPathComponent().appending(path: "rotation-child")

  private struct Scene {
    let bench: AuthBench
    let directory: TestDirectory
    let store: CellSecretStore<FileCell>
    let first: SecretDocument

    func rotator(spool: String = "spool", ahead: UInt64 = 0) throws -> KeyRotator {
      try KeyRotator(
        store: store, strategy: bench.strategy, spoolDirectory: directory.path + "/" + spool,
        clock: ClockAhead(seconds: ahead))
    }

    func current() async throws -> SecretDocument {
      try #require(try await store.read().current?.document)
    }

    /// Whether a refresh of the current key would succeed; it is used up by asking.
    func expectRenewable() async throws {
      _ = try await bench.strategy.issue(
        try await current(), operation: OperationID(name: "last"), deadline: .seconds(300))
    }

    func expectWorking() async throws {
      let verdict = await bench.strategy.probe(try await current(), deadline: .seconds(300))
      #expect(verdict == .authenticates)
    }
  }

  /// Runs a rotator that kills itself.
  private func kill(
    at point: RotationPoint, _ mode: AuthServiceConfiguration.RefreshTokens
  ) async throws -> Scene {
    let bench = try await AuthBench(mode)
    let directory = try TestDirectory()
    let path = directory.path + "/key.json"
    let store = CellSecretStore(FileCell(path: path))
    let first = try await bench.dueKey()
    _ = try await store.replace(with: first, after: nil)
    let process = Process()
    process.executableURL = Self.child
    process.arguments = [path, directory.path + "/spool", "\(bench.port)", point.rawValue]
    try await withCheckedThrowingContinuation {
      (continuation: CheckedContinuation<Void, any Error>) in
      process.terminationHandler = { _ in continuation.resume() }
      do { try process.run() } catch { continuation.resume(throwing: error) }
    }
    #expect(process.terminationReason == .uncaughtSignal)
    #expect(process.terminationStatus == SIGKILL)
    let scene = Scene(bench: bench, directory: directory, store: store, first: first)
    try await scene.expectWorking()
    return scene
  }

  @Test(
    arguments: RotationPoint.allCases,
    [AuthServiceConfiguration.RefreshTokens.reusable, .singleUse])
  func theNextRunEndsWithAKeyThatWorksAndCanBeRenewed(
    point: RotationPoint, mode: AuthServiceConfiguration.RefreshTokens
  ) async throws {
    let scene = try await kill(at: point, mode)
    let report = await (try scene.rotator()).rotateIfDue()
    try await scene.expectWorking()
    if mode == .singleUse, point == .answered {
      // The only copy of the new key died with the process.
      try await expectRefused(scene, report)
    } else {
      #expect(try await scene.current().fingerprint != scene.first.fingerprint)
      #expect(report.refusal == nil)
    }
    let snapshot = try await scene.store.read()
    #expect(snapshot.intent == nil)
    #expect(snapshot.pending == nil)
    try await scene.expectRenewable()
    await scene.bench.service.shutdown()
  }

  /// The refusal lasts, the old key serves on, and a key from the console puts things right.
  private func expectRefused(_ scene: Scene, _ report: RotationReport) async throws {
    #expect(report.refusal?.why == .refusedAfterUnknown)
    #expect(try await scene.current().fingerprint == scene.first.fingerprint)
    #expect(try await scene.store.read().intent?.phase == .refused)
    #expect(await (try scene.rotator()).rotateIfDue().refusal?.why == .refusedAfterUnknown)
    _ = try await scene.store.replace(
      with: try await scene.bench.dueKey(), after: try await scene.store.read())
    #expect(await (try scene.rotator()).rotateIfDue().isRotated)
  }

  /// What stands in the store can be finished by any machine, once the claim is seen to be abandoned.
  @Test(arguments: [RotationPoint.claimed, .staged, .probed, .promoting, .promoted])
  func anotherMachineTakesOver(point: RotationPoint) async throws {
    let scene = try await kill(at: point, point == .claimed ? .reusable : .singleUse)
    if point != .promoted {
      let early = await (try scene.rotator(spool: "other")).rotateIfDue()
      #expect(early.outcome == .underWayElsewhere)
    }
    _ = await (try scene.rotator(spool: "other", ahead: 500)).rotateIfDue()
    #expect(try await scene.current().fingerprint != scene.first.fingerprint)
    try await scene.expectWorking()
    // When the machine comes back, it clears away what it had.
    _ = await (try scene.rotator(ahead: 500)).rotateIfDue()
    try await scene.expectRenewable()
    let left = try FileManager.default.contentsOfDirectory(atPath: scene.directory.path + "/spool")
    #expect(left.filter { $0.hasSuffix(".json") }.isEmpty)
    await scene.bench.service.shutdown()
  }

  /// The only copy is on the disk of a machine that is away: another is refused, and the first mends it.
  @Test func aKeyOnDiskMendsARefusalThatItsAbsenceCaused() async throws {
    let scene = try await kill(at: .spooled, .singleUse)
    let other = await (try scene.rotator(spool: "other", ahead: 500)).rotateIfDue()
    #expect(other.refusal?.why == .refused)
    try await scene.expectWorking()
    #expect(await (try scene.rotator()).rotateIfDue().isRotated)
    #expect(try await scene.current().fingerprint != scene.first.fingerprint)
    try await scene.expectRenewable()
    await scene.bench.service.shutdown()
  }
}
