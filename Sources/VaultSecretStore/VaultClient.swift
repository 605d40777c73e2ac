internal import GRPCCall
package import HTTPClient
internal import Locking
package import MomentoAuth
internal import SecretStoreHTTP
package import SecretStores

/// Calls Vault's or OpenBao's HTTP API with a token that it keeps alive.
package final class VaultClient: Sendable {
  private struct Held: Sendable {
    var token: Secret
    /// When it is to be renewed; `nil` for a token that does not end or cannot be renewed.
    var renewal: ContinuousClock.Instant?
  }

  private let address: String
  private let namespace: String?
  private let trust: HTTPRequest.Trust
  private let login: VaultLogin
  private let http: any HTTPExchange
  private let location: StoreLocation
  private let held = Locked<Held?>(nil)

  package init(
    address: String, namespace: String?, trust: HTTPRequest.Trust, login: VaultLogin,
    http: any HTTPExchange, location: StoreLocation
  ) {
    self.address = address
    self.namespace = namespace
    self.trust = trust
    self.login = login
    self.http = http
    self.location = location
  }

  /// Calls, with one login more where the token has died.
  ///
  /// - Returns: the answer, whatever its status but 403.
  package func call(
    _ method: HTTPRequest.Method, _ path: String, _ body: JSONValue? = nil
  ) async throws(SecretStoreError) -> HTTPResponse {
    let token = try await liveToken()
    let answer = try await send(method, path, body, token: token)
    guard answer.status == 403 else { return answer }
    // Whether the token is dead, or this path is not for it: the token's own record says so.
    let record = try await send(.get, "auth/token/lookup-self", nil, token: token)
    guard record.status == 403 else { throw denied(path) }
    held.withLock { $0 = nil }
    if case .token = login { throw unauthenticated() }
    let again = try await send(method, path, body, token: try await liveToken())
    guard again.status != 403 else { throw denied(path) }
    return again
  }

  // MARK: The token

  private func liveToken() async throws(SecretStoreError) -> Secret {
    guard let now = held.withLock({ $0 }) else { return try await logIn() }
    guard let renewal = now.renewal, renewal <= .now else { return now.token }
    let answer = try await send(.post, "auth/token/renew-self", .object([:]), token: now.token)
    if answer.status == 200 { return keep(now.token, answer.members["auth"]) }
    if case .token = login {
      // It is used as long as it lives; the next renewal is not tried at every call.
      held.withLock { $0?.renewal = .now + .seconds(60) }
      return now.token
    }
    return try await logIn()
  }

  private func logIn() async throws(SecretStoreError) -> Secret {
    guard let request = try login.request(at: location) else {
      guard case .token(let token) = login else { throw unauthenticated() }
      let answer = try await send(.get, "auth/token/lookup-self", nil, token: token)
      // A policy may not let it look at itself: then it is used without being renewed.
      return keep(token, answer.status == 200 ? answer.members["data"] : nil)
    }
    let answer = try await send(.post, request.path, request.body, token: nil)
    guard answer.status == 200, let auth = answer.members["auth"],
      let token = auth["client_token"]?.string
    else {
      if answer.status >= 429 { throw VaultFailure.error(answer, "login", location) }
      throw unauthenticated()
    }
    return keep(Secret(token), auth)
  }

  /// Keeps a token, to be renewed when two thirds of its time have passed.
  private func keep(_ token: Secret, _ record: JSONValue?) -> Secret {
    let lease = record?["lease_duration"]?.integer ?? record?["ttl"]?.integer ?? 0
    let isRenewable = record?["renewable"] == .bool(true) && lease > 0
    let renewal = isRenewable ? ContinuousClock.now + .seconds(lease) * 2 / 3 : nil
    held.withLock { $0 = Held(token: token, renewal: renewal) }
    return token
  }

  private func send(
    _ method: HTTPRequest.Method, _ path: String, _ body: JSONValue?, token: Secret?
  ) async throws(SecretStoreError) -> HTTPResponse {
    // Vault refuses requests without the first when it is so configured: a page in a browser cannot
    // set it.
    var fields = [HTTPField("X-Vault-Request", "true")]
    if let token { fields.append(HTTPField("X-Vault-Token", token.reveal())) }
    if let namespace { fields.append(HTTPField("X-Vault-Namespace", namespace)) }
    if body != nil { fields.append(HTTPField("Content-Type", "application/json")) }
    let request = HTTPRequest(
      method, "\(address)/v1/\(path)", fields: fields,
      body: body.map { Array($0.description.utf8) } ?? [], trust: trust)
    do {
      return try await http.send(request)
    } catch {
      throw SecretStoreError(error, at: location, operation: "\(method.rawValue) \(path)")
    }
  }

  private func unauthenticated() -> SecretStoreError {
    SecretStoreError(
      .unauthenticated, at: location, operation: "login", "the token or the login is not accepted",
      advice: "See whether the token has expired, or the role's files are still good.")
  }

  private func denied(_ path: String) -> SecretStoreError {
    SecretStoreError(
      .denied, at: location, operation: path, "the token's policies do not allow it",
      advice: "They must allow 'read', 'create' and 'update' on \(path).", code: "403")
  }
}

/// What the statuses of Vault mean.
enum VaultFailure {
  static func error(
    _ answer: HTTPResponse, _ operation: String, _ location: StoreLocation
  ) -> SecretStoreError {
    let errors: [JSONValue] =
      if case .array(let errors)? = answer.members["errors"] { errors } else { [] }
    let (kind, message) = meaning(answer, errors.compactMap(\.string))
    // A standby that is not let forward requests sends on to the address that the active node gives
    // itself. The token is shown to no address but the one that it was given for.
    let isSentOn = 300...399 ~= answer.status
    return SecretStoreError(
      kind, at: location, operation: operation, message,
      advice: isSentOn
        ? "Give the address of the active node, or of a load balancer that knows it." : "",
      code: "\(answer.status)",
      delivery: answer.delivery)
  }

  private static func meaning(
    _ answer: HTTPResponse, _ errors: [String]
  ) -> (SecretStoreError.Kind, String) {
    switch answer.status {
    case 400 where errors.contains { $0.contains("check-and-set parameter did not match") }:
      (.conflict, "the secret has changed meanwhile")
    case 400: (.misconfigured, "the request is not understood: is this a KV engine of version 2?")
    case 404: (.notFound, "there is no secret at this path, or it is deleted")
    case 405: (.unsupported, "this is no KV engine of version 2")
    case 413: (.tooLarge, "the secret is too large")
    case 429: (.throttled(retryAfter: answer.retryAfter), "the store asks for patience")
    case 301, 302, 307, 308:
      (.unavailable, "the node is a standby that sends on to another, which is not followed")
    case 412: (.unavailable, "the node has not yet seen what was written before")
    case 472, 473: (.unavailable, "the node is a standby")
    case 503: (.unavailable, "the store is sealed or on standby")
    default: (.unavailable, "the store cannot serve now")
    }
  }
}
