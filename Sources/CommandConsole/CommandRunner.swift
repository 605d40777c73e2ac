package import ArgumentParsing
import GRPCCall
import MomentoAuth

/// A command without its process: arguments in, exit code out.
package struct CommandRunner: Sendable {
  /// What a subcommand does.
  package typealias Action = @Sendable (ParsedCommand, CommandContext) async throws -> Void

  private let table: Command
  private let actions: [String: Action]

  /// A command of the subcommands that are given here, in the order in which help lists them.
  package init(_ table: Command, _ subcommands: [(command: Command, run: Action)]) {
    var table = table
    table.subcommands = subcommands.map(\.command)
    self.table = table
    actions = Dictionary(subcommands.map { ($0.command.name, $0.run) }) { first, _ in first }
  }

  /// Does what the arguments say.
  ///
  /// - Returns: the exit code of the process.
  package func run(_ context: CommandContext) async -> Int32 {
    do {
      try await perform(context)
      return ExitCode.success.rawValue
    } catch {
      let failure = CommandFailure(any: error)
      // Asked before parsing, because the parser may be what failed.
      let asJSON = context.arguments.prefix { $0 != "--" }.contains("--json")
      context.note(failure.description(asJSON: asJSON))
      return failure.exitCode.rawValue
    }
  }

  private func perform(_ context: CommandContext) async throws {
    switch try table.parse(context.arguments) {
    case .help(let text), .version(let text):
      try context.write(text)
    case .run(let parsed):
      try await actions[parsed.name]?(parsed, context)
    }
  }
}

extension CommandFailure {
  /// Says of any error what it is to the user. Whatever has no place of its own here says in its
  /// description what cannot be done on this machine.
  fileprivate init(any error: any Error) {
    switch error {
    case let failure as CommandFailure: self = failure
    case let error as UsageError: self.init(error)
    case let error as MomentoError: self.init(error)
    case let error as RPCError: self.init(MomentoError(error))
    default: self = .system("\(error)")
    }
  }
}

extension Option {
  /// The option that every command has whose output programs read.
  package static let json = Option("json", .flag, "Print JSON; errors too, on standard error.")
}
