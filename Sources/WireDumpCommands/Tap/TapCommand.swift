import ArgumentParsing
import CommandConsole
import GRPCTransport
import WireDump

/// `wiredump tap`
enum TapCommand {
  static let table = Command(
    "tap",
    abstract: "Stand between clients and a server, and explain what they say as they say it.",
    discussion: [
      "Bytes are forwarded exactly as they come and before they are explained; output that cannot keep "
        + "up is left out, and how much is told. SIGINT or SIGTERM ends it.",
      "Towards clients it speaks TLS with --write-ca, as an authority of its own that they have to "
        + "trust, or with --tls-cert and --tls-key. Servers are asked for the name that the client asks "
        + "for (localhost counts as none), and the client gets the protocol that the server picks.",
    ],
    examples: [
      Example(
        "Plaintext", "wiredump tap --listen 127.0.0.1:9000 --to 127.0.0.1:50051"),
      Example(
        "TLS on both sides, and a file for Wireshark",
        "wiredump tap --listen 127.0.0.1:9000 --write-ca ca.pem --to api.example.com:443 --tls "
          + "--save calls.pcap"),
    ],
    options: [
      Option(
        "listen", .value(.init("address", isRequired: true)),
        "Where clients connect, such as 127.0.0.1:9000; port 0 lets the system choose."),
      Option("to", .value(.init("host:port", isRequired: true)), "Where the server is."),
      Option("tls", .flag, "Speak TLS with the server."),
      Option(
        "ca", .value(.init("file")),
        "Who may vouch for the server, in PEM; otherwise the authorities of this machine."),
      Option(
        "server-name", .value(.init("name")),
        "What the server is asked for and must prove to be, whatever the client asks for."),
      Option(
        "write-ca", .value(.init("file")),
        "Speak TLS with clients, and write the certificate that they have to trust."),
      Option(
        "tls-cert", .value(.init("file")), "Speak TLS with clients, with this certificate chain."),
      Option("tls-key", .value(.init("file")), "The private key for --tls-cert."),
      Option(
        "save", .value(.init("file")),
        "Record everything, secrets too, in a capture file (0600) that wiredump and Wireshark read."
      ),
      Option(
        "format",
        .value(
          .init(
            "form", choices: ["text", "oneline", "hex", "json", "protoscope"], fallback: "text")),
        "Frames for people, one line each, every byte, one JSON object a line, or the messages in "
          + "the protoscope language."),
      Option("oneline", .flag, "The same as --format oneline."),
      SharedOptions.verbose, SharedOptions.hpackTable, SharedOptions.reveal,
      SharedOptions.noGuess,
      WhereOption.option,
      SchemaSource.protoOption, SchemaSource.setOption,
      SharedOptions.color,
      Option(
        "max-connections", .value(.init("number", fallback: "1024")),
        "How many clients may be connected at once; more are closed."),
      Option(
        "max-backlog", .value(.init("MiB", fallback: "64")),
        "How much may wait to be explained before it is left out of the output."),
      Option(
        "max-save", .value(.init("MiB", fallback: "1024")), "How large the file of --save may get."),
    ],
    sections: [WhereOption.help]
  )

  static func run(_ command: ParsedCommand, _ context: CommandContext) async throws {
    let configuration = try TapOptions(command).configuration
    let dumpContext = try DumpContext(command)
    let dump = Dump(
      dumpContext, try AnyOutput(command, context, dumpContext))
    let save = try saver(command)
    let queue = TapQueue(
      limit: try TapOptions.number("max-backlog", command) << 20, save: save)
    let printer = TapPrinter(queue: queue, dump: dump, console: context)
    let relay = try Relay(configuration, observer: queue)
    let address = try await relay.start()
    try printer.start()
    context.note(
      "listening on \(address), forwarding to \(configuration.targetHost):"
        + "\(configuration.targetPort)")
    await context.untilTerminated()
    await relay.shutdown()
    await queue.finish()
    save?.flush()
    context.note(queue.summary)
    if let failure = save?.failure { context.note("the file of --save is not whole: \(failure)") }
  }

  private static func saver(_ command: ParsedCommand) throws -> FileWireTap? {
    guard let path = command.value("save") else { return nil }
    do {
      return try FileWireTap(
        path: path, role: .server,
        maxFileSize: try TapOptions.number("max-save", command) << 20)
    } catch let error as FileWireTapError {
      throw CommandFailure.system(error.description)
    }
  }
}
