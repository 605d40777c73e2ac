/// What a command line asks for.
package enum ParseOutcome: Sendable, Equatable {
  /// A command to run.
  case run(ParsedCommand)
  /// Help to print on standard output, then exit with 0. It ends with a newline.
  case help(String)
  /// A version to print on standard output, then exit with 0. It ends with a newline.
  case version(String)
}

/// A command with its arguments, all of them checked against the table.
package struct ParsedCommand: Sendable, Equatable {
  /// The words that led to it, the executable's name first.
  package let path: [String]
  /// Operands in order.
  package internal(set) var operands: [String] = []
  private var switches: [String: Bool] = [:]
  private var values: [String: [String]] = [:]
  private let usage: String

  init(path: [String], command: Command) {
    self.path = path
    usage = command.usageLine(path: path)
    for option in command.options {
      if case .invertibleFlag(let fallback) = option.kind { switches[option.name] = fallback }
    }
  }

  /// The word that names it: the last of the path.
  package var name: String { path.last ?? "" }

  /// Whether the flag `name` (without dashes) is on.
  package func flag(_ name: String) -> Bool { switches[name] ?? false }

  /// The value of the option `name` (without dashes), or its default.
  package func value(_ name: String) -> String? { values[name]?.last }

  /// Every value of a repeated option, in order.
  package func values(_ name: String) -> [String] { values[name] ?? [] }

  /// The error for a command line that the table allows and the command does not, such as two
  /// options that exclude each other.
  package func refusal(_ message: String) -> UsageError {
    UsageError(message: message, usage: usage, path: path)
  }

  mutating func set(_ option: Option, _ on: Bool) { switches[option.name] = on }

  mutating func add(_ value: String, to option: Option) {
    if case .values = option.kind {
      values[option.name, default: []].append(value)
    } else {
      values[option.name] = [value]
    }
  }
}

/// A command line that cannot be run.
package struct UsageError: Error, Sendable, Equatable, CustomStringConvertible {
  /// EX_USAGE of sysexits.h.
  package static let exitCode: Int32 = 64

  /// What is wrong, in one sentence. It never holds the value of an option.
  package let message: String
  /// How the command is called.
  package let usage: String
  let path: [String]

  /// What to do next.
  package var hint: String { "See '\(path.joined(separator: " ")) --help' for more information." }

  /// Three lines for standard error, without a newline at the end.
  package var description: String { "Error: \(message)\nUsage: \(usage)\n  \(hint)" }
}
