import FoundationEssentials
import GRPCCall
import GRPCTransport
import MomentoAuth
import MomentoAuthMessages

/// What the page's script asks of the service.
struct ConsoleAPI: Sendable {
  let service: AuthService

  // MARK: What there is

  /// What the page shows. Without a session, only that there is none.
  func state(_ session: TokenClaims?) throws -> HTTPServerResponse {
    let (keys, now) = service.issuedKeys()
    var state = ConsoleState(
      signedIn: session != nil, account: service.configuration.account, now: now,
      regions: ConsoleRegion.all(local: service.configuration.endpoint))
    guard let session else { return try .encoded(state) }
    state.sessionEnds = session.exp
    state.keys = keys.keys.reversed().map { [refreshed = keys.refreshed] key in
      ConsoleState.Key(key, isRefreshed: refreshed.contains(key.id), at: now)
    }
    state.logins = service.waitingLogins.all.map {
      ConsoleState.Login(code: $0.code, peer: $0.peer, since: $0.since)
    }
    return try .encoded(state)
  }

  // MARK: What can be done

  func signIn() throws(ConsoleRefusal) -> LoginResponse.LoggedIn {
    do {
      return try service.signIn()
    } catch {
      throw ConsoleRefusal(error)
    }
  }

  /// Makes a key, with the person's own session token.
  func generate(_ body: [UInt8], _ token: String) throws -> GeneratedKey {
    let wish: KeyWish = try decoded(body)
    do {
      let expiry = try ExpiresIn(parsing: wish.expiry)
      let now = Date(timeIntervalSince1970: Double(service.configuration.now()))
      let seconds = try expiry.validForSeconds(at: now)
      let request = GenerateApiTokenRequest(
        expiry: seconds.map { .expires(.init(validForSeconds: $0)) } ?? .never(.init()),
        authToken: token, permissions: Permissions(try wish.scope()),
        tokenDescription: String(wish.description.prefix(IssuedKeys.longestText)))
      let made = try service.generate(request, endpoint: try wish.endpoint())
      return GeneratedKey(
        try GeneratedAPIKey(
          key: made.apiKey, refreshToken: made.refreshToken, endpoint: made.endpoint,
          validUntil: made.validUntil))
    } catch let error as RPCStatusError {
      throw ConsoleRefusal(error)
    } catch let error as MomentoError {
      throw ConsoleRefusal(status: 400, message: "\(error.message) \(error.advice)")
    }
  }

  /// Approves or denies a login that waits.
  func decide(_ body: [UInt8], _ token: String) throws(ConsoleRefusal) -> [String: Bool] {
    let answer: LoginAnswer = try decoded(body)
    guard service.waitingLogins.end(answer.code, answer.approve ? .approved : .denied) else {
      throw ConsoleRefusal(
        status: 404, message: "No login with this code waits; it may have ended.")
    }
    return ["approved": answer.approve]
  }

  private func decoded<Body: Decodable>(_ body: [UInt8]) throws(ConsoleRefusal) -> Body {
    do {
      return try JSONDecoder().decode(Body.self, from: Data(body))
    } catch {
      throw ConsoleRefusal(status: 400, message: "The request is not what this page sends.")
    }
  }
}

extension ConsoleRefusal {
  /// What a call would be refused for.
  init(_ error: RPCStatusError) {
    let status =
      switch error.status.code {
      case .invalidArgument: 400
      case .unauthenticated: 401
      case .permissionDenied: 403
      case .notFound: 404
      case .resourceExhausted: 429
      case .unavailable: 503
      default: 500
      }
    self.init(status: status, message: error.status.message)
  }
}

extension HTTPServerResponse {
  /// An answer of JSON.
  static func encoded(_ value: some Encodable) throws -> HTTPServerResponse {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
    return HTTPServerResponse(
      200, fields: [("content-type", "application/json")],
      body: Array(try encoder.encode(value)))
  }

  /// A refusal of JSON, with words for the person at the page.
  static func failure(_ status: Int, _ message: String) -> HTTPServerResponse {
    HTTPServerResponse(
      status, fields: [("content-type", "application/json")],
      body: Array("{\"error\":\(JSONValue.string(message))}".utf8))
  }
}
