import ArgumentParsing
import CommandConsole
import FoundationEssentials
import LocalFiles
import MomentoAuth
import MomentoAuthService

/// `momento-auth serve`
enum ServeCommand {
  static let table = Command(
    "serve",
    abstract: "Run an auth service and a cache on this machine, in place of Momento's.",
    discussion: [
      "It follows Momento's rules: who may make which key, what a request must be like, when keys "
        + "expire. Every login is approved at once, or with --login browser on the service's page. "
        + "Without --state its keys are good for this process only: they end with it.",
      "With --tls it has a page for browsers, at https://HOST:PORT/, where keys are made as on "
        + "Momento's console. Who can reach the page can log in.",
      "What a key or a token may do can be proved on the spot, with any of Momento's SDKs: caches, "
        + "items (get, set, delete) and topics are answered as Momento does.",
      "The first line on standard output is 'listening on HOST:PORT'; from then on it takes calls. "
        + "It ends on SIGINT or SIGTERM, after the calls that run.",
    ],
    examples: [
      Example("On the port where Momento local is expected", "momento-auth serve"),
      Example(
        "On any free port, with TLS; clients trust what is in ca.pem",
        "momento-auth serve --listen 127.0.0.1:0 --write-ca ca.pem"),
      Example(
        "As a server whose keys and caches last, with a log of its calls",
        "momento-auth serve --write-ca ca.pem --state auth.json --log calls.log"),
    ],
    options: [
      Option(
        "listen", .value(.init("host:port", fallback: "127.0.0.1:8080")),
        "The numeric address and the port; port 0 is any free one."),
      Option(
        "port", .value(.init("port")), "The port alone, on 127.0.0.1; 0 is any free one."),
      Option(
        "state", .value(.init("file")),
        "Keep signing keys, the list of keys, used refresh tokens and the authority of --tls in this "
          + "file, and caches beside it in FILE.caches, so that they outlive the process."),
      Option(
        "log", .value(.init("file")),
        "Write a line of JSON for each call to the end of this file; with - to standard output."),
      Option(
        "login",
        .value(
          .init(
            "who", choices: AuthServiceConfiguration.LoginApproval.words,
            fallback: "immediate")),
        "Approve logins at once, or have a person do it on the page."),
      Option("tls", .flag, "Use TLS; without --tls-cert, with an authority of its own."),
      Option(
        "write-ca", aliases: ["ca-file"], .value(.init("file")),
        "Use TLS, and write the certificate of the service's own authority to this file, in PEM."),
      Option(
        "tls-cert", aliases: ["certificate"], .value(.init("file")),
        "Use TLS with this certificate chain, in PEM."),
      Option(
        "tls-key", aliases: ["private-key"], .value(.init("file")),
        "The certificate's private key, in PEM."),
      Option(
        "endpoint", .value(.init("host", fallback: "localhost")),
        "The base endpoint that stands in the keys."),
      Option(
        "login-delay", .value(.init("time")), "How long a login takes, such as 5s; 0 if not given."),
      Option(
        "refresh-tokens",
        .value(.init("rule", choices: ["reusable", "single-use"], fallback: "reusable")),
        "Whether a refresh token is good until its key expires, or once only."),
      Option(
        "session-lifetime", .value(.init("time", fallback: "1h")), "How long session tokens work."),
      Option(
        "operations-per-second", .value(.init("number")),
        "Refuse more auth calls a second than this, as Momento does beyond 5."),
    ] + ServeLimits.options,
    sections: [
      HelpSection(
        "Clients",
        [
          "momento-auth login --local HOST:PORT [--tls --ca-file ca.pem]",
          "Other clients override all endpoints of their credential with HOST:PORT.",
        ])
    ])

  @Sendable static func run(_ command: ParsedCommand, _ context: CommandContext) async throws {
    let address = try address(command)
    let security = try security(command)
    var configuration = try configuration(command, context)
    let log = try command.value("log").map { try ServedCallLog(path: $0, context) }
    if let log { configuration.callEnded = { log.write($0) } }
    do {
      try await serve(address, security, configuration, command, context)
    } catch {
      await log?.close()
      throw error
    }
    await log?.close()
  }

  private static func serve(
    _ address: ListenAddress, _ security: EmbeddedAuthService.Security,
    _ configuration: AuthServiceConfiguration, _ command: ParsedCommand, _ context: CommandContext
  ) async throws {
    let service = try EmbeddedAuthService(
      host: address.host, port: address.port, security: security, configuration: configuration)
    do {
      try publishAuthority(service, command, context)
      let bound = try await service.start()
      try context.print("listening on \(bound)")
      advise(bound, command, context)
      await context.untilTerminated()
      context.note("Stopping.")
    } catch {
      await service.shutdown()
      throw error
    }
    await service.shutdown()
  }

  // MARK: Options

