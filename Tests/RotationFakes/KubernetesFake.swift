internal import FoundationEssentials
internal import HTTPServer
internal import Locking
internal import MomentoAuth

/// The Secrets and Leases of a Kubernetes API server, as far as a rotation uses them: `GET`, `POST` and
/// `PUT`, with `resourceVersion`, immutable Secrets, the rules for the times of a Lease, and a check of
/// the bearer token.
package final class KubernetesFake: Sendable {
  private let world = Locked(Cluster())
  private let server: HTTPServer

  package init() {
    server = HTTPServer { [world] request in world.withLock { $0.answer(request) } }
  }

  /// Begins to listen; the address.
  package func start() throws -> String {
    let (host, port) = try server.start()
    return "http://\(host):\(port)"
  }

  /// Ends.
  package func shutdown() async { await server.shutdown() }

  /// Plans faults for `read` or `write`.
  package func inject(_ fault: Fault, at operation: String, times: Int = 1) {
    world.withLock { $0.faults.plan(fault, at: operation, times: times) }
  }

  /// The token that is accepted from now on.
  package func accept(token: String) { world.withLock { $0.token = token } }
}

private struct Cluster: Sendable {
  var faults = Faults()
  var token = "token"
  private var secrets: [String: [String: JSONValue]] = [:]
  private var revision: Int64 = 100

  mutating func answer(_ request: IncomingRequest) -> HTTPAnswer {
    let fault = faults.next(at: request.method == "GET" ? "read" : "write")
    if case .refuse(let status)? = fault { return Self.status(status, "Refused") }
    let answer = route(request)
    return fault == .loseAnswer ? .droppedConnection : answer
  }

  private mutating func route(_ request: IncomingRequest) -> HTTPAnswer {
    guard request.field("Authorization") == "Bearer \(token)" else {
      return Self.status(401, "Unauthorized")
    }
    let parts = request.path.split(separator: "/").map(String.init)
    let isLease = request.path.hasPrefix("/apis/coordination.k8s.io/v1/namespaces/")
    // What comes after the group and the version: namespaces, a name, and the kind of object.
    let rest = Array(parts.dropFirst(isLease ? 3 : 2))
    guard isLease || parts.prefix(2) == ["api", "v1"], rest.count >= 3, rest[0] == "namespaces",
      rest[2] == (isLease ? "leases" : "secrets")
    else { return Self.status(404, "NotFound") }
    let object =
      (try? JSONDecoder().decode([String: JSONValue].self, from: Data(request.body))) ?? [:]
    guard case .object(let metadata)? = object["metadata"] ?? .object([:]) else {
      return Self.status(400, "BadRequest")
    }
    let name = rest.count > 3 ? rest[3] : metadata["name"]?.string ?? ""
    let path = "\(rest[2])/\(rest[1])/\(name)"
    if isLease, request.method != "GET", !Self.isLease(object["spec"]) {
      return Self.status(422, "Invalid")
    }
    switch (request.method, rest.count) {
    case ("GET", 4):
      guard let found = secrets[path] else { return Self.status(404, "NotFound") }
      return Self.json(200, found)
    case ("POST", 3):
      guard secrets[path] == nil else { return Self.status(409, "AlreadyExists") }
      return store(object, metadata, path, 201)
    case ("PUT", 4): return replace(object, metadata, path)
    default: return Self.status(405, "MethodNotAllowed")
    }
  }

  private mutating func replace(
    _ object: [String: JSONValue], _ metadata: [String: JSONValue], _ path: String
  ) -> HTTPAnswer {
    guard let found = secrets[path], case .object(let now)? = found["metadata"] else {
      return Self.status(404, "NotFound")
    }
    if let version = metadata["resourceVersion"], version != now["resourceVersion"] {
      return Self.status(409, "Conflict")
    }
    guard found["immutable"] != .bool(true) else { return Self.status(422, "Invalid") }
    return store(object, metadata, path, 200)
  }

  private mutating func store(
    _ object: [String: JSONValue], _ metadata: [String: JSONValue], _ path: String, _ status: Int
  ) -> HTTPAnswer {
    revision += 1
    var (object, metadata) = (object, metadata)
    metadata["resourceVersion"] = .string("\(revision)")
    object["metadata"] = .object(metadata)
    secrets[path] = object
    return Self.json(status, object)
  }

  /// What a server takes for the `spec` of a Lease: whole seconds above 0, and MicroTime, which is
  /// RFC 3339 with six digits.
  private static func isLease(_ spec: JSONValue?) -> Bool {
    guard case .object(let spec)? = spec else { return false }
    for name in ["acquireTime", "renewTime"] {
      guard let time = spec[name], time != .null else { continue }
      guard let text = time.string,
        text.wholeMatch(of: #/\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{6}(Z|[+-]\d\d:\d\d)/#) != nil
      else { return false }
    }
    if case .integer(let life)? = spec["leaseDurationSeconds"], life <= 0 { return false }
    if case .integer(let count)? = spec["leaseTransitions"], count < 0 { return false }
    return true
  }

  private static func json(_ status: Int, _ object: [String: JSONValue]) -> HTTPAnswer {
    HTTPAnswer(status, Array(JSONValue.object(object).description.utf8))
  }

  private static func status(_ code: Int, _ reason: String) -> HTTPAnswer {
    json(
      code,
      [
        "kind": .string("Status"), "apiVersion": .string("v1"), "status": .string("Failure"),
        "reason": .string(reason), "code": .integer(Int64(code)),
      ])
  }
}
