import ArgumentParsing
import CommandConsole
import MomentoAuth

/// `momento-auth login`
enum LoginCommand {
  static let table = Command(
    "login",
    abstract: "Log in, and get a session token, which can make any key.",
    examples: [
      Example("Log in to a service on this machine", "momento-auth login --local 127.0.0.1:8080"),
      Example(
        "Keep the session token in a file that only you can read",
        "momento-auth login --local 127.0.0.1:8080 --output session.json"),
    ],
    options: ServiceOptions.table + [.output, .json],
    sections: [
      HelpSection("JSON", [#"{"sessionToken":"...","validForSeconds":3600}"#])
    ])

  @Sendable static func run(_ command: ParsedCommand, _ context: CommandContext) async throws {
    let options = try ServiceOptions(command, context)
    guard let endpoints = try options.endpoints() else {
      throw command.refusal("Say where to log in, with --local or --endpoint.")
    }
    let output = try IssuedOutput(command)
    let session = try await options.call(.anonymous(endpoints: endpoints), context) { client in
      try await follow(client) { context.note($0) }
    }
    try output.put(IssuedCredential(session, at: context.now()), context)
  }

  /// Follows a login to its end, and passes on what the service has to say.
  static func follow(
    _ client: AuthClient, say: (String) -> Void
  ) async throws -> SessionToken {
    for try await event in try client.login() {
      switch event {
      case .message(let text): say(text)
      case .openBrowser(let url): say("Open this page in a browser to log in:\n  \(url)")
      case .loggedIn(let session): return session
      }
    }
    throw MomentoError(.cancelled, "The login ended without a result.")
  }
}

extension AuthClient {
  /// Does something with the client, then closes it, however it went.
  func closing<Result>(_ body: (AuthClient) async throws -> Result) async throws -> Result {
    do {
      let result = try await body(self)
      await close()
      return result
    } catch {
      await close()
      throw error
    }
  }
}
