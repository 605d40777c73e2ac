import ArgumentParsing
import CommandConsole
import MomentoAuth
import MomentoAuthService

/// The options of `serve` for limits: how much it keeps, and how much of a key it allows.
enum ServeLimits {
  static let options = [
    Option(
      "max-memory", .value(.init("size", fallback: "256MiB")),
      "How much its caches and topics may keep; beyond, items are refused, and topics drop values."),
    Option(
      "max-permissions", .value(.init("number", fallback: "20")),
      "The most permissions of a key or a token."),
    Option(
      "max-token-lifetime", .value(.init("time", fallback: "25h")),
      "The longest life of a disposable token."),
    Option(
      "keep-expired-subscriptions", .flag,
      "Let a subscription go on when the token that it was made with expires."),
  ]

  static func apply(
    _ command: ParsedCommand, _ context: CommandContext,
    to configuration: inout AuthServiceConfiguration
  ) throws {
    guard let memory = ByteCount.parse(command.value("max-memory") ?? "") else {
      throw command.refusal(
        "--max-memory takes a size of 1MiB or more, such as 64MiB, 1GiB or a number of bytes.")
    }
    configuration.mostMemory = memory
    configuration.endsSubscriptionsWithTheirTokens = !command.flag("keep-expired-subscriptions")
    guard let permissions = Int(command.value("max-permissions") ?? ""), permissions > 0 else {
      throw command.refusal("--max-permissions takes a number greater than 0.")
    }
    configuration.mostPermissions = permissions
    let lifetime = try ExpiresIn(parsing: command.value("max-token-lifetime") ?? "")
    guard let seconds = try lifetime.validForSeconds(at: context.now()) else {
      throw command.refusal("A token always expires: --max-token-lifetime takes no 'never'.")
    }
    configuration.longestDisposableLifetime = seconds
  }
}

/// Sizes as people write them.
enum ByteCount {
  private static let units = [("KiB", 1 << 10), ("MiB", 1 << 20), ("GiB", 1 << 30)]
  /// Less would not hold one item.
  private static let least = 1 << 20

  /// `64MiB`, `1GiB`, or a number of bytes; nil for anything else, and for less than 1 MiB or more
  /// than there is.
  static func parse(_ text: String) -> Int? {
    let unit = units.first { text.hasSuffix($0.0) }
    guard let number = Int(text.dropLast(unit?.0.count ?? 0)), number >= 0 else { return nil }
    let (bytes, overflow) = number.multipliedReportingOverflow(by: unit?.1 ?? 1)
    return overflow || bytes < least ? nil : bytes
  }
}
