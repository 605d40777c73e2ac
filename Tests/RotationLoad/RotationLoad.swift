import GRPCTransport
import Glibc
import MomentoAuth
import MomentoAuthService
import MomentoKeyRotation
import SecretStores

/// Rotates a key again and again while a client makes calls with it, and says how many of them failed:
/// `rotation-load DIRECTORY ROTATIONS LIFETIME RATE`. The lifetime of a key is in seconds, the rate in
/// calls a second. Service, rotator and client are real, and so is the time: each key but the last has
/// expired in the end. They meet in the loopback interface and in a file alone.
@main struct RotationLoad {
  static func main() async throws {
    let arguments = CommandLine.arguments.dropFirst()
    let numbers = arguments.dropFirst().compactMap { Int($0) }.filter { $0 > 0 }
    guard let directory = arguments.first, arguments.count == 4, numbers.count == 3 else {
      print("usage: rotation-load DIRECTORY ROTATIONS LIFETIME RATE")
      exit(64)
    }
    let service = try EmbeddedAuthService()
    let address = try await service.start()
    let endpoint = try Endpoint(parsing: "http://\(address)")
    let local = EndpointOverrides.all(endpoint)
    let store = CellSecretStore(FileCell(path: directory + "/key.json"))
    let key = try await firstKey(endpoint, lifetime: numbers[1])
    _ = try await store.replace(with: key, after: nil)

    let provider = try await RotatingCredentialProvider(store: store, overrides: local)
    let client = try AuthClient(credentialSource: provider, configuration: configuration())
    let load = PacedLoad(client, callsPerSecond: numbers[2])
    let counter = RotationCounter(goal: numbers[0])
    let rotator = try KeyRotator(
      store: store, strategy: RefreshStrategy(overrides: local),
      spoolDirectory: directory + "/spool", policy: policy(), observers: [counter])

    let calls = Task { await load.run() }
    await rotator.run(until: counter.stop)
    // The key before the last expires, too, while the calls go on; the last one lives for longer.
    try await Task.sleep(for: .seconds(numbers[1]) / 2)
    load.stop()
    await calls.value
    print(load.report(rotations: counter.rotations, troubles: counter.troubles))
    await provider.shutdown()
    await client.close()
    await service.shutdown()
  }

  private static func configuration() -> AuthClientConfiguration {
    var configuration = AuthClientConfiguration()
    configuration.channel.connectionCount = 4
    configuration.channel.eventLoops = EventLoopGroup(count: 2, busyPolling: false)
    // A call that fails is to be seen.
    configuration.retryPolicy = nil
    return configuration
  }

  private static func policy() -> RotationPolicy {
    var policy = RotationPolicy()
    policy.checkInterval = .milliseconds(500)
    return policy
  }

  private static func firstKey(
    _ endpoint: Endpoint, lifetime: Int
  ) async throws -> SecretDocument {
    let visitor = try AuthClient(
      credentialProvider: .anonymous(
        endpoints: Endpoints(control: endpoint, cache: endpoint, token: endpoint)))
    for try await case .loggedIn(let session) in try visitor.login() {
      let owner = try AuthClient(
        credentialProvider: .fromString(session.token.reveal(), overrides: .all(endpoint)))
      let key = try await owner.generateAPIKey(
        scope: .superUser, expiresIn: .seconds(lifetime))
      await owner.close()
      await visitor.close()
      return SecretDocument(credentials: key.credentialsFile)
    }
    throw SetupError()
  }

  private struct SetupError: Error {}
}
