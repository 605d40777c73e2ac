import ArgumentParsing
import CommandConsole
import MomentoKeyRotation

/// `momento-auth rotate courier`, which `rotate once` and `rotate run` start to ask the service for a new
/// key. It is not for people, and no help tells of it.
enum RotateCourierCommand {
  private static let words = ["rotate", "courier"]
  private static let table = Command(
    "courier", abstract: "Ask for a new key, as standard input says.", options: ServiceOptions.table
  )

  static func isMeant(by context: CommandContext) -> Bool {
    context.arguments.starts(with: words)
  }

  /// - Returns: the exit code of the process.
  static func run(_ context: CommandContext) async -> Int32 {
    guard
      case .run(let command)? = try? table.parse(Array(context.arguments.dropFirst(words.count))),
      let strategy = try? RotateOptions.strategy(command, context),
      await Courier.serve(strategy)
    else { return ExitCode.usage.rawValue }
    return ExitCode.success.rawValue
  }

  /// The courier of a command that has been told the same about the service.
  ///
  /// - Returns: nil when this process has no executable to start.
  static func courier(for command: ParsedCommand, _ context: CommandContext) -> Courier? {
    guard let executable = context.executable else { return nil }
    var arguments = words
    for option in ServiceOptions.table {
      if let value = command.value(option.name) {
        arguments.append("--\(option.name)=\(value)")
      } else if command.flag(option.name) {
        arguments.append("--\(option.name)")
      }
    }
    return Courier(arguments: arguments, executable: executable)
  }
}
