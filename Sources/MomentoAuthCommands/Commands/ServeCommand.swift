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
        + "expire. Every login is approved at once. Its keys are good for this process only: they "
        + "end with it.",
      "What a key or a token may do can be proved on the spot, with any of Momento's SDKs: caches, "
        + "items (get, set, delete) and topics are answered as Momento does. They are in memory.",
      "The first line on standard output is 'listening on HOST:PORT'; from then on it takes calls. "
        + "It ends on SIGINT or SIGTERM, after the calls that run.",
    ],
    examples: [
      Example("On the port where Momento local is expected", "momento-auth serve"),
      Example(
        "On any free port, with TLS; clients trust what is in ca.pem",
        "momento-auth serve --listen 127.0.0.1:0 --tls --ca-file ca.pem"),
    ],
    options: [
      Option(
        "listen", .value(.init("host:port", fallback: "127.0.0.1:8080")),
        "The numeric address and the port; port 0 is any free one."),
      Option("tls", .flag, "Use TLS; without --certificate, with an authority made in memory."),
      Option(
        "ca-file", .value(.init("file")), "Write that authority's certificate to this file, in PEM."
      ),
      Option("certificate", .value(.init("file")), "The server's certificate chain, in PEM."),
      Option("private-key", .value(.init("file")), "The certificate's private key, in PEM."),
      Option(
        "endpoint", .value(.init("host", fallback: "localhost")),
        "The base endpoint that stands in the keys."),
      Option(
        "login-delay", .value(.init("time")), "How long a login takes, such as 5s; 0 if not given."),
      Option("single-use-refresh-tokens", .flag, "Take each refresh token once only."),
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
    let text = command.value("listen") ?? ""
    guard let address = ListenAddress(parsing: text) else {
      throw command.refusal("--listen takes a numeric address and a port, such as 127.0.0.1:8080.")
    }
    let security = try security(command)
    let configuration = try configuration(command, context)
    let service = try EmbeddedAuthService(
      host: address.host, port: address.port, security: security, configuration: configuration)
    try publishAuthority(service, command, context)
    let bound = try await service.start()
    do {
      try context.print("listening on \(bound)")
    } catch {
      await service.shutdown()
      throw error
    }
    advise(bound, command, context)
    await context.untilTerminated()
    context.note("Stopping.")
    await service.shutdown()
  }

  // MARK: Options

  private static func security(_ command: ParsedCommand) throws -> EmbeddedAuthService.Security {
    let certificate = command.value("certificate")
    let privateKey = command.value("private-key")
    guard command.flag("tls") else {
      guard certificate == nil, privateKey == nil, command.value("ca-file") == nil else {
        throw command.refusal("--certificate, --private-key and --ca-file need --tls.")
      }
      return .plaintext
    }
    switch (certificate, privateKey) {
    case (nil, nil): return .ownAuthority
    case (let certificate?, let privateKey?):
      guard command.value("ca-file") == nil else {
        throw command.refusal("--ca-file is for a service without a certificate of its own.")
      }
      return .certificate(chain: try pem(certificate), privateKey: try pem(privateKey))
    default: throw command.refusal("--certificate and --private-key go together.")
    }
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
      command.flag("single-use-refresh-tokens") ? .singleUse : .reusable
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
    if let path = command.value("ca-file") {
      try AtomicFile(path: path, mode: 0o644).commit(Array(authority.utf8))
    } else {
      context.note("Clients must trust this authority (--ca-file writes it to a file):")
      context.note(authority)
    }
  }

  private static func advise(
    _ address: EmbeddedAuthService.Address, _ command: ParsedCommand, _ context: CommandContext
  ) {
    let isSecure = command.flag("tls")
    if !ServiceOptions.isLoopback(address.host) {
      context.note(
        "Warning: other machines can reach this service, and it approves every login"
          + (isSecure ? "." : "; nothing is encrypted."))
    }
    var line = "momento-auth login --local \(address)"
    if isSecure { line += " --tls --ca-file \(command.value("ca-file") ?? "FILE")" }
    context.note("Log in with: \(line)\nStop with Ctrl-C.")
  }
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
