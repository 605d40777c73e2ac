import FoundationEssentials
import GRPCCall
import MomentoAuth
import MomentoAuthMessages
import Testing

@testable import GRPCTransport
@testable import MomentoAuthService

@Suite("the service's page, without a browser") struct ConsoleTests {
  private let service: AuthService
  private let console: Console

  init() throws {
    var configuration = AuthServiceConfiguration()
    configuration.endpoint = "cell.example"
    configuration.isSecure = true
    service = try AuthService(configuration: configuration)
    console = Console(service, host: "127.0.0.1")
  }

  @Test(
    "the page and its files are there, with GET and HEAD alone",
    arguments: [
      "/", "/console/style.css", "/console/script.js", "/console/editor.js", "/console/icon.svg",
    ])
  func files(path: String) async {
    let answer = await ask("GET", path)
    #expect(answer.status == 200)
    #expect(!answer.body.isEmpty)
    #expect(await ask("HEAD", path).status == 200)
    let post = await ask("POST", path)
    #expect(post.status == 405)
    #expect(post.fields.contains { $0 == ("allow", "GET, HEAD") })
  }

  @Test("the page has no script or style within, and asks nothing of other hosts")
  func selfContained() async {
    let page = String(decoding: await ask("GET", "/").body, as: UTF8.self)
    #expect(!page.contains("<style") && !page.contains("style="))
    #expect(!page.contains("<script>") && !page.contains("onclick"))
    #expect(!page.contains("//"))
  }

  @Test("every answer forbids other sites to use it, whatever its status")
  func headers() async {
    for (method, path) in [("GET", "/"), ("GET", "/none"), ("POST", "/console/keys")] {
      let fields = await ask(method, path).fields
      let policy = fields.first { $0.name == "content-security-policy" }?.value ?? ""
      #expect(policy.contains("default-src 'none'") && policy.contains("frame-ancestors 'none'"))
      #expect(!policy.contains("unsafe"))
      #expect(fields.contains { $0 == ("x-content-type-options", "nosniff") })
      #expect(fields.contains { $0 == ("cache-control", "no-store") })
    }
  }

  @Test(
    "names of this service and addresses are served, names of others are not",
    arguments: [
      ("localhost:1", true), ("127.0.0.1:8080", true), ("[::1]:8080", true), ("10.0.0.7", true),
      ("control.cell.example", true), ("CELL.example:5", true), ("evil.example", false),
      ("cell.example.evil.example", false), ("127.0.0.1.evil.example", false), ("", false),
      ("1.2.3.4.5", false), ("256.0.0.1", false),
    ])
  func hosts(authority: String, isServed: Bool) async {
    #expect(await ask("GET", "/", authority: authority).status == (isServed ? 200 : 421))
  }

  @Test("a change from elsewhere is refused: by origin, by type, by what the browser says of it")
  func foreignChanges() async {
    let path = "/console/sign-in"
    #expect(await ask("POST", path).status == 200)
    for origin in ["https://evil.example", "null", "https://localhost:2", ""] {
      #expect(await ask("POST", path, origin: origin).status == 403)
    }
    #expect(await ask("POST", path, ["sec-fetch-site": "cross-site"]).status == 403)
    #expect(await ask("GET", "/console/state", ["sec-fetch-site": "same-site"]).status == 403)
    #expect(await ask("POST", path, type: "text/plain").status == 415)
    #expect(await ask("POST", path, type: nil).status == 415)
    #expect(await ask("GET", path).status == 405)
  }

