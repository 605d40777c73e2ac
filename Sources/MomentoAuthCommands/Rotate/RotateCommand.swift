import ArgumentParsing
import CommandConsole

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
      .action(RotateOnceCommand.table, RotateOnceCommand.run),
      .action(RotateRunCommand.table, RotateRunCommand.run),
      .action(RotatePlanCommand.table, RotatePlanCommand.run),
      .action(RotateStatusCommand.table, RotateStatusCommand.run),
      .action(RotateImportCommand.table, RotateImportCommand.run),
    ])
}
