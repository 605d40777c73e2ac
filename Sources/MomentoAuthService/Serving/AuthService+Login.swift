import GRPCCall
import GRPCTransport
import MomentoAuthMessages

extension AuthService {
  /// Answers Login: at once, or when a person has approved it on the page.
  func login(_ writer: ResponseWriter<LoginResponse>, _ context: ServerContext) async throws {
    switch configuration.loginApproval {
    case .immediate: try await approveAtOnce(writer, context)
    case .browser: try await waitForApproval(writer, context)
    }
  }

  private func approveAtOnce(
    _ writer: ResponseWriter<LoginResponse>, _ context: ServerContext
  ) async throws {
    let loggedIn = try signIn()
    try await writer.send(LoginResponse(state: .message(.init(text: configuration.loginMessage))))
    if configuration.loginDelay > .zero { try await Task.sleep(for: configuration.loginDelay) }
    try await finish(writer, loggedIn, context)
  }

  private func waitForApproval(
    _ writer: ResponseWriter<LoginResponse>, _ context: ServerContext
  ) async throws {
    let wait = try begin(context)
    let login = wait.login
    let clock = Task { [waitingLogins, timeout = configuration.loginTimeout] in
      try await Task.sleep(for: timeout)
      waitingLogins.end(login.code, .timedOut)
    }
    defer {
      clock.cancel()
      waitingLogins.end(login.code, .stopped)
    }
    try await writer.send(
      LoginResponse(
        state: .directBrowser(.init(url: "\(origin(context))/#login=\(login.code)"))))
    try await writer.send(
      LoginResponse(
        state: .message(.init(text: "Approve the login \(login.code) on that page."))))
    for await outcome in wait.outcome { return try await finish(writer, outcome, context) }
    throw CancellationError()
  }

  private func begin(_ context: ServerContext) throws(RPCStatusError) -> WaitingLogins.Wait {
    do {
      return try waitingLogins.begin(peer: context.peer, at: configuration.now())
    } catch {
      throw error.status
    }
  }

  private func finish(
    _ writer: ResponseWriter<LoginResponse>, _ outcome: WaitingLogins.Outcome,
    _ context: ServerContext
  ) async throws {
    switch outcome {
    case .approved: try await finish(writer, try signIn(), context)
    case .denied: try await fail(writer, "The login was denied.")
    case .timedOut: try await fail(writer, "Nobody approved the login in time.")
    case .stopped: throw AuthRefusal.stopping.status
    }
  }

  private func finish(
    _ writer: ResponseWriter<LoginResponse>, _ loggedIn: LoginResponse.LoggedIn,
    _ context: ServerContext
  ) async throws {
    if let attributes = context.attributes {
      attributes["issued"] = claims(of: loggedIn.sessionToken)?.jti
    }
    try await writer.send(LoginResponse(state: .loggedIn(loggedIn)))
  }

  private func fail(_ writer: ResponseWriter<LoginResponse>, _ words: String) async throws {
    try await writer.send(LoginResponse(state: .error(.init(description: words))))
  }

  /// Where the page is for this client, by the name by which it came; without one that can stand in a
  /// URL, by the name of this machine.
  private func origin(_ context: ServerContext) -> String {
    let name = context.authority
    let isPlain = !name.isEmpty && name.utf8.allSatisfy(Self.mayStandInAuthority)
    return "\(configuration.isSecure ? "https" : "http")://\(isPlain ? name : "localhost")"
  }

  private static func mayStandInAuthority(_ byte: UInt8) -> Bool {
    switch byte {
    case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
      UInt8(ascii: "0")...UInt8(ascii: "9"):
      true
    default: "-.:[]".utf8.contains(byte)
    }
  }
}
