import ArgumentParsing
import CommandConsole
import FoundationEssentials
import MomentoAuth
import MomentoAuthService
import TLSSession

/// `momento-auth demo`
enum DemoCommand {
  static let table = Command(
    "demo",
    abstract: "Show a login, keys, a refresh and a token, against a service in this process.",
    discussion: [
      "It needs no account and no network. The service listens on a free port of the loopback "
        + "address, with TLS; the client verifies its certificate as it would Momento's. Of each "
        + "secret only the first characters are shown."
    ],
    examples: [Example("See everything work", "momento-auth demo")],
    options: [Option("json", .flag, "Print one JSON object a line.")],
    sections: [
      HelpSection(
        "JSON",
        [
          #"{"service":"127.0.0.1:40000","tls":true}"#,
          #"{"step":1,"title":"...","method":"auth.Auth/Login","milliseconds":3.1,"#,
          #" "validUntil":1700000000,"#,
          #" "made":{"sessionToken":{"begins":"...","sha256":"1a2b3c4d"}}}"#,
        ])
    ])

  @Sendable static func run(_ command: ParsedCommand, _ context: CommandContext) async throws {
    var configuration = AuthServiceConfiguration()
    configuration.now = context.epochSeconds
    let service = try EmbeddedAuthService(security: .ownAuthority, configuration: configuration)
    let address = try await service.start()
    let report = DemoReport(context: context, asJSON: command.flag("json"))
    do {
      try report.begin(address)
      let authority = service.certificateAuthority ?? ""
      try await Demonstration(address, authority: authority, report, now: context.now).run()
      try report.end()
    } catch {
      await service.shutdown()
      throw error
    }
    await service.shutdown()
  }
}

/// The calls of the demonstration, one after the other.
private struct Demonstration {
  private let endpoint: Endpoint
  private let configuration: AuthClientConfiguration
  private let report: DemoReport
  private let now: @Sendable () -> Date

  init(
    _ address: EmbeddedAuthService.Address, authority: String, _ report: DemoReport,
    now: @escaping @Sendable () -> Date
  ) {
    endpoint = Endpoint(host: address.host, port: address.port, isSecure: true)
    var configuration = AuthClientConfiguration()
    configuration.tls = TLSClientConfiguration(trustRoots: .pem(authority))
    self.configuration = configuration
    self.report = report
    self.now = now
  }

  func run() async throws {
    let session = try await login()
    let superUser = try await superUserKey(session)
    let dataKey = try await dataKey(superUser)
    try await refresh(dataKey)
    try await disposableToken(superUser)
  }

  private func login() async throws -> SessionToken {
    let endpoints = Endpoints(control: endpoint, cache: endpoint, token: endpoint)
    let (session, duration) = try await timed(.anonymous(endpoints: endpoints)) { client in
      try await LoginCommand.follow(client) { _ in }
    }
    let seconds = Double(session.validFor.components.seconds)
    try report.add(
      DemoStep(
        number: 1, title: "Log in", method: "auth.Auth/Login",
        secrets: [(.sessionToken, session.token)],
        expiresAt: .date(now().addingTimeInterval(seconds)), duration: duration))
    return session
  }

  private func superUserKey(_ session: SessionToken) async throws -> GeneratedAPIKey {
    let credential = try CredentialProvider.fromString(
      session.token.reveal(), overrides: .all(endpoint))
    let (key, duration) = try await timed(credential) { client in
      try await client.generateAPIKey(scope: .superUser, expiresIn: .never)
    }
    try report.add(
      step(
        2, "Make a super-user key with the session token", "auth.Auth/GenerateApiToken", key,
        duration)
    )
    return key
  }

  private func dataKey(_ superUser: GeneratedAPIKey) async throws -> GeneratedAPIKey {
    let credential = try superUser.credentialProvider(overrides: .all(endpoint))
    let (key, duration) = try await timed(credential) { client in
      try await client.generateAPIKey(scope: .allDataReadWrite, expiresIn: .minutes(30))
    }
    try report.add(
      step(
        3, "Make a key for all data with that, for 30 minutes", "auth.Auth/GenerateApiToken", key,
        duration)
    )
    return key
  }

  private func refresh(_ dataKey: GeneratedAPIKey) async throws {
    guard let refreshToken = dataKey.refreshToken else { return }
    let credential = try dataKey.credentialProvider(overrides: .all(endpoint))
    let (key, duration) = try await timed(credential) { client in
      try await client.refreshAPIKey(refreshToken)
    }
    try report.add(
      step(
        4, "Exchange it for a new one with its refresh token", "auth.Auth/RefreshApiToken", key,
        duration))
  }

  private func disposableToken(_ superUser: GeneratedAPIKey) async throws {
    let credential = try superUser.credentialProvider(overrides: .all(endpoint))
    let (token, duration) = try await timed(credential) { client in
      try await client.generateDisposableToken(
        scope: .topicSubscribeOnly("chat", topic: "lobby"), expiresIn: .minutes(5))
    }
    try report.add(
      DemoStep(
        number: 5, title: "Make a disposable token for one topic, for 5 minutes",
        method: "token.Token/GenerateDisposableToken",
        secrets: [(.disposableToken, token.authToken)], expiresAt: token.expiresAt,
        duration: duration))
  }

  private func step(
    _ number: Int, _ title: String, _ method: String, _ key: GeneratedAPIKey, _ duration: Duration
  ) -> DemoStep {
    var secrets = [(name: DemoStep.Name.apiKey, secret: key.apiKey)]
    if let refreshToken = key.refreshToken { secrets.append((.refreshToken, refreshToken)) }
    return DemoStep(
      number: number, title: title, method: method, secrets: secrets, expiresAt: key.expiresAt,
      duration: duration)
  }

  /// One call with a client of its own; the time includes its connection.
  private func timed<Result>(
    _ credential: CredentialProvider, _ body: (AuthClient) async throws -> Result
  ) async throws -> (Result, Duration) {
    let client = try AuthClient(
      credentialProvider: credential, configuration: configuration, now: now)
    let start = ContinuousClock.now
    return try await client.closing { client in
      let result = try await body(client)
      return (result, ContinuousClock.now - start)
    }
  }
}
