import Foundation
import MomentoAuth
import MomentoAuthService
import SecretStores
import StoreSites
import TestSupport
import Testing

@testable import MomentoKeyRotation

/// A rotator is killed at each point of a rotation, and another goes on.
@Suite struct KillTests {
  private static let child = URL(filePath: "/proc/self/exe").resolvingSymlinksInPath()
    .deletingLastPathComponent().appending(path: "rotation-child")

  /// Who asks the service.
  enum Caller: String, CaseIterable { case rotator, courier }

  private struct Scene {
    let bench: AuthBench
    let directory: TestDirectory
    let site: StoreSite
    let store: any SecretStore
    let first: SecretDocument

    init(_ kind: StoreKind, _ mode: AuthServiceConfiguration.RefreshTokens) async throws {
      bench = try await AuthBench(mode)
      directory = try TestDirectory()
      site = try await StoreSite(kind, in: directory.path)
      store = try site.open()
      first = try await bench.dueKey()
      _ = try await store.replace(with: first, after: nil)
    }

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

    func shutdown() async {
      await store.close()
      await site.shutdown()
      await bench.service.shutdown()
    }
  }

  /// Runs a rotator that kills itself.
  private func kill(
    at point: RotationPoint, _ mode: AuthServiceConfiguration.RefreshTokens,
    _ kind: StoreKind = .file, _ caller: Caller = .rotator
  ) async throws -> Scene {
    let (scene, isKilled) = try await run(until: point.rawValue, mode, kind, caller)
    #expect(isKilled)
    return scene
  }

  /// Runs a rotator that may kill itself.
  private func run(
    until point: String, _ mode: AuthServiceConfiguration.RefreshTokens, _ kind: StoreKind,
    _ caller: Caller
  ) async throws -> (Scene, isKilled: Bool) {
    let scene = try await Scene(kind, mode)
    let process = Process()
    process.executableURL = Self.child
    process.arguments = [
      scene.site.url, scene.directory.path + "/spool", "\(scene.bench.port)", point,
    ]
    if caller == .courier { process.arguments?.append("courier") }
    process.environment = scene.site.environment.merging(ProcessInfo.processInfo.environment) {
      first, _ in first
    }
    try await withCheckedThrowingContinuation {
      (continuation: CheckedContinuation<Void, any Error>) in
      process.terminationHandler = { _ in continuation.resume() }
      do { try process.run() } catch { continuation.resume(throwing: error) }
    }
    let isKilled = process.terminationReason == .uncaughtSignal
    #expect(process.terminationStatus == (isKilled ? SIGKILL : 0))
    try await scene.expectWorking()
    return (scene, isKilled)
  }

  /// A point of a rotation, with who asks the service in it.
  struct Moment: Sendable, CustomTestStringConvertible {
    let point: RotationPoint
    let caller: Caller
    var testDescription: String { "\(point) \(caller)" }

    /// Where a courier makes no difference, it is left out.
    static let all =
      RotationPoint.allCases.filter { $0 != .handedOver }.map {
        Moment(point: $0, caller: .rotator)
      }
      + [RotationPoint.calling, .handedOver, .answered, .spooled]
      .map { Moment(point: $0, caller: .courier) }
  }

  /// A killed rotator: where, how and on which store.
  struct Death: Sendable, CustomTestStringConvertible {
    let moment: Moment
    let kind: StoreKind
    let mode: AuthServiceConfiguration.RefreshTokens
    var testDescription: String { "\(moment.testDescription) \(kind) \(mode)" }
  }

  /// All of them on a file; on the other stores a third, in which each moment and each mode has its turn.
  /// With `KILL_MATRIX=full` in the environment there is no exception.
  private static let deaths: [Death] = {
    let isFull = ProcessInfo.processInfo.environment["KILL_MATRIX"] == "full"
    var deaths: [Death] = []
    for (column, kind) in StoreKind.shared.enumerated() {
      for (row, moment) in Moment.all.enumerated() {
        let modes: [AuthServiceConfiguration.RefreshTokens] = [.singleUse, .reusable]
        if isFull || kind == .file {
          deaths += modes.map { Death(moment: moment, kind: kind, mode: $0) }
        } else if (row + column).isMultiple(of: 3) {
          deaths.append(Death(moment: moment, kind: kind, mode: modes[column % 2]))
        }
      }
    }
    return deaths
  }()

  @Test(arguments: deaths)
  func theNextRunEndsWithAKeyThatWorksAndCanBeRenewed(death: Death) async throws {
    try await Turns.shared.take { try await expectNothingLost(death) }
  }

  private func expectNothingLost(_ death: Death) async throws {
    let (moment, mode) = (death.moment, death.mode)
    let scene = try await kill(at: moment.point, mode, death.kind, moment.caller)
    let report = await (try scene.rotator()).rotateIfDue()
    try await scene.expectWorking()
    if mode == .singleUse, moment.point == .answered, moment.caller == .rotator {
      // The only copy of the new key died with the process.
      try await expectRefused(scene, report)
    } else {
      #expect(try await scene.current().fingerprint != scene.first.fingerprint)
      #expect(report.refusal == nil, "\(report)")
    }
    let snapshot = try await scene.store.read()
    #expect(snapshot.intent == nil)
    #expect(snapshot.pending == nil)
    try await scene.expectRenewable()
    await scene.shutdown()
  }

  /// More than a rotation makes changes of files.
  private static let mostFileSteps = 60

  private static var fileSteps: [Int] {
    let isFull = ProcessInfo.processInfo.environment["KILL_MATRIX"] == "full"
    return Array(stride(from: 1, to: mostFileSteps, by: isFull ? 1 : 3)) + [mostFileSteps]
  }

  /// Between any two system calls that change a file of the store or of the spool.
  @Test(arguments: fileSteps, Caller.allCases)
  func aDeathBetweenTwoChangesOfFilesLosesNothing(step: Int, caller: Caller) async throws {
    try await Turns.shared.take { try await expectNothingLost(step, caller) }
  }

  private func expectNothingLost(_ step: Int, _ caller: Caller) async throws {
    // With a courier, tokens are taken once: it writes the new key, and is not killed. Without one, the
    // spool is written here.
    let (scene, isKilled) = try await run(
      until: "\(step)", caller == .courier ? .singleUse : .reusable, .file, caller)
    if step == Self.mostFileSteps { #expect(!isKilled) }
    let report = await (try scene.rotator()).rotateIfDue()
    #expect(report.refusal == nil, "\(report)")
    try await scene.expectWorking()
    #expect(try await scene.current().fingerprint != scene.first.fingerprint)
    let snapshot = try await scene.store.read()
    #expect(snapshot.intent == nil)
    #expect(snapshot.pending == nil)
    let files = try FileManager.default.subpathsOfDirectory(atPath: scene.directory.path)
    #expect(files.filter { $0.hasSuffix(".tmp") }.isEmpty, "\(files)")
    #expect(files.filter { $0.hasPrefix("spool/") && $0.hasSuffix(".json") }.isEmpty)
    try await scene.expectRenewable()
    await scene.shutdown()
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
    await scene.shutdown()
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
    await scene.shutdown()
  }
}
