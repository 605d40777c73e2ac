import ArgumentParsing
import CommandConsole
import FoundationEssentials
import MomentoAuth

@testable import MomentoAuthCommands
@testable import MomentoAuthService
@testable import WireDumpCommands
@testable import WirebenchCommands

/// Command lines, read and not run.
enum CommandTargets {
  /// A byte for the program, then arguments, each on a line of its own.
  static func lines(_ input: [UInt8]) {
    var reader = InputReader(input)
    let program = programs.chosen(by: reader.byte())
    let arguments = reader.rest().split(separator: 10, omittingEmptySubsequences: false)
      .map { String(decoding: $0, as: UTF8.self) }
    do {
      switch try program.parse(arguments) {
      case .help(let text), .version(let text): require(text.hasSuffix("\n"), "lines of text")
      case .run(let command): readValues(of: command)
      }
    } catch {
      require(!error.message.isEmpty && !error.usage.isEmpty, "an error says what is wrong")
      require(
        error.message.unicodeScalars.allSatisfy { $0.value >= 0x20 },
        "an error does not steer the terminal")
      expectShort(error.message, arguments)
    }
  }

  /// A long word may be a secret in the wrong place: it is not repeated.
  private static func expectShort(_ message: String, _ arguments: [String]) {
    for word in arguments where word.count > 32 && !word.contains("=") {
      require(!message.contains(word), "a long word is not repeated: \(message)")
    }
  }

  /// What stands behind options, as far as reading it does nothing.
  private static func readValues(of command: ParsedCommand) {
    _ = try? ScopeOptions.read(command)
    _ = try? ScopeOptions.expiry(command)
    for name in ["listen", "to", "local", "target"] {
      for value in command.values(name) {
        if let address = ListenAddress(parsing: value) {
          require(0...65_535 ~= address.port && !address.host.isEmpty, "an address")
        }
        _ = try? Endpoint(parsing: value)
      }
    }
    for name in ["max-memory", "max-save", "max-backlog"] {
      for value in command.values(name) { _ = ByteCount.parse(value) }
    }
    var configuration = AuthServiceConfiguration()
    try? ServeLimits.apply(command, context, to: &configuration)
    _ = try? RotateOptions(command, context).urls
    _ = try? RotateOptions.checkInterval(command, context)
  }

  private struct Silence: TextSink {
    let isTerminal = false
    func write(_ text: String) {}
  }

  private static let context = CommandContext(
    arguments: [], environment: [:], readStandardInput: { _ in [] }, standardOutput: Silence(),
    standardError: Silence(), now: { .init(timeIntervalSince1970: 1_764_000_000) },
    untilTerminated: {})

  private static let programs = [
    MomentoAuthCommand.entries.reduce(into: MomentoAuthCommand.table) {
      $0.subcommands.append(command($1))
    },
    Command(
      "wiredump", abstract: "",
      subcommands: [
        DumpCommand.table, EncodeCommand.table, ExplainCommand.table, TapCommand.table,
        DiffCommand.table,
        Command(
          "fixture", abstract: "",
          subcommands: [
            FixtureCommand.makeTable, FixtureCommand.checkTable, FixtureCommand.captureTable,
          ]),
      ], version: "1"),
    Command(
      "wirebench", abstract: "",
      subcommands: [
        CallCommand.table, WirebenchCommands.ServeCommand.table, IdleCommand.table,
        CompareCommand.table, DumpBenchCommand.table, CodecCommand.table,
        DynamicCodecCommand.table, WirebenchCommands.ConformanceCommand.table, SoakCommand.table,
        DescribeCommand.table,
      ], version: "1"),
  ]

  private static func command(_ entry: CommandRunner.Entry) -> Command {
    switch entry {
    case .action(let command, _): return command
    case .group(var command, let entries):
      command.subcommands = entries.map(Self.command)
      return command
    }
  }
}
