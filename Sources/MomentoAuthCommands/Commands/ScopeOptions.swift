import ArgumentParsing
import MomentoAuth

/// What a key or a token may do, as the options of a command say it.
enum ScopeOptions {
  static let permission = Option(
    "permission", .values(.init("permission")),
    "One thing that it may do, written as below; may be repeated, and any one of them suffices.")

  static func scope(_ choices: [String]) -> Option {
    Option("scope", .value(.init("scope", choices: choices)), "What it may do, in one word.")
  }

  static func expiry(_ rule: String, fallback: String? = nil) -> Option {
    Option(
      "expires-in",
      .value(.init("time", fallback: fallback, isRequired: fallback == nil)),
      "How long it works, written as below\(rule).")
  }

  /// How to write permissions.
  static var permissionLines: [String] { lines(Permission.grammar) }

  /// How to write permissions and times.
  static func sections(never: Bool) -> [HelpSection] {
    [
      HelpSection("Permissions", permissionLines),
      HelpSection("Times", lines(ExpiresIn.grammar).filter { never || !$0.hasPrefix("never") }),
    ]
  }

  private static func lines(_ text: String) -> [String] {
    text.split(separator: "\n", omittingEmptySubsequences: false).map(String.init)
  }

  /// The scope that a command names: one word, or a list of permissions, and not both.
  static func read(_ command: ParsedCommand) throws -> PermissionScope {
    let permissions = command.values("permission")
    switch (command.value("scope"), permissions.isEmpty) {
    case ("super-user", true): return .superUser
    case ("all-data-read-write", true): return .allDataReadWrite
    case (nil, false): return .permissions(try permissions.map { try Permission(parsing: $0) })
    case (nil, true):
      throw command.refusal("Say what it may do, with --scope or with --permission.")
    default:
      throw command.refusal("Give either --scope or --permission, not both.")
    }
  }

  static func expiry(_ command: ParsedCommand) throws -> ExpiresIn {
    try ExpiresIn(parsing: command.value("expires-in") ?? "")
  }
}
