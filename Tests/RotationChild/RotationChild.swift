import FoundationEssentials
import Glibc
import LocalFiles
import Locking
import MomentoAuth
import MomentoAuthCommands
import MomentoKeyRotation
import RotationFakes
import SecretStores

/// Rotates the key of a store and kills itself at a point of the rotation, as tests want it:
/// `rotation-child STORE-URL SPOOL PORT POINT [courier | GATE]`. The auth service is on the loopback
/// address. `rotation-child courier PORT [GATE]` is what it starts to ask the service, which waits until
/// there is a file of that name. POINT may also be a number: that of the change of a file after which to
/// die, where the store is a file.
@main struct RotationChild {
  static func main() async throws {
    let arguments = Array(CommandLine.arguments.dropFirst())
    if 2...3 ~= arguments.count, arguments[0] == "courier", let port = Int(arguments[1]) {
      let gate = arguments.dropFirst(2).first
      exit(await Courier.serve(Gated(gate: gate, strategy: strategy(port))) ? 0 : 64)
    }
    guard 4...5 ~= arguments.count, let port = Int(arguments[2]) else {
      print("usage: rotation-child STORE-URL SPOOL PORT POINT [courier | GATE]")
      exit(64)
    }
    let url = try StoreURL(parsing: arguments[0])
    let steps = Int(arguments[3]).map(deadly)
    let rotator = try KeyRotator(
      store: try open(url, steps), strategy: strategy(port), spoolDirectory: arguments[1],
      observers: RotationPoint(rawValue: arguments[3]).map { [Killer(point: $0)] } ?? [],
      courier: arguments.count == 5 ? courier(port, arguments[4]) : nil,
      clock: SystemClock(), fileSteps: steps)
    print(await rotator.rotateIfDue().outcome)
  }

  /// Ends the process after so many changes of files.
  private static func deadly(after number: Int) -> FileSteps {
    let left = Locked(number)
    return { _, _ in
      let isNow = left.withLock { left in
        left -= 1
        return left == 0
      }
      if isNow { kill(getpid(), SIGKILL) }
    }
  }

  private static func open(_ url: StoreURL, _ steps: FileSteps?) throws -> any SecretStore {
    if let steps { return CellSecretStore(FileCell(path: url.name, steps: steps)) }
    return try StoreOpener(
      environment: ProcessInfo.processInfo.environment, http: try PatientClient()
    ).open(url)
  }

  private static func courier(_ port: Int, _ gate: String) -> Courier {
    Courier(arguments: ["courier", "\(port)"] + (gate == "courier" ? [] : [gate]))
  }

  private static func strategy(_ port: Int) -> RefreshStrategy {
    var configuration = AuthClientConfiguration()
    configuration.deadline = .seconds(300)
    return RefreshStrategy(
      configuration: configuration,
      overrides: .all(Endpoint(host: "127.0.0.1", port: port, isSecure: false)))
  }
}

/// Ends the process without a chance to clean up.
private struct Killer: RotationObserver {
  let point: RotationPoint

  func reached(_ point: RotationPoint) {
    if point == self.point { kill(getpid(), SIGKILL) }
  }
}

/// Asks the service once it may.
private struct Gated: RotationStrategy {
  let gate: String?
  let strategy: RefreshStrategy

  var name: String { strategy.name }

  func issue(
    _ document: SecretDocument, operation: OperationID, deadline: Duration
  ) async throws(IssueError) -> IssuedKey {
    // Not for ever: whoever was to open it may be gone.
    var rest = gate == nil ? 0 : 30_000
    while rest > 0, let gate, unsafe access(gate, F_OK) != 0 {
      usleep(10_000)
      rest -= 1
    }
    return try await strategy.issue(document, operation: operation, deadline: deadline)
  }

  func probe(_ document: SecretDocument, deadline: Duration) async -> ProbeVerdict {
    await strategy.probe(document, deadline: deadline)
  }
}
