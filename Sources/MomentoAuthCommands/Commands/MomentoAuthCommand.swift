import ArgumentParsing
package import CommandConsole
import GRPCTransport

/// The command `momento-auth`, without its process: arguments in, exit code out.
package enum MomentoAuthCommand {
  static let entries: [CommandRunner.Entry] = [
    .action(DemoCommand.table, DemoCommand.run),
    .action(ServeCommand.table, ServeCommand.run),
    .action(LoginCommand.table, LoginCommand.run),
    .action(GenerateTokenCommand.table, GenerateTokenCommand.run),
    .action(RefreshTokenCommand.table, RefreshTokenCommand.run),
    .action(DisposableTokenCommand.table, DisposableTokenCommand.run),
    .action(InspectCommand.table, InspectCommand.run),
    .action(CheckCommand.table, CheckCommand.run),
    .action(ConformanceCommand.table, ConformanceCommand.run),
    RotateCommand.entry,
  ]

  static let table = Command(
    "momento-auth",
    abstract: "Make, renew and examine the credentials of Momento; run its auth service locally.",
    examples: [
      Example("See everything work, without an account", "momento-auth demo"),
      Example("Keep an auth service running on this machine", "momento-auth serve"),
      Example("Say what is inside the key in MOMENTO_API_KEY", "momento-auth inspect"),
    ],
    sections: [
      HelpSection(
        "Environment",
        [
          "MOMENTO_API_KEY        the key or token to use",
          "MOMENTO_AUTH_TOKEN     the same, read where MOMENTO_API_KEY is not set",
          "MOMENTO_REFRESH_TOKEN  what refreshes the key",
          "MOMENTO_ENDPOINT       the base endpoint, for credentials that carry none",
          "MOMENTO_ROTATION_STORES  the stores that 'rotate' looks after, with spaces between",
          "NO_COLOR               when set, no colors",
        ]),
      HelpSection("Exit codes", ExitCode.help),
    ],
    version: "momento-auth \(libraryVersion)"
  )

  private static let runner = CommandRunner(table, entries: entries)

  /// Does what the arguments say; without any in AWS Lambda, which gives none to the executable of a
  /// function, what a function is to do.
  ///
  /// - Returns: the exit code of the process.
  package static func run(_ context: CommandContext) async -> Int32 {
    if RotateCourierCommand.isMeant(by: context) { return await RotateCourierCommand.run(context) }
    var context = context
    if context.arguments.isEmpty,
      !context.environment["AWS_LAMBDA_RUNTIME_API", default: ""].isEmpty
    {
      context.arguments = ["rotate", "lambda"]
    }
    return await runner.run(context)
  }
}

extension Option {
  /// Where to put what is secret.
  static let output = Option(
    "output", .value(.init("file")),
    "Write the JSON to this file instead, whole or not at all, and readable by you alone; with - "
      + "to standard output.")
}
