import HTTPClient
import LocalFiles
import Locking
import MomentoAuth
import MomentoAuthCommands

@testable import AWSSecretStore
@testable import EtcdSecretStore
@testable import GoogleSecretStore
@testable import SecretStores

/// What secret stores answer, and the URLs that name them.
enum StoreTargets {
  /// URLs of stores, services and endpoints, and those that requests go to.
  static func urls(_ input: [UInt8]) {
    let text = String(decoding: input, as: UTF8.self)
    _ = try? Endpoint(parsing: text)
    if let target = RequestTarget(text) {
      require(!target.authority.isEmpty && target.path.hasPrefix("/"), "a host and a path")
      _ = target.isLoopback
    }
    guard let url = try? StoreURL(parsing: text) else { return }
    _ = (url.location.description, try? url.timeout(), try? url.flag("tls"))
    _ = try? EtcdConfiguration(url: url, environment: ["ETCD_PASSWORD": "x"])
    _ = try? GoogleEndpoint(url: url)
    // Those that open connections only when they are asked for something.
    guard ["file", "aws-secretsmanager", "vault", "openbao", "kubernetes"].contains(url.scheme)
    else { return }
    _ = try? StoreOpener(environment: environment, http: Answers([])).open(url)
  }

  private static let environment = [
    "AWS_ACCESS_KEY_ID": "AKIAIOSFODNN7EXAMPLE", "AWS_SECRET_ACCESS_KEY": secret,
    "AWS_REGION": "eu-west-1", "VAULT_TOKEN": secret, "HOME": "/nonexistent",
    "KUBERNETES_SERVICE_HOST": "127.0.0.1", "KUBERNETES_SERVICE_PORT": "1",
  ]

  /// Stands in what a store is told, and must not stand in what it says.
  private static let secret = "q7Zk-synthetic-credential-91xP"

  /// Answers of the stores that speak HTTP: a byte for the store, then an answer behind its length each.
  static func answers(_ input: [UInt8]) {
    var reader = InputReader(input)
    let choice = reader.byte()
    let http = Answers(reader.rest())
    wait { await ask(choice, http) }
  }

  private static func ask(_ choice: UInt8, _ http: Answers) async {
    let opener = StoreOpener(environment: environment, http: http)
    do {
      switch choice % 7 {
      case 0: try await read("aws-secretsmanager:key", opener)
      case 1: try await read("vault:kv/key?address=https://vault.test", opener)
      case 2: try await read("kubernetes:a/b?token-file=/dev/null", opener)
      case 3: _ = try await search(http, instance)
      case 4: _ = try await search(http, container)
      case 5: _ = try await search(http, webIdentity)
      default:
        _ = try await MetadataServer(
          http: http, host: nil, location: StoreLocation(scheme: "gcp", name: "s")
        ).token()
      }
    } catch {
      require(!"\(error)".contains(secret), "no secret in: \(error)")
    }
  }

  /// Reads a store, and claims a rotation of what is there.
  private static func read(_ text: String, _ opener: StoreOpener) async throws {
    let store = try opener.open(try StoreURL(parsing: text))
    let snapshot = try await store.read()
    try await store.proveWritable(after: snapshot)
    guard let current = snapshot.current else { return }
    let intent = RotationIntent(
      operation: OperationID(name: "fuzz"), attempt: 1, owner: OwnerID.random(),
      from: current.version, fromFingerprint: "f", startedAt: 1)
    let claimed = try await store.begin(intent, after: snapshot)
    _ = try await store.stage(current.document, for: intent, after: claimed)
  }

  private static func search(
    _ http: Answers, _ variables: [String: String]
  ) async throws -> AWSCredentials {
    let environment = AWSEnvironment(
      variables: variables, http: http, location: StoreLocation(scheme: "aws", name: "s"),
      now: { 1_764_000_000 },
      readFile: { _ throws(FileText.Failure) in Array("a.b.c".utf8) },
      random: { 0.5 }, patience: .zero)
    return try await CredentialSearch(environment: environment, region: "eu-west-1").find()
  }

  private static let instance = ["HOME": "/nonexistent"]
  private static let container = ["AWS_CONTAINER_CREDENTIALS_RELATIVE_URI": "/role"]
  private static let webIdentity = [
    "AWS_WEB_IDENTITY_TOKEN_FILE": "/token", "AWS_ROLE_ARN": "arn:aws:iam::1:role/r",
  ]

  /// Runs to its end what has nothing to wait for.
  private static func wait(_ body: @escaping @Sendable () async -> Void) {
    let done = ThreadSemaphore(count: 0)
    Task {
      await body()
      done.signal()
    }
    done.wait()
  }
}

/// Answers requests with pieces of an input: a status, whether it comes from where it should, a body.
private final class Answers: HTTPExchange {
  private let reader: Locked<InputReader>

  init(_ input: [UInt8]) { reader = Locked(InputReader(input)) }

  func send(_ request: HTTPRequest) async throws(HTTPFailure) -> HTTPResponse {
    let answer = reader.withLock { reader -> HTTPResponse? in
      guard !reader.isAtEnd else { return nil }
      let status = Self.statuses.chosen(by: reader.byte())
      let count = Int(reader.byte()) << 8 | Int(reader.byte())
      return HTTPResponse(status: status, fields: Self.fields, body: reader.take(count))
    }
    guard let answer else {
      throw HTTPFailure(phase: .transfer, isCertainlyUnsent: false, reason: "nothing came")
    }
    return answer
  }

  private static let fields = [
    HTTPField("Metadata-Flavor", "Google"), HTTPField("Date", "Mon, 24 Nov 2025 16:00:00 GMT"),
    HTTPField("X-Aws-Ec2-Metadata-Token-Ttl-Seconds", "21600"),
  ]
  private static let statuses = [
    200, 200, 200, 204, 400, 401, 403, 404, 409, 412, 422, 429, 500, 503,
  ]
}
