import FoundationEssentials
import Locking
import MomentoAuth
import SecretStores

@testable import MomentoKeyRotation

/// Clocks that stand still until they are moved on.
final class SteppedClock: RotationClock {
  private struct Sleeper: Sendable {
    let end: Duration
    let wake: CheckedContinuation<Void, Never>
  }
  private struct Held: Sendable {
    var uptime: Duration = .zero
    var sleepers: [UInt64: Sleeper] = [:]
    var next: UInt64 = 0
    var cancelled: Set<UInt64> = []
  }

  /// The epoch seconds at the beginning.
  static let start: UInt64 = 1_800_000_000
  private let held = Locked(Held())

  func now() -> UInt64 { Self.start + UInt64(uptime().components.seconds) }
  func uptime() -> Duration { held.withLock(\.uptime) }

  /// How long those that sleep have still to wait.
  var waits: [Duration] {
    held.withLock { held in held.sleepers.values.map { $0.end - held.uptime }.sorted() }
  }

  func sleep(for duration: Duration) async {
    let id = held.withLock { held in
      held.next += 1
      return held.next
    }
    await withTaskCancellationHandler {
      await withCheckedContinuation { wake in
        let isOver = held.withLock { held in
          if held.cancelled.remove(id) != nil || duration <= .zero { return true }
          held.sleepers[id] = Sleeper(end: held.uptime + duration, wake: wake)
          return false
        }
        if isOver { wake.resume() }
      }
    } onCancel: {
      let sleeper = held.withLock { held in
        let sleeper = held.sleepers.removeValue(forKey: id)
        if sleeper == nil { held.cancelled.insert(id) }
        return sleeper
      }
      sleeper?.wake.resume()
    }
  }

  func advance(by duration: Duration) {
    let woken = held.withLock { held in
      held.uptime += duration
      let woken = held.sleepers.filter { $0.value.end <= held.uptime }
      for id in woken.keys { held.sleepers.removeValue(forKey: id) }
      return woken.values.map(\.wake)
    }
    for wake in woken { wake.resume() }
  }
}

/// A store that is only read, and answers as a test tells it to.
final class AnsweringStore: SecretStore {
  private struct Held: Sendable {
    var answer: Result<SecretDocument, SecretStoreError>
    var reads = 0
    var hints: [AsyncStream<Void>.Continuation] = []
    var isSilent = false
  }

  let location = StoreLocation(scheme: "test", name: "key")
  let traits = SecretStoreTraits()
  private let givesHints: Bool
  private let held: Locked<Held>

  init(_ document: SecretDocument, givesHints: Bool = false) {
    held = Locked(Held(answer: .success(document)))
    self.givesHints = givesHints
  }

  var reads: Int { held.withLock(\.reads) }
  /// How often hints have been asked for.
  var hintStreams: Int { held.withLock(\.hints.count) }

  func answer(_ document: SecretDocument) { held.withLock { $0.answer = .success(document) } }
  func fail(_ kind: SecretStoreError.Kind) {
    let error = SecretStoreError(kind, at: location, operation: "read", "as the test wants it")
    held.withLock { $0.answer = .failure(error) }
  }
  func setSilent(_ isSilent: Bool) { held.withLock { $0.isSilent = isSilent } }
  func hint() { held.withLock { _ = $0.hints.last?.yield() } }
  func endHints() { held.withLock { $0.hints.last?.finish() } }

  func read() async throws(SecretStoreError) -> SecretSnapshot {
    let (answer, isSilent) = held.withLock { held in
      held.reads += 1
      return (held.answer, held.isSilent)
    }
    if isSilent { try? await Task.sleep(for: .seconds(3_600)) }
    let document = try answer.get()
    return SecretSnapshot(
      identity: "test", current: StoredSecret(document: document, version: VersionToken("1")),
      state: VersionToken("1"))
  }

  func changeHints() -> AsyncStream<Void>? {
    guard givesHints else { return nil }
    let (stream, continuation) = AsyncStream.makeStream(of: Void.self)
    held.withLock { $0.hints.append(continuation) }
    return stream
  }

  private var unused: SecretStoreError {
    SecretStoreError(.unsupported, at: location, operation: "write", "it is only read")
  }

  func proveWritable(after snapshot: SecretSnapshot) async throws(SecretStoreError) { throw unused }
  func begin(
    _ intent: RotationIntent, after snapshot: SecretSnapshot
  ) async throws(SecretStoreError) -> SecretSnapshot { throw unused }
  func stage(
    _ document: SecretDocument, for intent: RotationIntent, after snapshot: SecretSnapshot
  ) async throws(SecretStoreError) -> SecretSnapshot { throw unused }
  func promote(
    _ intent: RotationIntent, after snapshot: SecretSnapshot
  ) async throws(SecretStoreError) -> SecretSnapshot { throw unused }
  func finish(after snapshot: SecretSnapshot) async throws(SecretStoreError) -> SecretSnapshot {
    throw unused
  }
  func annotate(
    _ intent: RotationIntent, after snapshot: SecretSnapshot
  ) async throws(SecretStoreError) -> SecretSnapshot { throw unused }
  func replace(
    with document: SecretDocument, after snapshot: SecretSnapshot?
  ) async throws(SecretStoreError) -> SecretSnapshot { throw unused }
}

extension SecretDocument {
  /// A document of a key of this name, which is good for so many seconds of ``SteppedClock``.
  static func test(
    _ name: String, validFor seconds: Int64? = nil, endpoint: String = "e.test"
  ) -> SecretDocument {
    let bundle = Data(#"{"endpoint":"\#(endpoint)","api_key":"\#(name)"}"#.utf8)
    let expiry = seconds.map { Int64(SteppedClock.start) + $0 }
    return SecretDocument(
      credentials: CredentialsFile(
        apiKey: Secret(bundle.base64EncodedString()),
        validUntil: expiry.map { ExpiresAt(epochSeconds: UInt64($0)) }))
  }
}

extension CredentialProvider {
  /// The name of a key that ``SecretDocument/test(_:validFor:endpoint:)`` has made.
  var name: String { apiKey.reveal() }
}

/// Waits for what other tasks are about to do; a test's time limit ends it where they do not.
func until(_ condition: () async -> Bool) async {
  while await !condition() { await Task.yield() }
}
