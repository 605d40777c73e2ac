import ArgumentParsing
import CommandConsole
import SecretStores

/// `momento-auth rotate`
enum RotateCommand {
  static let entry = CommandRunner.Entry.group(
    Command(
      "rotate",
      abstract: "Renew the keys in secret stores before they expire, and lose none.",
      discussion: [
        "A key is renewed after two thirds of its life. The old one works until its own expiry, so "
          + "that whoever reads the store has time to follow. Any number of rotators may look after "
          + "one secret; each may be killed at any moment, and the next one goes on."
      ],
      sections: [RotateOptions.help]),
    [
      .action(RotateOnceCommand.table, explained(RotateOnceCommand.run)),
      .action(RotateRunCommand.table, explained(RotateRunCommand.run)),
      .action(RotatePlanCommand.table, explained(RotatePlanCommand.run)),
      .action(RotateStatusCommand.table, explained(RotateStatusCommand.run)),
      .action(RotateImportCommand.table, explained(RotateImportCommand.run)),
      .action(RotateLambdaCommand.table, explained(RotateLambdaCommand.run)),
      .action(RotateHTTPCommand.table, explained(RotateHTTPCommand.run)),
    ])
}

extension CommandFailure {
  /// A store could not do what it was asked for.
  init(_ error: SecretStoreError) {
    self.init(
      "STORE_ERROR", "\(error.location): \(error.operation): \(error.message)", hint: error.advice,
      exitCode: error.isRetryable ? .retryable : .configuration)
  }
}

extension RotateCommand {
  /// Runs a command, and says of a store's error what it is to the user.
  static func explained(_ run: @escaping CommandRunner.Action) -> CommandRunner.Action {
    { command, context in
      do {
        try await run(command, context)
      } catch let error as SecretStoreError {
        throw CommandFailure(error)
      }
    }
  }
}
