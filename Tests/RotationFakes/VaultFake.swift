internal import FoundationEssentials
internal import HTTPServer
internal import Locking
internal import MomentoAuth

/// Vault's KV engine, version 2, and its tokens, as far as a rotation uses them, and strict about it.
///
/// `GET` and `POST /v1/secret/data/PATH` with `options.cas`, `DELETE` of the latest version,
/// `POST …/undelete`, `GET` and `POST …/metadata`, `auth/token/lookup-self` and `renew-self`, logins by
/// AppRole and Kubernetes. `kv1` is an engine of version 1.
package final class VaultFake: Sendable {
  private let world: Locked<World>
  private let server: HTTPServer

  /// Makes a fake with one token that never ends.
  package init(rootToken: String = "root") {
    let world = Locked(World(rootToken: rootToken))
    self.world = world
    server = HTTPServer { request in world.withLock { $0.answer(request) } }
  }

  /// Begins to listen; the address.
  package func start() throws -> String {
    let (host, port) = try server.start()
    return "http://\(host):\(port)"
  }

  /// Ends.
  package func shutdown() async { await server.shutdown() }

  /// Plans faults for `read`, `write`, `login` or `renew`.
  package func inject(_ fault: Fault, at operation: String, times: Int = 1) {
    world.withLock { $0.faults.plan(fault, at: operation, times: times) }
  }

  /// How often each operation was asked for.
  package var counts: [String: Int] { world.withLock { $0.faults.counts } }

  /// Lets all tokens die but the first.
  package func revokeTokens() { world.withLock { $0.tokens = [$0.rootToken: 0] } }

  /// Adds a token that may look at itself and do nothing else.
  package func addPowerlessToken(_ token: String) {
    world.withLock {
      $0.tokens[token] = 0
      $0.powerless.insert(token)
    }
  }

  /// Serves nothing while it is sealed.
  package func seal(_ isSealed: Bool) { world.withLock { $0.isSealed = isSealed } }

  /// How many seconds tokens from logins live; nothing ends by itself.
  package func setLease(_ seconds: Int64) { world.withLock { $0.lease = seconds } }
}

private struct World: Sendable {
  struct Entry: Sendable {
    /// `nil` for a version that is deleted.
    var versions: [[String: JSONValue]] = []
    var deleted: Set<Int> = []
    var isComparisonRequired = false
  }

  let rootToken: String
  var faults = Faults()
  /// With their lease in seconds; 0 for ever.
  var tokens: [String: Int64]
  var powerless: Set<String> = []
  var entries: [String: Entry] = [:]
  var isSealed = false
  var lease: Int64 = 3_600
  private var logins = 0

  init(rootToken: String) {
    self.rootToken = rootToken
    tokens = [rootToken: 0]
  }

  mutating func answer(_ request: IncomingRequest) -> HTTPAnswer {
    let operation = Self.operation(request)
    let fault = faults.next(at: operation)
    if case .refuse(let status)? = fault { return Self.errors(status, "refused on purpose") }
    let answer = isSealed ? Self.errors(503, "Vault is sealed") : route(request)
    return fault == .loseAnswer ? .droppedConnection : answer
  }

  private static func operation(_ request: IncomingRequest) -> String {
    if request.path.hasSuffix("/login") { return "login" }
    if request.path.hasSuffix("/renew-self") { return "renew" }
    if request.path.hasSuffix("/lookup-self") { return "lookup" }
    return request.method == "GET" ? "read" : "write"
  }

  private mutating func route(_ request: IncomingRequest) -> HTTPAnswer {
    guard request.path.hasPrefix("/v1/") else { return Self.errors(404) }
    let path = String(request.path.dropFirst(4))
    if path.hasPrefix("auth/"), path.hasSuffix("/login") { return logIn(path, request) }
    guard let token = request.field("X-Vault-Token"), let lease = tokens[token] else {
      return Self.errors(403, "permission denied")
    }
    switch path {
    case "auth/token/lookup-self":
      return Self.json(
        "data", ["ttl": .integer(lease), "renewable": .bool(lease > 0), "id": .string(token)])
    case "auth/token/renew-self":
      guard lease > 0 else { return Self.errors(400, "lease is not renewable") }
      return auth(token)
    default:
      guard !powerless.contains(token) else { return Self.errors(403, "permission denied") }
      return keyValue(path, request)
    }
  }

  private mutating func logIn(_ path: String, _ request: IncomingRequest) -> HTTPAnswer {
    let body = Self.object(request.body)
    let isRight =
      switch path {
      case "auth/approle/login":
        body == ["role_id": .string("role"), "secret_id": .string("secret")]
      case "auth/kubernetes/login":
        body == ["role": .string("role"), "jwt": .string("jwt")]
      default: false
      }
    guard isRight else { return Self.errors(400, "invalid role or secret ID") }
    logins += 1
    tokens["login-\(logins)"] = lease
    return auth("login-\(logins)")
  }

