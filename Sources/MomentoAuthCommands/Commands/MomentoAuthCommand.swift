import ArgumentParsing
package import CommandConsole
import GRPCTransport

/// The command `momento-auth`, without its process: arguments in, exit code out.
package enum MomentoAuthCommand {
  private static let actions: [(command: Command, run: CommandRunner.Action)] = [
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

  private static let runner = CommandRunner(table, actions)

  /// Does what the arguments say.
  ///
  /// - Returns: the exit code of the process.
  package static func run(_ context: CommandContext) async -> Int32 {
    await runner.run(context)
  }
}

extension Option {
  /// Where to put what is secret.
  static let output = Option(
    "output", .value(.init("file")),
    "Write the JSON to this file instead, whole or not at all, and readable by you alone; with - "
      + "to standard output.")
}