  private static func address(_ command: ParsedCommand) throws -> ListenAddress {
    let text = command.value("port").map { "127.0.0.1:\($0)" } ?? command.value("listen") ?? ""
    guard let address = ListenAddress(parsing: text) else {
      throw command.refusal(
        command.value("port") == nil
          ? "--listen takes a numeric address and a port, such as 127.0.0.1:8080."
          : "--port takes a number from 0 to 65535.")
    }
    return address
  }

  private static func security(_ command: ParsedCommand) throws -> EmbeddedAuthService.Security {
    let authorityFile = command.value("write-ca")
    switch (command.value("tls-cert"), command.value("tls-key")) {
    case (nil, nil):
      return isSecure(command) ? .ownAuthority : .plaintext
    case (let certificate?, let privateKey?):
      guard authorityFile == nil else {
        throw command.refusal("--write-ca is for a service without a certificate of its own.")
      }
      return .certificate(chain: try pem(certificate), privateKey: try pem(privateKey))
    default: throw command.refusal("--tls-cert and --tls-key go together.")
    }
  }

  /// To name a file of TLS is to want TLS.
  private static func isSecure(_ command: ParsedCommand) -> Bool {
    command.flag("tls") || command.value("write-ca") != nil || command.value("tls-cert") != nil
  }

  private static func pem(_ path: String) throws -> String {
    String(decoding: try FileText.read(path: path, limit: 1 << 20), as: UTF8.self)
  }

  private static func configuration(
    _ command: ParsedCommand, _ context: CommandContext
  ) throws -> AuthServiceConfiguration {
    var configuration = AuthServiceConfiguration()
    configuration.endpoint = try Endpoint(parsing: command.value("endpoint") ?? "").host
    configuration.refreshTokens =
      command.value("refresh-tokens") == "single-use" ? .singleUse : .reusable
    let lifetime = try ExpiresIn(parsing: command.value("session-lifetime") ?? "")
    guard let seconds = try lifetime.validForSeconds(at: context.now()) else {
      throw command.refusal("A session always ends: --session-lifetime takes no 'never'.")
    }
    configuration.sessionLifetime = seconds
    if let text = command.value("login-delay") {
      let delay = try ExpiresIn(parsing: text).validForSeconds(at: context.now())
      configuration.loginDelay = .seconds(Int64(delay ?? 0))
    }
    if let text = command.value("operations-per-second") {
      guard let number = Int(text), number > 0 else {
        throw command.refusal("--operations-per-second takes a number greater than 0.")
      }
      configuration.operationsPerSecond = number
    }
    if let word = command.value("login"),
      let approval = AuthServiceConfiguration.LoginApproval(rawValue: word)
    {
      configuration.loginApproval = approval
    }
    configuration.stateFile = command.value("state")
    configuration.stateFailed = { context.note("Warning: \($0)") }
    try ServeLimits.apply(command, context, to: &configuration)
    configuration.nowInMilliseconds = context.epochMilliseconds
    return configuration
  }

  // MARK: What it says

  /// Before the service listens, so that whoever waits for that finds the file.
  private static func publishAuthority(
    _ service: EmbeddedAuthService, _ command: ParsedCommand, _ context: CommandContext
  ) throws {
    guard let authority = service.certificateAuthority else { return }
    if let path = command.value("write-ca") {
      try AtomicFile(path: path, mode: 0o644).commit(Array(authority.utf8))
    } else {
      context.note("Clients must trust this authority (--write-ca writes it to a file):")
      context.note(authority)
    }
  }

  private static func advise(
    _ address: EmbeddedAuthService.Address, _ command: ParsedCommand, _ context: CommandContext
  ) {
    let isSecure = isSecure(command)
    if !ServiceOptions.isLoopback(address.host) {
      context.note(
        "Warning: other machines can reach this service, and whoever does can log in"
          + (isSecure ? "." : "; nothing is encrypted."))
    }
    var line = "momento-auth login --local \(address)"
    if isSecure { line += " --tls --ca-file \(command.value("write-ca") ?? "FILE")" }
    if isSecure { context.note("Open the page at: https://\(address)/") }
    context.note("Log in with: \(line)\nStop with Ctrl-C.")
  }
}

extension AuthServiceConfiguration.LoginApproval {
  fileprivate static var words: [String] { allCases.map(\.rawValue) }
}

extension CommandContext {
  /// The time in whole seconds since 1970.
  var epochSeconds: @Sendable () -> UInt64 {
    { [epochMilliseconds] in epochMilliseconds() / 1_000 }
  }

  /// The time in whole milliseconds since 1970.
  var epochMilliseconds: @Sendable () -> UInt64 {
    { [now] in UInt64(exactly: max(0, now().timeIntervalSince1970 * 1_000).rounded(.down)) ?? 0 }
  }
}
