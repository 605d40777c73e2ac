import ArgumentParsing
import CommandConsole
import MomentoAuth
import TLSSession

/// Where to find the auth service, as the options of a command say it.
struct ServiceOptions {
  /// One address for all services, given with `--local`.
  private let local: Endpoint?
  /// A base host, given with `--endpoint`: it goes before what the credential says.
  private let base: Endpoint?
  /// A base host from `MOMENTO_ENDPOINT`: it comes after what the credential says.
  private let fallback: String
  private let caFile: String?
  private let timeout: Duration?

  static let table = [
    Option(
      "local", .value(.init("host:port")),
      "Use a service on this machine, such as one of 'momento-auth serve'."),
    Option("tls", .flag, "With --local: connect with TLS."),
    Option(
      "ca-file", .value(.init("file")),
      "Trust the authorities in this PEM file, and no others."),
    Option(
      "endpoint", .value(.init("host")),
      "The base endpoint, in place of the credential's own, such as "
        + "cell-1-us-east-2-1.prod.a.momentohq.com."),
    Option(
      "timeout", .value(.init("time")),
      "How long a call may take, such as 5s; 15s if not given, 10m for a login."),
  ]

  init(_ command: ParsedCommand, _ context: CommandContext) throws {
    local = try command.value("local").map { try Self.localEndpoint($0, command) }
    let given = command.value("endpoint")
    guard local == nil || given == nil else {
      throw command.refusal("Give either --local or --endpoint, not both.")
    }
    base = try given.map { try Endpoint(parsing: $0) }
    fallback = context.environment["MOMENTO_ENDPOINT", default: ""]
    caFile = command.value("ca-file")
    timeout = try command.value("timeout").flatMap { text in
      try ExpiresIn(parsing: text).validForSeconds(at: context.now()).map { .seconds(Int64($0)) }
    }
    guard local != nil || !command.flag("tls") else {
      throw command.refusal("--tls goes with --local; everywhere else TLS is always on.")
    }
    guard caFile == nil || local?.isSecure != false else {
      throw command.refusal("--ca-file needs TLS; add --tls.")
    }
  }

  private static func localEndpoint(_ text: String, _ command: ParsedCommand) throws -> Endpoint {
    guard !text.contains("/") else {
      throw command.refusal("--local takes host:port, without a scheme or a path.")
    }
    var endpoint = try Endpoint(parsing: "http://" + text)
    // Where no port is given, the one that `serve` and Momento local listen on.
    if endpoint.port == 80 && !text.hasSuffix(":80") { endpoint.port = 8080 }
    endpoint.isSecure = command.flag("tls")
    return endpoint
  }

  /// What goes before the endpoints that a credential brings.
  var overrides: EndpointOverrides? {
    if let local { return .all(local) }
    return base.map { .base($0.host, port: $0.port, secure: $0.isSecure) }
  }

  /// Where to go with a credential that brings no endpoints.
  ///
  /// - Parameter given: the base endpoint that stands beside the credential in its file.
  func endpoints(given: String? = nil) throws -> Endpoints? {
    if let local { return Endpoints(control: local, cache: local, token: local) }
    if let base { return Endpoints(base: base) }
    let text = given ?? fallback
    return text.isEmpty ? nil : Endpoints(base: try Endpoint(parsing: text))
  }

  /// How to call the service.
  func configuration() -> AuthClientConfiguration {
    var configuration = AuthClientConfiguration()
    if let caFile { configuration.tls = TLSClientConfiguration(trustRoots: .file(caFile)) }
    if let timeout {
      configuration.deadline = timeout
      configuration.loginDeadline = timeout
    }
    return configuration
  }

  /// Calls the service with a credential.
  func call<Result>(
    _ credential: CredentialProvider, _ context: CommandContext,
    _ body: (AuthClient) async throws -> Result
  ) async throws -> Result {
    warn(context)
    let client = try AuthClient(
      credentialProvider: credential, configuration: configuration(), now: context.now)
    do {
      return try await client.closing(body)
    } catch let error as MomentoError {
      throw explained(error)
    }
  }

  /// Whoever cannot reach a service of their own has often started it otherwise than they call it.
  private func explained(_ error: MomentoError) -> MomentoError {
    guard error.code == .serverUnavailable, let local else { return error }
    var error = error
    error.advice =
      local.isSecure
      ? "Check that the service there uses TLS, and that --ca-file names its authority."
      : "Check that a service runs there ('momento-auth serve' starts one); if it uses TLS, add "
        + "--tls and --ca-file."
    return error
  }

  /// A secret that leaves this machine in the clear deserves a word.
  private func warn(_ context: CommandContext) {
    guard let local, !local.isSecure, !Self.isLoopback(local.host) else { return }
    context.note("Warning: the credential travels to \(local) unencrypted; use --tls.")
  }

  static func isLoopback(_ host: String) -> Bool {
    host == "localhost" || host == "::1" || host.hasPrefix("127.")
  }
}
