import GRPCTransport
import MomentoAuthMessages

/// The service's page and what its script asks for.
///
/// Whatever page a browser shows beside this one may send requests here. So every answer goes to
/// requests for this service's own names only, which no other site can take on by changing what a name
/// resolves to; changes want this page's own `Origin`; and the session is a cookie that a browser sends
/// with requests of this page alone.
struct Console: HTTPHandler {
  private let api: ConsoleAPI
  private let origin: ConsoleOrigin
  private let cookie: ConsoleCookie

  init(_ service: AuthService, host: String) {
    api = ConsoleAPI(service: service)
    origin = ConsoleOrigin(host: host, endpoint: service.configuration.endpoint)
    cookie = ConsoleCookie(isSecure: service.configuration.isSecure)
  }

  func answer(_ request: HTTPServerRequest) async -> HTTPServerResponse {
    var response = route(request)
    response.fields += ConsoleHeaders.all
    return response
  }

  private func route(_ request: HTTPServerRequest) -> HTTPServerResponse {
    guard origin.isOwn(request) else {
      return HTTPServerResponse(
        421, text: "this service does not go by the name that was asked for\n")
    }
    if let file = ConsoleFiles.file(request.path) {
      return only(["GET", "HEAD"], request) { file.response }
    }
    switch request.path {
    case "/console/state":
      return only(["GET", "HEAD"], request) {
        guard origin.isFromOwnPage(request) else { return Self.foreign }
        return respond { try api.state(claims(request)) }
      }
    case "/console/sign-in": return change(request) { try signIn() }
    case "/console/sign-out": return change(request) { cookie.cleared }
    case "/console/keys":
      return change(request) { try .encoded(try api.generate(request.body, try session(request))) }
    case "/console/logins":
      return change(request) { try .encoded(try api.decide(request.body, try session(request))) }
    default: return HTTPServerResponse(404, text: "there is nothing here; the page is at /\n")
    }
  }

  // MARK: Rules for requests

  private func only(
    _ methods: [String], _ request: HTTPServerRequest, _ answer: () -> HTTPServerResponse
  ) -> HTTPServerResponse {
    guard methods.contains(request.method) else {
      var response = HTTPServerResponse(405, text: "the method is not in use here\n")
      response.fields.append(("allow", methods.joined(separator: ", ")))
      return response
    }
    return answer()
  }

  private func change(
    _ request: HTTPServerRequest, _ answer: () throws -> HTTPServerResponse
  ) -> HTTPServerResponse {
    only(["POST"], request) {
      guard origin.isFromOwnPage(request), origin.hasOwnOrigin(request) else {
        return Self.foreign
      }
      // No form of another site can send this type (Fetch, CORS-safelisted request headers).
      guard let type = request.contentType, type.prefix(while: { $0 != ";" }) == "application/json"
      else { return .failure(415, "send application/json") }
      return respond(answer)
    }
  }

  private func respond(_ answer: () throws -> HTTPServerResponse) -> HTTPServerResponse {
    do {
      return try answer()
    } catch let error as ConsoleRefusal {
      return .failure(error.status, error.message)
    } catch {
      return .failure(500, "the answer cannot be made")
    }
  }

  private static var foreign: HTTPServerResponse {
    .failure(403, "this can be asked for from the service's own page only")
  }

  // MARK: The session

  private func token(_ request: HTTPServerRequest) -> String? { cookie.value(in: request) }

  private func claims(_ request: HTTPServerRequest) -> TokenClaims? {
    token(request).flatMap { api.service.workingClaims($0) }
  }

  private func session(_ request: HTTPServerRequest) throws(ConsoleRefusal) -> String {
    guard let token = token(request), api.service.workingClaims(token) != nil else {
      throw ConsoleRefusal(status: 401, message: "Your session has ended. Log in again.")
    }
    return token
  }

  private func signIn() throws -> HTTPServerResponse {
    let session = try api.signIn()
    return cookie.set(session.sessionToken, seconds: session.validForSeconds)
  }
}

/// Why a request of the page's script is refused.
struct ConsoleRefusal: Error {
  let status: Int
  /// For the person at the page.
  let message: String
}
