package import HTTPServer
import Locking
import MomentoAuth
package import MomentoKeyRotation
package import SecretStores

/// Renews keys when it is called over HTTP, as schedulers do.
///
/// `POST` looks after every secret, or after the one that a notice of Google's Secret Manager speaks of.
/// The status tells a scheduler what to do: 503 and 429 to call again, 500 that calling again is of no use.
package final class RotationHandler: Sendable {
  /// The longest body that is taken.
  package static let mostBodyBytes = 64 * 1_024

  /// In the order in which they have their turns.
  private let secrets: [StoreURL]
  private let rotators: [StoreURL: KeyRotator]
  private let clock: any RotationClock
  private let patience: Duration
  private let turnstile = Turnstile()
  private let isStopping = Locked(false)
  private let saving = Locked<Set<StoreURL>>([])

  /// - Parameter patience: how long a call waits for one that is under way.
  package init(
    _ secrets: [StoreURL], _ rotators: [StoreURL: KeyRotator], patience: Duration = .seconds(5),
    clock: any RotationClock = SystemClock()
  ) {
    self.secrets = secrets
    self.rotators = rotators
    self.patience = patience
    self.clock = clock
  }

  /// Answers a request.
  package func answer(to request: IncomingRequest) async -> HTTPAnswer {
    let isQuestion = request.method == "GET" || request.method == "HEAD"
    switch request.path {
    case "/livez" where isQuestion: return HTTPAnswer(200, text: "ok\n")
    case "/readyz" where isQuestion:
      let isReady = !isStopping.withLock { $0 }
      return HTTPAnswer(isReady ? 200 : 503, text: isReady ? "ok\n" : "it ends\n")
    case "/livez", "/readyz": return Self.notAllowed("GET, HEAD")
    default: break
    }
    guard request.method == "POST" else { return Self.notAllowed("POST") }
    guard let urls = urls(for: request.body) else { return HTTPAnswer(204) }
    guard await turnstile.enter(patience: patience) else {
      return Self.later(429, after: 30, [])
    }
    defer { turnstile.leave() }
    guard !isStopping.withLock({ $0 }) else { return Self.later(503, after: 30, []) }
    return await rotate(urls)
  }

  /// Begins nothing more, and returns when what is under way has come to its end.
  package func stop() async {
    isStopping.withLock { $0 = true }
    while !(await turnstile.enter(patience: .seconds(60))) {}
    turnstile.leave()
    for rotator in rotators.values { await save(rotator) }
  }

  // MARK: Inner

  /// A key that is in memory alone is not left there until somebody calls again.
  private func save(_ rotator: KeyRotator) async {
    while rotator.holdsUnsavedKey {
      await clock.sleep(for: .seconds(2))
      _ = await rotator.rotateIfDue()
    }
  }

  private func saveLater(_ url: StoreURL, _ rotator: KeyRotator) {
    guard rotator.holdsUnsavedKey, saving.withLock({ $0.insert(url).inserted }) else { return }
    Task {
      await save(rotator)
      saving.withLock { _ = $0.remove(url) }
    }
  }

  /// Which secrets a body is about; nil for one of something else.
  private func urls(for body: [UInt8]) -> [StoreURL]? {
    guard let notice = SecretNotice(parsing: body) else { return secrets }
    let concerned = secrets.filter(notice.concerns)
    return notice.asksForRotation && !concerned.isEmpty ? concerned : nil
  }

  /// Every secret has its turn, whatever became of the others.
  private func rotate(_ urls: [StoreURL]) async -> HTTPAnswer {
    var results: [RotationResult] = []
    for url in urls {
      guard let rotator = rotators[url] else { continue }
      results.append(RotationResult(url.location, await rotator.rotateIfDue()))
      saveLater(url, rotator)
    }
    switch results.verdict {
    case .done: return HTTPAnswer(200, Self.body(results))
    case .retryLater: return Self.later(503, after: wait(results), results)
    case .misconfigured, .refused: return HTTPAnswer(500, Self.body(results))
    }
  }

  private func wait(_ results: [RotationResult]) -> UInt64 {
    let now = clock.now()
    let moments = results.compactMap { result -> UInt64? in
      if case .retryLater(let at, _) = result.report.outcome { at } else { nil }
    }
    guard let first = moments.min(), first > now else { return 1 }
    return first - now
  }

  private static func body(_ results: [RotationResult]) -> [UInt8] {
    Array((results.json.description + "\n").utf8)
  }

  private static func later(
    _ status: Int, after seconds: UInt64, _ results: [RotationResult]
  ) -> HTTPAnswer {
    HTTPAnswer(status, body(results), fields: [("Retry-After", "\(seconds)")])
  }

  private static func notAllowed(_ methods: String) -> HTTPAnswer {
    var answer = HTTPAnswer(405, text: "only \(methods)\n")
    answer.fields.append(("Allow", methods))
    return answer
  }
}
