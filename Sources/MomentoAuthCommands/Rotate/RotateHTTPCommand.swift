import ArgumentParsing
import CommandConsole
import HTTPServer
import MomentoKeyRotation
import RotationService
import SecretStores

/// `momento-auth rotate http`
enum RotateHTTPCommand {
  static let table = Command(
    "http",
    abstract: "Renew the keys that are due whenever it is called over HTTP.",
    discussion: [
      "For Cloud Run, and wherever a scheduler calls an address. Who may call it, others decide: it "
        + "asks for no credentials. SIGTERM and SIGINT end it between two rotations, never within "
        + "one; a second one ends it at once."
    ],
    examples: [
      Example(
        "A key in Google Cloud, called by Cloud Scheduler",
        "momento-auth rotate http --store gcp-secretmanager:projects/P/secrets/S"),
      Example(
        "On this machine",
        "momento-auth rotate http --listen 127.0.0.1:8080 --store file:./key.json"),
    ],
    options: [RotateOptions.stores, RotateOptions.spool] + ServiceOptions.table + [
      Option(
        "listen", .value(.init("host:port")),
        "The numeric address to listen on. All addresses and the port in PORT if not given.")
    ],
    sections: [
      RotateOptions.help,
      HelpSection(
        "HTTP",
        [
          "POST /    renews what is due: 200 done, 503 and 429 try again, 500 a person has to act",
          "          With a notice of Google's Secret Manager from Pub/Sub: only that secret.",
          "/livez    200",
          "/readyz   200 until it is asked to end",
        ]),
    ])

  @Sendable static func run(_ command: ParsedCommand, _ context: CommandContext) async throws {
    let address = try address(command, context)
    let options = try RotateOptions(command, context)
    let log = JSONLog(context)
    try await options.withStores { stores in
      // All of them now: what is wrong is told before the first call.
      var rotators: [StoreURL: KeyRotator] = [:]
      for (url, store) in zip(options.urls, stores) {
        rotators[url] = try options.rotator(
          of: store, observers: [RotationLog(store.location, log)])
      }
      let handler = RotationHandler(options.urls, rotators)
      let server = HTTPServer(
        host: address.host, port: address.port, mostBodyBytes: RotationHandler.mostBodyBytes
      ) { await handler.answer(to: $0) }
      try await serve(server, handler, context)
    }
  }

  private static func serve(
    _ server: HTTPServer, _ handler: RotationHandler, _ context: CommandContext
  ) async throws {
    let bound: (host: String, port: UInt16)
    do {
      bound = try server.start()
    } catch {
      throw CommandFailure.system("cannot listen: \(error)")
    }
    try context.print("listening on \(bound.host):\(bound.port)")
    await context.untilTerminated()
    await handler.stop()
    await server.shutdown()
  }

  private static func address(
    _ command: ParsedCommand, _ context: CommandContext
  ) throws -> (host: String, port: UInt16) {
    if let text = command.value("listen") {
      guard let wanted = ListenAddress(parsing: text), let port = UInt16(exactly: wanted.port)
      else {
        throw command.refusal("--listen takes a numeric address and a port, such as 0.0.0.0:8080.")
      }
      return (wanted.host, port)
    }
    let text = context.environment["PORT", default: ""]
    guard !text.isEmpty else {
      throw command.refusal("Say where to listen: --listen 127.0.0.1:8080, for example, or PORT.")
    }
    guard let port = UInt16(text), port > 0 else {
      throw command.refusal("PORT is no port.")
    }
    return ("0.0.0.0", port)
  }
}
