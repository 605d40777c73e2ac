import ArgumentParsing
import CommandConsole
import GRPCTransport
import HTTP2Session
import LocalFiles
import MomentoAuth
import TLSSession

/// `wirebench serve`
enum ServeCommand {
  static let table = Command(
    "serve",
    abstract: "Answer RefreshApiToken with a fixed key, for clients to be measured against.",
    discussion: [
      "The first line on standard output is 'listening on HOST:PORT'. It ends on SIGINT or SIGTERM."
    ],
    options: [
      Option(
        "listen", .value(.init("host:port", fallback: "127.0.0.1:0")),
        "The numeric address and the port; port 0 is any free one."),
      Option("tls", .flag, "Use TLS, with --certificate and --private-key."),
      Option("certificate", .value(.init("file")), "The server's certificate chain, in PEM."),
      Option("private-key", .value(.init("file")), "The certificate's private key, in PEM."),
      Option("loops", .value(.init("number", fallback: "1")), "How many event loops to serve on."),
      Option(
        "on-loop", .flag,
        "Run the handler on the connection's own loop, instead of on the threads for tasks."),
      .json,
    ])

  @Sendable static func run(_ command: ParsedCommand, _ context: CommandContext) async throws {
    guard let address = ListenAddress(parsing: command.value("listen") ?? "") else {
      throw command.refusal("--listen takes a numeric address and a port, such as 127.0.0.1:8080.")
    }
    var configuration = ServerConfiguration(
      host: address.host, port: address.port, transportSecurity: try security(command))
    configuration.eventLoops = EventLoopGroup(count: try command.number("loops", in: 1...64))
    configuration.runsHandlersOnLoops = command.flag("on-loop")
    configuration.http2.maxConcurrentStreams = 10_000
    let server = try Server(configuration: configuration, services: [SampleService()])
    let bound = try await server.start()
    do {
      try announce(bound, command, context)
    } catch {
      await server.shutdown()
      throw error
    }
    await context.untilTerminated()
    await server.shutdown()
  }

  private static func security(_ command: ParsedCommand) throws -> ServerTransportSecurity {
    let certificate = command.value("certificate")
    let privateKey = command.value("private-key")
    guard command.flag("tls") else {
      guard certificate == nil, privateKey == nil else {
        throw command.refusal("--certificate and --private-key need --tls.")
      }
      return .plaintext
    }
    guard let certificate, let privateKey else {
      throw command.refusal("--tls needs --certificate and --private-key.")
    }
    return .tls(
      TLSServerConfiguration(
        certificateChain: try pem(certificate), privateKey: try pem(privateKey)))
  }

  private static func pem(_ path: String) throws -> String {
    String(decoding: try FileText.read(path: path, limit: 1 << 20), as: UTF8.self)
  }

  private static func announce(
    _ address: SocketAddress, _ command: ParsedCommand, _ context: CommandContext
  ) throws {
    guard command.flag("json") else { return try context.print("listening on \(address)") }
    var object = JSONObject()
    object.add("listening", "\(address)")
    try context.print("\(object)")
  }
}
