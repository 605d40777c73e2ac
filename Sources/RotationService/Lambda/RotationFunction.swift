import AWSSecretStore
package import LambdaRuntime
import Locking
import MomentoAuth
package import MomentoKeyRotation
package import SecretStores

/// A function of AWS Lambda that renews keys: for Secrets Manager by its rotation contract, and when it is
/// called by a schedule or by hand for whichever secrets are due.
///
/// Whatever fails is thrown: an answer counts as success, and Secrets Manager would go on to the next step.
/// No event is logged, because it may hold the token of a rotation.
package final class RotationFunction: Sendable {
  /// What a function is made of.
  package struct Parts: Sendable {
    /// The secrets for events that name none.
    package var secrets: [StoreURL]
    package var open: @Sendable (StoreURL) throws(SecretStoreError) -> any SecretStore
    package var strategy: any RotationStrategy
    /// A directory of this machine, for new keys.
    package var spoolDirectory: String
    package var log: JSONLog
    /// Writes a line to standard output.
    package var print: @Sendable (String) -> Void
    /// Who watches the rotator of a secret.
    package var observers: @Sendable (StoreLocation) -> [any RotationObserver] = { _ in [] }
    package var clock: any RotationClock = SystemClock()

    package init(
      secrets: [StoreURL], strategy: any RotationStrategy, spoolDirectory: String, log: JSONLog,
      print: @escaping @Sendable (String) -> Void,
      open: @escaping @Sendable (StoreURL) throws(SecretStoreError) -> any SecretStore
    ) {
      self.secrets = secrets
      self.strategy = strategy
      self.spoolDirectory = spoolDirectory
      self.log = log
      self.print = print
      self.open = open
    }
  }

  private let parts: Parts
  private let time: InvocationTime
  private let strategy: TimeBoundStrategy
  private let metrics: EmbeddedMetrics
  private let spool: Spool
  private let rotators: RotatorSet
  private let stores = Locked<[String: SecretsManagerStore]>([:])

  /// - Throws: ``MomentoKeyRotation/RotationSetupError`` when the spool directory cannot be used.
  package init(_ parts: Parts) throws(RotationSetupError) {
    self.parts = parts
    let clock = parts.clock
    let milliseconds: @Sendable () -> UInt64 = {
      clock.now().multipliedReportingOverflow(by: 1_000).partialValue
    }
    let time = InvocationTime(now: milliseconds)
    let strategy = TimeBoundStrategy(strategy: parts.strategy, time: time)
    self.time = time
    self.strategy = strategy
    metrics = EmbeddedMetrics(now: milliseconds, print: parts.print)
    // A directory of its own: rotators take what is in theirs for something that they have claimed.
    spool = try Spool(directory: parts.spoolDirectory + "/contract")
    rotators = RotatorSet { url in
      try KeyRotator(
        store: try parts.open(url), strategy: strategy, spoolDirectory: parts.spoolDirectory,
        observers: parts.observers(url.location), clock: clock)
    }
  }

  /// The secrets that the environment names: stores in `MOMENTO_ROTATION_STORES`, with spaces between,
  /// or else names in `MOMENTO_AUTH_TOKEN_SECRET_NAME`, with commas between, or else the usual one.
  ///
  /// - Throws: `misconfigured` for what is no URL.
  package static func secrets(
    in environment: [String: String]
  ) throws(SecretStoreError) -> [StoreURL] {
    var urls: [StoreURL] = []
    for text in environment["MOMENTO_ROTATION_STORES", default: ""].split(separator: " ") {
      urls.append(try StoreURL(parsing: String(text)))
    }
    if !urls.isEmpty { return urls }
    for name in environment["MOMENTO_AUTH_TOKEN_SECRET_NAME", default: ""].split(separator: ",") {
      let name = String(name.drop { $0 == " " }.reversed().drop { $0 == " " }.reversed())
      if !name.isEmpty { urls.append(try secret(name)) }
    }
    return urls.isEmpty ? [try secret("momento/authentication-token")] : urls
  }

  /// A secret of Secrets Manager by its name or ARN.
  private static func secret(_ name: String) throws(SecretStoreError) -> StoreURL {
    let name = name.replacing("%", with: "%25").replacing("?", with: "%3F")
      .replacing("#", with: "%23")
    return try StoreURL(parsing: "aws-secretsmanager:\(name)")
  }

  /// Does what an event asks for.
  package func handle(_ invocation: LambdaInvocation) async throws(LambdaFailure) -> [UInt8] {
    time.begin(invocation)
    do {
      let answer: JSONValue =
        switch try LambdaRequest(parsing: invocation.event) {
        case .step(let event): try await perform(event)
        case .secret(let name, let isForced):
          try await rotate([try Self.secret(name)], isForced)
        case .schedule(let isForced): try await rotate(parts.secrets, isForced)
        }
      return Array(answer.description.utf8)
    } catch {
      let failure = LambdaFailure(rotation: error)
      parts.log.log(
        .error, "failed", ["type": .text(failure.type), "reason": .text(failure.message)])
      throw failure
    }
  }

  // MARK: The contract

  private func perform(_ event: RotationEvent) async throws -> JSONValue {
    if event.step == .createSecret { try time.requireEnough() }
    let keys = ContractKeys(
      strategy: strategy, spool: spool, identity: event.secretID, time: time, clock: parts.clock)
    do {
      let contract = RotationContract(store: try store(event.secretID), keys: keys)
      let outcome = try await contract.perform(event)
      if event.step == .finishSecret { keys.forgetAll() }
      told(event, outcome, keys)
      return .object([
        "step": .string(event.step.rawValue),
        "outcome": .string(outcome == .done ? "done" : "already-done"),
      ])
    } catch {
      metrics.put(
        figures(of: error, in: event.step) + metrics.secondsToExpiry(keys.validUntil),
        secret: event.secretID, stage: event.step.rawValue)
      parts.log.log(
        .error, "the step was not done",
        [
          "step": .text(event.step.rawValue), "secret": .text(event.secretID),
          "token": .text(event.token.text),
        ])
      throw error
    }
  }

  private func told(
    _ event: RotationEvent, _ outcome: RotationContract<ContractKeys>.Outcome,
    _ keys: ContractKeys
  ) {
    var figures = metrics.secondsToExpiry(keys.validUntil)
    if event.step == .finishSecret, outcome == .done { figures.append(.rotated) }
    metrics.put(figures, secret: event.secretID, stage: event.step.rawValue)
    parts.log.log(
      .info, outcome == .done ? "the step is done" : "there was nothing to do",
      [
        "step": .text(event.step.rawValue), "secret": .text(event.secretID),
        "token": .text(event.token.text),
      ])
  }

  private func figures(
    of error: any Error, in step: RotationEvent.Step
  ) -> [EmbeddedMetrics.Figure] {
    switch error {
    case is IssueError: [.failedToRefresh]
    case RotationContractError.keyRefused, RotationContractError.keyInconclusive: [.failedToTest]
    case RotationContractError.noCurrentKey: [.noValidTokens]
    case let error as SecretStoreError where error.kind == .unreadable: [.noValidTokens]
    default: step == .createSecret ? [.failedToRefresh] : []
    }
  }

  private func store(_ name: String) throws -> SecretsManagerStore {
    if let store = stores.withLock({ $0[name] }) { return store }
    let url = try Self.secret(name)
    guard let store = try parts.open(url) as? SecretsManagerStore else {
      throw SecretStoreError(
        .misconfigured, at: url.location, operation: "open", "it is not in Secrets Manager")
    }
    stores.withLock { $0[name] = store }
    return store
  }

  // MARK: Whatever is due

  /// Every secret has its turn, whatever became of the others.
  private func rotate(_ urls: [StoreURL], _ isForced: Bool) async throws -> JSONValue {
    var results: [RotationResult] = []
    var failures: [LambdaFailure] = []
    for url in urls {
      do {
        try time.requireEnough()
        let result = try await rotators.rotate(url, force: isForced)
        told(result, url)
        results.append(result)
      } catch {
        failures.append(LambdaFailure(rotation: error))
      }
    }
    let troubles = failures.map(\.message) + results.compactMap(\.trouble)
    let type =
      switch results.verdict {
      case .done: failures.first?.type
      case .retryLater: failures.first?.type ?? "Rotation.RetryLater"
      case .misconfigured: "Configuration.Store"
      case .refused: "Rotation.Refused"
      }
    if let type {
      throw LambdaFailure(type: type, message: troubles.joined(separator: "; "))
    }
    return results.json
  }

  private func told(_ result: RotationResult, _ url: StoreURL) {
    var figures = metrics.secondsToExpiry(result.report.key?.validUntil)
    if case .rotated = result.report.outcome { figures.append(.rotated) }
    if result.verdict > .done { figures.append(.failedToRefresh) }
    if result.report.alarms.contains(.newKeyRefused) { figures.append(.failedToTest) }
    if result.report.alarms.contains(.expired) { figures.append(.noValidTokens) }
    metrics.put(figures, secret: url.name, stage: "rotateIfDue")
    parts.log.log(
      result.verdict == .done ? .info : .error, "looked after",
      ["secret": .text(result.location.description), "verdict": .text("\(result.verdict)")])
  }
}
