import ArgumentParsing
package import CommandConsole
import GRPCTransport

/// The command `wiredump`, without its process: arguments in, exit code out.
package enum WiredumpCommand {
  private static let table = Command(
    "wiredump",
    abstract: "See every byte of HTTP/2, HPACK, gRPC and protobuf, and why it is there.",
    discussion: [
      "Without a command, the arguments are those of 'wiredump dump'.",
      "Secrets are shown as a tag with their length and hash, in every form of output.",
    ],
    examples: [
      Example("What is in a file, whatever it is", "wiredump client.bin"),
      Example("Every byte and its meaning", "wiredump dump --format hex client.bin"),
      Example("A message that was pasted as digits", "echo 0a0568656c6c6f | wiredump"),
      Example("Text back into bytes", "wiredump encode message.txt -o message.pb"),
      Example(
        "Calls as they are made", "wiredump tap --listen 127.0.0.1:9000 --to 127.0.0.1:50051"),
      Example("In what two captures differ", "wiredump diff yesterday.pcap today.pcap"),
      Example("What a code means", "wiredump explain ENHANCE_YOUR_CALM"),
    ],
    sections: [
      HelpSection(
        "Exit codes",
        [
          "0   done",
          "1   --strict, and a rule is broken; --verify, and encoding again gives other bytes;",
          "    diff, and there are differences; fixture check, and something is not as it was",
          "2   the input is empty or cannot be used",
          "64  the command line is wrong",
          "66  there is no such input",
        ])
    ],
    version: "wiredump \(libraryVersion)"
  )

  private static let entries: [CommandRunner.Entry] = [
    .action(DumpCommand.table, { @Sendable in try DumpCommand.run($0, $1) }),
    .action(EncodeCommand.table, { @Sendable in try EncodeCommand.run($0, $1) }),
    .action(ExplainCommand.table, { @Sendable in try ExplainCommand.run($0, $1) }),
    .action(TapCommand.table, { @Sendable in try await TapCommand.run($0, $1) }),
    .action(DiffCommand.table, { @Sendable in try DiffCommand.run($0, $1) }),
    .group(
      FixtureCommand.group,
      [
        .action(FixtureCommand.makeTable, { @Sendable in try FixtureCommand.make($0, $1) }),
        .action(FixtureCommand.checkTable, { @Sendable in try FixtureCommand.check($0, $1) }),
        .action(FixtureCommand.captureTable, { @Sendable in try FixtureCommand.capture($0, $1) }),
      ]),
  ]

  /// Does what the arguments say.
  ///
  /// - Returns: the exit code of the process.
  package static func run(_ context: CommandContext) async -> Int32 {
    var context = context
    let names = entries.map(\.name) + ["help", "--help", "-h", "--version"]
    if !names.contains(context.arguments.first ?? "") {
      context.arguments.insert(DumpCommand.table.name, at: 0)
    }
    return await CommandRunner(table, entries: entries).run(context)
  }
}

extension CommandRunner.Entry {
  fileprivate var name: String {
    switch self {
    case .action(let command, _), .group(let command, _): command.name
    }
  }
}
