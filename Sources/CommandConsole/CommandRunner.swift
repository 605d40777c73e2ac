package import ArgumentParsing
import GRPCCall
import MomentoAuth

/// A command without its process: arguments in, exit code out.
package struct CommandRunner: Sendable {
  /// What a subcommand does.
  package typealias Action = @Sendable (ParsedCommand, CommandContext) async throws -> Void

  /// A subcommand, or a word that others stand behind.
  package enum Entry: Sendable {
    case action(Command, Action)
    case group(Command, [Entry])
  }

  private let table: Command
  /// By the words that lead to them, without the executable's.
  private var actions: [[String]: Action] = [:]

  /// A command of the subcommands that are given here, in the order in which help lists them.
  package init(_ table: Command, _ subcommands: [(command: Command, run: Action)]) {
    self.init(table, entries: subcommands.map { .action($0.command, $0.run) })
  }

  /// A command of subcommands, some of which have subcommands in turn.
  package init(_ table: Command, entries: [Entry]) {
    var actions: [[String]: Action] = [:]
    self.table = Self.adding(entries, to: table, path: [], &actions)
    self.actions = actions
  }

  private static func adding(
    _ entries: [Entry], to command: Command, path: [String], _ actions: inout [[String]: Action]
  ) -> Command {
    var command = command
    for entry in entries {
      switch entry {
      case .action(let leaf, let run):
        command.subcommands.append(leaf)
        actions[path + [leaf.name]] = run
      case .group(let group, let entries):
        command.subcommands.append(
          adding(entries, to: group, path: path + [group.name], &actions))
      }
    }
    return command
  }

  /// Does what the arguments say.
  ///
  /// - Returns: the exit code of the process.
  package func run(_ context: CommandContext) async -> Int32 {
    do {
      try await perform(context)
      return ExitCode.success.rawValue
    } catch let exit as CommandExit {
      return exit.code.rawValue
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
      try await actions[Array(parsed.path.dropFirst())]?(parsed, context)
    }
  }
}

/// The end of a command that has said all that there is to say, and has an exit code of its own.
package struct CommandExit: Error {
  package let code: ExitCode

  package init(_ code: ExitCode) { self.code = code }
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
