import Foundation
import GRPCCall
import Locking
import MomentoAuth
import MomentoAuthService
import SecretStores
import TestSupport
import Testing

@testable import MomentoKeyRotation

@Suite struct CourierTests {
  private static let child = URL(filePath: "/proc/self/exe").resolvingSymlinksInPath()
    .deletingLastPathComponent().appending(path: "rotation-child").path

  private let directory: TestDirectory
  private let store: any SecretStore
  private var spool: String { directory.path + "/spool" }
  private var gate: String { directory.path + "/gate" }

  init() throws {
    directory = try TestDirectory()
    store = CellSecretStore(FileCell(path: directory.path + "/key.json"))
  }

  private func rotator(
    _ bench: AuthBench, _ courier: Courier?, _ clock: any RotationClock = SystemClock()
  ) throws -> KeyRotator {
    try KeyRotator(
      store: store, strategy: bench.strategy, spoolDirectory: spool, courier: courier, clock: clock)
  }

  /// The only rotator of a secret whose new key can be had once: it dies while a courier asks for it,
  /// and the courier is not done when the next one begins.
  @Test func theNextRotatorWaitsForTheCourierOfOneThatWasKilled() async throws {
    let bench = try await AuthBench(.singleUse)
    let first = try await bench.dueKey()
    _ = try await store.replace(with: first, after: nil)
    let process = Process()
    process.executableURL = URL(filePath: Self.child)
    process.arguments = [
      "file:\(directory.path)/key.json", spool, "\(bench.port)", "handedOver", gate,
    ]
    try await withCheckedThrowingContinuation {
      (continuation: CheckedContinuation<Void, any Error>) in
      process.terminationHandler = { _ in continuation.resume() }
      do { try process.run() } catch { continuation.resume(throwing: error) }
    }
    #expect(process.terminationStatus == SIGKILL)
    #expect(try await store.read().intent?.phase == .refreshing)
    // The courier goes on no sooner than the rotator waits.
    let clock = WaitingClock(gate: gate)
    let report = await (try rotator(bench, nil, clock)).rotateIfDue()
    #expect(report.isRotated, "\(report)")
    #expect(clock.waits.withLock { $0 } > 0)
    let current = try #require(try await store.read().current?.document)
    #expect(current.fingerprint != first.fingerprint)
    _ = try await bench.strategy.issue(
      current, operation: OperationID(name: "last"), deadline: .seconds(300))
    await bench.service.shutdown()
  }

  @Test func aCourierBringsTheKeyToDisk() async throws {
    let bench = try await AuthBench(.singleUse)
    _ = try await store.replace(with: try await bench.dueKey(), after: nil)
    let courier = Courier(arguments: ["courier", "\(bench.port)"], executable: Self.child)
    #expect(await (try rotator(bench, courier)).rotateIfDue().isRotated)
    await bench.service.shutdown()
  }

  @Test func whatTheServiceSaysToACourierIsWhatTheRotatorHears() async throws {
    let bench = try await AuthBench(.singleUse)
    let key = try await bench.dueKey()
    _ = try await bench.strategy.issue(
      key, operation: OperationID(name: "before"), deadline: .seconds(300))
    _ = try await store.replace(with: key, after: nil)
    let courier = Courier(arguments: ["courier", "\(bench.port)"], executable: Self.child)
    let refusal = await (try rotator(bench, courier)).rotateIfDue().refusal
    #expect(refusal?.why == .refused)
    await bench.service.shutdown()
  }

  /// It may have asked: that is tried again, and where it had, the refusal says so.
  @Test func aCourierThatDiesIsAnAnswerThatIsLost() async throws {
    let bench = try await AuthBench(.reusable)
    _ = try await store.replace(with: try await bench.dueKey(), after: nil)
    let dead = Courier(arguments: [], executable: "/bin/false")
    #expect(await (try rotator(bench, dead)).rotateIfDue().isRetryLater)
    #expect(await (try rotator(bench, nil)).rotateIfDue().isRotated)
    await bench.service.shutdown()
  }

  @Test func whereNoCourierCanBeStartedTheRotatorAsks() async throws {
    let bench = try await AuthBench(.singleUse)
    _ = try await store.replace(with: try await bench.dueKey(), after: nil)
    let none = Courier(arguments: [], executable: directory.path + "/none")
    #expect(await (try rotator(bench, none)).rotateIfDue().isRotated)
    await bench.service.shutdown()
  }

  /// As a loader or another program in the place of the executable would end.
  @Test(arguments: [64, 127]) func whereTheProgramIsNoCourierTheRotatorAsks(code: Int) async throws
  {
    let bench = try await AuthBench(.singleUse)
    _ = try await store.replace(with: try await bench.dueKey(), after: nil)
    let other = Courier(arguments: ["-c", "exit \(code)"], executable: "/bin/sh")
    #expect(await (try rotator(bench, other)).rotateIfDue().isRotated)
    await bench.service.shutdown()
  }

  /// It may have the new key in hand.
  @Test func aCourierThatDoesNotEndIsNotOvertaken() async throws {
    let bench = try await AuthBench(.singleUse)
    let first = try await bench.dueKey()
    let current = try await store.replace(with: first, after: nil)
    let lock = try Spool(directory: spool).callLock(current.identity)
    #expect(lock != nil)
    // Its clock goes on by as much as it waits.
    let report = await (try rotator(bench, nil, HastyClock())).rotateIfDue()
    #expect(report.isRetryLater, "\(report)")
    #expect(try await store.read().current?.document.fingerprint == first.fingerprint)
    withExtendedLifetime(lock) {}
    await bench.service.shutdown()
  }

  @Test func aRequestThatIsNotWholeIsNone() throws {
    let snapshot = Keys.snapshot(Keys.document(0))
    let request = CourierRequest(
      directory: "/spool", identity: "a", intent: Keys.intent(snapshot, owner: .random()),
      document: Keys.document(0), deadline: .seconds(60), isResumed: true)
    let bytes = request.encodedRevealingSecrets()
    #expect(CourierRequest(parsing: bytes) == request)
    for count in stride(from: 0, to: bytes.count, by: 7) {
      #expect(CourierRequest(parsing: Array(bytes[..<count])) == nil)
    }
  }

  @Test(arguments: [
    CourierAnswer.spooled, .unspoolable(Keys.document(3)),
    .failed(IssueError(.refused, code: "A", "b", mayHaveHappened: false)),
    .failed(IssueError(.retryable, code: "C", "d", mayHaveHappened: true)),
  ])
  func answersAreReadAsTheyWereMeant(answer: CourierAnswer) {
    #expect(CourierAnswer(parsing: answer.encodedRevealingSecrets()) == answer)
  }
}

/// The system's clock, which opens a gate when somebody waits.
private struct WaitingClock: RotationClock {
  let gate: String
  let waits = Locked(0)

  func now() -> UInt64 { SystemClock().now() }
  func uptime() -> Duration { SystemClock().uptime() }
  func sleep(for duration: Duration) async {
    waits.withLock { $0 += 1 }
    _ = FileManager.default.createFile(atPath: gate, contents: nil)
    await SystemClock().sleep(for: duration)
  }
}

/// A clock that takes every wait for done.
private final class HastyClock: RotationClock {
  private let passed = Locked(Duration.zero)

  func now() -> UInt64 { SystemClock().now() }
  func uptime() -> Duration { passed.withLock { $0 } }
  func sleep(for duration: Duration) async { passed.withLock { $0 += duration } }
}