  private func auth(_ token: String) -> HTTPAnswer {
    Self.json(
      "auth",
      [
        "client_token": .string(token), "lease_duration": .integer(tokens[token] ?? 0),
        "renewable": .bool(true),
      ])
  }

  private mutating func keyValue(_ path: String, _ request: IncomingRequest) -> HTTPAnswer {
    let parts = path.split(separator: "/", maxSplits: 2).map(String.init)
    if parts.first == "kv1" {
      return request.method == "GET"
        ? Self.json("data", ["apiKey": .string("key")]) : HTTPAnswer(204)
    }
    guard parts.count == 3, parts[0] == "secret" else {
      return Self.errors(404, "no handler for route")
    }
    switch (request.method, parts[1]) {
    case ("GET", "data"): return read(parts[2], request.query)
    case ("POST", "data"), ("PUT", "data"): return write(parts[2], request)
    case ("DELETE", "data"):
      guard let last = entries[parts[2]]?.versions.count else { return HTTPAnswer(204) }
      entries[parts[2]]?.deleted.insert(last)
      return HTTPAnswer(204)
    case ("POST", "undelete"), ("PUT", "undelete"):
      entries[parts[2]]?.deleted = []
      return HTTPAnswer(204)
    case ("GET", "metadata"):
      guard let entry = entries[parts[2]] else { return Self.errors(404) }
      return Self.json(
        "data",
        [
          "current_version": .integer(Int64(entry.versions.count)),
          "cas_required": .bool(entry.isComparisonRequired),
        ])
    case ("POST", "metadata"), ("PUT", "metadata"):
      let isRequired = Self.object(request.body)["cas_required"] == .bool(true)
      entries[parts[2], default: Entry()].isComparisonRequired = isRequired
      return HTTPAnswer(204)
    default: return Self.errors(405, "unsupported operation")
    }
  }

  private func read(_ path: String, _ query: String) -> HTTPAnswer {
    guard let entry = entries[path], !entry.versions.isEmpty else { return Self.errors(404) }
    let asked = query.split(separator: "=").last.flatMap { Int($0) } ?? 0
    let version = asked == 0 ? entry.versions.count : asked
    guard 1...entry.versions.count ~= version else { return Self.errors(404) }
    let isDeleted = entry.deleted.contains(version)
    let data: JSONValue = isDeleted ? .null : .object(entry.versions[version - 1])
    return Self.json(
      "data", ["data": data, "metadata": Self.metadata(version, isDeleted: isDeleted)],
      status: isDeleted ? 404 : 200)
  }

  private mutating func write(_ path: String, _ request: IncomingRequest) -> HTTPAnswer {
    let body = Self.object(request.body)
    guard case .object(let data)? = body["data"] else {
      return Self.errors(400, "no data provided")
    }
    var entry = entries[path] ?? Entry()
    if case .object(let options)? = body["options"], let comparison = options["cas"] {
      guard comparison == .integer(Int64(entry.versions.count)) else {
        return Self.errors(400, "check-and-set parameter did not match the current version")
      }
    } else if entry.isComparisonRequired {
      return Self.errors(400, "check-and-set parameter required for this call")
    }
    entry.versions.append(data)
    entries[path] = entry
    guard case .object(let metadata) = Self.metadata(entry.versions.count, isDeleted: false) else {
      return Self.errors(500)
    }
    return Self.json("data", metadata)
  }

  private static func metadata(_ version: Int, isDeleted: Bool) -> JSONValue {
    .object([
      "version": .integer(Int64(version)), "created_time": .string("2026-01-01T00:00:00Z"),
      "deletion_time": .string(isDeleted ? "2026-01-01T00:00:01Z" : ""), "destroyed": .bool(false),
    ])
  }

  private static func object(_ body: [UInt8]) -> [String: JSONValue] {
    (try? JSONDecoder().decode([String: JSONValue].self, from: Data(body))) ?? [:]
  }

  private static func json(
    _ name: String, _ members: [String: JSONValue], status: Int = 200
  ) -> HTTPAnswer {
    HTTPAnswer(status, Array(JSONValue.object([name: .object(members)]).description.utf8))
  }

  private static func errors(_ status: Int, _ texts: String...) -> HTTPAnswer {
    let errors = JSONValue.array(texts.map { .string($0) })
    return HTTPAnswer(status, Array(JSONValue.object(["errors": errors]).description.utf8))
  }
}
