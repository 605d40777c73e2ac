import GRPCCall
import MomentoAuthMessages
import Testing

@testable import MomentoAuth

@Suite("A login")
struct LoginTests {
  private typealias State = LoginResponse.State

  private func run(
    _ states: [LoginResponse.State?]
  ) async throws -> (events: [LoginEvent], error: MomentoError?, calls: [ReceivedCall]) {
    let service = ScriptedService(login: states.map { LoginResponse(state: $0) })
    var events: [LoginEvent] = []
    var failure: MomentoError?
    try await withClient(of: service) { client in
      do throws(MomentoError) {
        for try await event in try client.login() { events.append(event) }
      } catch {
        failure = error
      }
    }
    return (events, failure, await service.calls)
  }

  @Test("tells what to do, then gives a session token, and sends no credential")
  func success() async throws {
    let login = try await run([
      .message(.init(text: "hello\nthere")), .directBrowser(.init(url: "https://login.e.test/x?y")),
      nil, .loggedIn(.init(sessionToken: "SESSION", validForSeconds: 86_400)),
      .message(.init(text: "never seen")),
    ])
    #expect(login.error == nil && login.events.count == 4)
    #expect(login.events[0] == .message("hello there"))
    #expect(login.events[1] == .openBrowser(url: "https://login.e.test/x?y"))
    guard case .message = login.events[2] else { return #expect(Bool(false)) }
    let token = SessionToken(token: Secret("SESSION"), validFor: .seconds(86_400))
    #expect(login.events[3] == .loggedIn(token))
    #expect(!"\(login.events)".contains("SESSION"))
    let metadata = try #require(login.calls.first).metadata
    #expect(metadata.first("authorization") == nil && metadata.first("agent") != nil)
  }

  @Test("that is refused fails for lack of permission, in the service's words")
  func refused() async throws {
    let login = try await run([.message(.init(text: "m")), .error(.init(description: "no"))])
    #expect(login.events == [.message("m")])
    #expect(login.error?.code == .permission)
    #expect(login.error?.message == "Login failed: no")
  }

  @Test("that ends without a result counts as cancelled", arguments: [0, 1])
  func abandoned(_ messages: Int) async throws {
    let login = try await run(Array(repeating: .message(.init(text: "m")), count: messages))
    #expect(login.events.count == messages && login.error?.code == .cancelled)
  }

  @Test(
    "never hands on an address that is not of a web page",
    arguments: [
      "", "file:///etc/passwd", "javascript:alert(1)", "https://a b", "https://a\nb", "-x",
      "https//a", "http:/a",
    ])
  func addresses(_ url: String) async throws {
    let login = try await run([.directBrowser(.init(url: url))])
    #expect(login.events.isEmpty && login.error?.code == .permission)
  }

  @Test("without a token is none")
  func noToken() async throws {
    let login = try await run([.loggedIn(.init(sessionToken: "", validForSeconds: 1))])
    #expect(login.events.isEmpty && login.error?.code == .permission)
  }

  @Test("gives nothing more after it has ended")
  func ended() async throws {
    let service = ScriptedService(login: [LoginResponse(state: .error(.init(description: "no")))])
    try await withClient(of: service) { client in
      var events = try client.login().makeAsyncIterator()
      #expect(await momentoError { _ = try await events.next() } != nil)
      #expect(try await events.next() == nil)
    }
  }

  @Test("needs no credential, only an endpoint")
  func anonymous() throws {
    let credential = try CredentialProvider.anonymous(endpoint: "e.test")
    #expect(credential.endpoints.control.host == "control.e.test" && credential.apiKey.isEmpty)
    #expect(credential.kind == .anonymous)
  }
}
