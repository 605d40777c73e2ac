package import GRPCCall
package import GRPCTransport
package import GoogleSecretStore
package import Locking
import ProtobufWire
import TLSSession

/// Secret Manager's rules of etags, aliases, checksums and states, in memory, and the faults that a test
/// asks for.
package final class FakeSecretManager: GRPCService {
  /// What goes wrong with the next call of a method.
  package enum Fault: Sendable {
    /// It is refused, and nothing is done.
    case refused(StatusCode)
    /// It is done, and the answer is lost.
    case answerLost
    /// A byte of the answer is another one.
    case damaged
  }

  package struct Held: Sendable {
    package var secret = GoogleSecret()
    package var versions: [(data: [UInt8], state: SecretVersion.State)] = []
    package var revision = 0
    package var faults: [String: [Fault]] = [:]
    package var calls: [String: Int] = [:]
    package var permissions: Set<String> = [
      "secretmanager.versions.add", "secretmanager.secrets.update",
    ]
    /// The bearer token that is accepted; nil for any call.
    package var token: String?
    package var pageSize = 2
  }

  package static let resource = "projects/p/secrets/s"
  package let held: Locked<Held>

  /// A secret without a version.
  package init() {
    var held = Held()
    held.secret.name = Self.resource
    held.secret.etag = "\"0\""
    held.secret.annotations = ["team": "cache"]
    self.held = Locked(held)
  }

  /// Makes the next calls of a method fail.
  package func fail(_ method: String, _ faults: Fault...) {
    held.withLock { $0.faults[method, default: []] += faults }
  }

  /// How often each method was called.
  package var calls: [String: Int] { held.withLock { $0.calls } }

  /// Adds a version as somebody else would.
  package func add(_ data: [UInt8], _ state: SecretVersion.State = .enabled) {
    held.withLock { $0.versions.append((data, state)) }
  }

  package func register(in router: inout Router) {
    answer(SecretManagerMethods.getSecret, in: &router, names: { $0.name }) { held, request in
      try Self.require(request.name == Self.resource, .notFound)
      return held.secret
    }
    answer(
      SecretManagerMethods.updateSecret, in: &router, names: { $0.secret?.name ?? "" },
      Self.update)
    answer(SecretManagerMethods.addSecretVersion, in: &router, names: { $0.parent }, Self.add)
    answer(
      SecretManagerMethods.accessSecretVersion, in: &router, names: { $0.name }, Self.access)
    answer(SecretManagerMethods.listSecretVersions, in: &router, names: { $0.parent }, Self.list)
    answer(SecretManagerMethods.testPermissions, in: &router, names: { $0.resource }) {
      held, request in
      TestPermissionsResponse(permissions: request.permissions.filter(held.permissions.contains))
    }
  }

  // MARK: The rules

  private static func update(
    _ held: inout Held, _ request: UpdateSecretRequest
  ) throws -> GoogleSecret {
    let new = request.secret ?? GoogleSecret()
    try require(new.name == resource, .notFound)
    let paths = request.updateMask?.paths ?? []
    try require(
      !paths.isEmpty && paths.allSatisfy { ["version_aliases", "annotations"].contains($0) },
      .invalidArgument)
    try require(new.etag.isEmpty || new.etag == held.secret.etag, .failedPrecondition)
    let numbers = held.versions.indices.map { Int64($0 + 1) }
    try require(new.versionAliases.values.allSatisfy(numbers.contains), .invalidArgument)
    if paths.contains("version_aliases") { held.secret.versionAliases = new.versionAliases }
    if paths.contains("annotations") { held.secret.annotations = new.annotations }
    held.revision += 1
    held.secret.etag = "\"\(held.revision)\""
    return held.secret
  }

  private static func add(
    _ held: inout Held, _ request: AddSecretVersionRequest
  ) throws -> SecretVersion {
    try require(request.parent == resource, .notFound)
    let payload = request.payload ?? SecretPayload()
    try require(1...65_536 ~= payload.data.count, .invalidArgument)
    try require(
      payload.dataCRC32C == nil || payload.dataCRC32C == Int64(Crypto.crc32c(payload.data)),
      .invalidArgument)
    held.versions.append((payload.data, .enabled))
    return SecretVersion(name: "\(resource)/versions/\(held.versions.count)", state: .enabled)
  }

  private static func access(
    _ held: inout Held, _ request: AccessSecretVersionRequest
  ) throws -> AccessSecretVersionResponse {
    try require(request.name.hasPrefix(resource + "/versions/"), .notFound)
    let text = String(request.name.dropFirst(resource.count + 10))
    let number =
      text == "latest"
      ? held.versions.count
      : Int(text)
        ?? held.secret.versionAliases[MapKey(text)].map(Int.init) ?? 0
    try require(held.versions.indices.contains(number - 1), .notFound)
    let version = held.versions[number - 1]
    try require(version.state == .enabled, .failedPrecondition)
    return AccessSecretVersionResponse(
      name: "\(resource)/versions/\(number)",
      payload: SecretPayload(
        data: version.data, dataCRC32C: Int64(Crypto.crc32c(version.data))))
  }

  private static func list(
    _ held: inout Held, _ request: ListSecretVersionsRequest
  ) throws -> ListSecretVersionsResponse {
    try require(request.parent == resource, .notFound)
    try require(["", "state:ENABLED"].contains(request.filter), .invalidArgument)
    let all = held.versions.enumerated().reversed()
      .filter { request.filter.isEmpty || $0.element.state == .enabled }
      .map {
        SecretVersion(name: "\(resource)/versions/\($0.offset + 1)", state: $0.element.state)
      }
    let start = Int(request.pageToken) ?? 0
    let end = min(all.count, start + min(held.pageSize, Int(request.pageSize)))
    return ListSecretVersionsResponse(
      versions: Array(all[min(start, end)..<end]),
      nextPageToken: end < all.count ? "\(end)" : "")
  }

  private static func require(_ condition: Bool, _ code: StatusCode) throws {
    guard condition else { throw RPCStatusError(code, "the fake says so") }
  }

  // MARK: Serving

  private func answer<Request, Response>(
    _ method: MethodDescriptor<Request, Response>, in router: inout Router,
    names: @escaping @Sendable (Request) -> String,
    _ body: @escaping @Sendable (inout Held, Request) throws -> Response
  ) where Request: WireMessage, Response: WireMessage {
    router.unary(method) { [held] request, context in
      let response = try held.withLock { held throws -> Response in
        try Self.check(context.metadata, names(request), held.token)
        held.calls[method.method, default: 0] += 1
        let fault = held.faults[method.method].flatMap { $0.isEmpty ? nil : $0[0] }
        if fault != nil { held.faults[method.method]?.removeFirst() }
        if case .refused(let code)? = fault { throw RPCStatusError(code, "as asked for") }
        var response = try body(&held, request)
        if case .answerLost? = fault { throw RPCStatusError(.unavailable, "as asked for") }
        if case .damaged? = fault, var answer = response as? AccessSecretVersionResponse {
          answer.payload?.data[0] ^= 1
          response = (answer as? Response) ?? response
        }
        return response
      }
      return ServerResponse(response)
    }
  }

  /// The service routes by this field, and refuses calls without it or without a token.
  private static func check(_ metadata: Metadata, _ name: String, _ token: String?) throws {
    let routing = metadata.first("x-goog-request-params") ?? ""
    // A slash may stand there as it is, too.
    let decoded = routing.replacing("%2F", with: "/")
    try require(decoded.hasSuffix("=" + name), .invalidArgument)
    guard let token else { return }
    try require(metadata.first("authorization") == "Bearer \(token)", .unauthenticated)
  }
}
