import ArgumentParsing
import GRPCTransport
import MomentoAuth
import MomentoAuthService

/// The command `momento-auth`, without its process: arguments in, exit code out.
public enum MomentoAuthCommand {
  /// What a subcommand is: its row of the table, and what it does.
  typealias Action = @Sendable (ParsedCommand, CommandContext) async throws -> Void

  private static let actions: [(command: Command, run: Action)] = [
    (DemoCommand.table, DemoCommand.run),
    (ServeCommand.table, ServeCommand.run),
    (LoginCommand.table, LoginCommand.run),
    (GenerateTokenCommand.table, GenerateTokenCommand.run),
    (RefreshTokenCommand.table, RefreshTokenCommand.run),
    (DisposableTokenCommand.table, DisposableTokenCommand.run),
    (InspectCommand.table, InspectCommand.run),
  ]

  static let table = Command(
    "momento-auth",
    abstract: "Make, renew and examine the credentials of Momento; run its auth service locally.",
    examples: [
      Example("See everything work, without an account", "momento-auth demo"),
      Example("Keep an auth service running on this machine", "momento-auth serve"),
      Example("Say what is inside the key in MOMENTO_API_KEY", "momento-auth inspect"),
    ],
    subcommands: actions.map(\.command),
    sections: [
      HelpSection(
        "Environment",
        [
          "MOMENTO_API_KEY        the key or token to use",
          "MOMENTO_AUTH_TOKEN     the same, read where MOMENTO_API_KEY is not set",
          "MOMENTO_REFRESH_TOKEN  what refreshes the key",
          "MOMENTO_ENDPOINT       the base endpoint, for credentials that carry none",
          "NO_COLOR               when set, no colors",
        ]),
      HelpSection("Exit codes", ExitCode.help),
    ],
    version: "momento-auth \(libraryVersion)"
  )

  /// Does what the arguments say.
  ///
  /// - Returns: the exit code of the process.
  public static func run(_ context: CommandContext) async -> Int32 {
    do {
      return try await perform(context).rawValue
    } catch {
      let failure = CommandFailure(any: error)
      // Asked before parsing, because the parser may be what failed.
      let asJSON = context.arguments.prefix { $0 != "--" }.contains("--json")
      context.note(failure.description(asJSON: asJSON))
      return failure.exitCode.rawValue
    }
  }

  private static func perform(_ context: CommandContext) async throws -> ExitCode {
    switch try table.parse(context.arguments) {
    case .help(let text), .version(let text):
      try context.write(text)
    case .run(let parsed):
      for action in actions where action.command.name == parsed.name {
        try await action.run(parsed, context)
      }
    }
    return .success
  }
}

extension CommandFailure {
  /// Says of any error what it is to the user.
  fileprivate init(any error: any Error) {
    switch error {
    case let failure as CommandFailure: self = failure
    case let error as UsageError: self.init(error)
    case let error as MomentoError: self.init(error)
    case let error as FileText.Failure: self = .system(error.description)
    case let error as EmbeddedAuthServiceError: self = .system(error.description)
    default: self = .system("\(error)")
    }
  }
}

extension Option {
  /// The option that every command has whose output programs read.
  static let json = Option("json", .flag, "Print JSON; errors too, on standard error.")

  /// Where to put what is secret.
  static let output = Option(
    "output", .value(.init("file")),
    "Write the JSON to this file instead, whole or not at all, and readable by you alone; with - "
      + "to standard output.")
}