  @Test("without a session nothing is told and nothing can be made")
  func noSession() async throws {
    _ = try service.signIn()
    let state = await ask("GET", "/console/state")
    let json = try JSONDecoder().decode(JSONValue.self, from: Data(state.body))
    guard case .object(let members) = json else { return #expect(Bool(false)) }
    #expect(members["signedIn"] == .bool(false))
    #expect(members["keys"] == .array([]))
    for cookie in ["", "x", "__Host-momento-console=", "momento-console=\(try token())"] {
      let answer = await ask("POST", "/console/keys", ["cookie": cookie], body: Self.wish)
      #expect(answer.status == 401)
    }
  }

  @Test("a session makes keys, which the list shows without their secrets")
  func keys() async throws {
    let cookie = ["cookie": "a=b; __Host-momento-console=\(try token())"]
    let answer = await ask("POST", "/console/keys", cookie, body: Self.wish)
    #expect(answer.status == 200)
    let made = try CredentialsFile(parsing: answer.body)
    #expect(made.endpoint == "cell-4-us-west-2-1.prod.a.momentohq.com")
    #expect(made.refreshToken != nil)
    let check = try AccessCheck(credential: made.apiKey)
    #expect(check.decide(.get(cache: "a b", key: "k")).isAllowed)
    let state = await ask("GET", "/console/state", cookie)
    let text = String(decoding: state.body, as: UTF8.self)
    #expect(text.contains(#""description":"mine""#) && text.contains(#""standing":"valid""#))
    #expect(!text.contains(made.apiKey.reveal()) && !text.contains("eyJ"))
    #expect(!text.contains(try #require(made.refreshToken).reveal()))
  }

  @Test(
    "a wish that cannot be is refused with 400 and words for a person",
    arguments: [
      #"{"expiry":"0d","access":"super-user","permissions":[],"region":"local","description":""}"#,
      #"{"expiry":"1d","access":"permissions","permissions":[],"region":"local","description":""}"#,
      #"{"expiry":"1d","access":"permissions","permissions":["x"],"region":"local","description":""}"#,
      #"{"expiry":"1d","access":"super-user","permissions":[],"region":"mars","description":""}"#,
      "{}", "", "[",
    ])
  func wrongWishes(body: String) async throws {
    let cookie = ["cookie": "__Host-momento-console=\(try token())"]
    let answer = await ask("POST", "/console/keys", cookie, body: body)
    #expect(answer.status == 400)
    let error = try JSONDecoder().decode([String: String].self, from: Data(answer.body))
    #expect(error["error"]?.isEmpty == false)
  }

  @Test("a login that waits is approved or denied once, by a session alone")
  func logins() async throws {
    let wait = try service.waitingLogins.begin(peer: "p", at: 1)
    let body = #"{"code":"\#(wait.login.code)","approve":true}"#
    #expect(await ask("POST", "/console/logins", body: body).status == 401)
    let cookie = ["cookie": "__Host-momento-console=\(try token())"]
    #expect(await ask("POST", "/console/logins", cookie, body: body).status == 200)
    #expect(await ask("POST", "/console/logins", cookie, body: body).status == 404)
    var outcomes: [WaitingLogins.Outcome] = []
    for await outcome in wait.outcome { outcomes.append(outcome) }
    #expect(outcomes == [.approved])
  }

  @Test("so many logins wait and no more, and none once the service stops")
  func loginLimit() throws {
    let logins = WaitingLogins()
    for _ in 0..<WaitingLogins.most { _ = try logins.begin(peer: "p", at: 1) }
    #expect(throws: AuthRefusal.self) { _ = try logins.begin(peer: "p", at: 1) }
    logins.stop()
    #expect(logins.all.isEmpty)
    #expect(throws: AuthRefusal.self) { _ = try logins.begin(peer: "p", at: 1) }
  }

  // MARK: Parts

  private static let wish =
    #"{"expiry":"7d","access":"permissions","permissions":["cache:readonly:a%20b"],"#
    + #""region":"us-west-2","description":"mine"}"#

  private func token() throws -> String { try service.signIn().sessionToken }

  private func ask(
    _ method: String, _ path: String, _ fields: [String: String] = [:],
    authority: String = "localhost:1", origin: String = "https://localhost:1",
    type: String? = "application/json", body: String = "{}"
  ) async -> HTTPServerResponse {
    var metadata = Metadata()
    for (name, value) in fields { metadata.append(unchecked: name, .ascii(value)) }
    if !origin.isEmpty { metadata.append(unchecked: "origin", .ascii(origin)) }
    let head = HTTPRequestHead(
      method: method, target: path, authority: authority, contentType: type, fields: metadata)
    return await console.answer(
      HTTPServerRequest(head, body: Array(body.utf8), peer: "127.0.0.1:9"))
  }
}
