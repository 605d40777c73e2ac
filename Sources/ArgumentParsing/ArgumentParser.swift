extension Command {
  /// Reads a command line, given without the executable's own name.
  ///
  /// The rules are those that users of Swift's tools know: `--long value`, `--long=value`, `-abc` for
  /// three flags of one letter (the last may take a value), `--` before what only looks like an
  /// option, and `-` as an ordinary value. Help is given for the deepest command named, whatever else
  /// is wrong with the line.
  package func parse(_ arguments: [String]) throws(UsageError) -> ParseOutcome {
    var parser = ArgumentParser(root: self, arguments: arguments)
    return try parser.parse()
  }
}

/// One pass over one command line.
private struct ArgumentParser {
  let root: Command
  var command: Command
  var path: [String]
  var rest: ArraySlice<String>

  init(root: Command, arguments: [String]) {
    self.root = root
    command = root
    path = [root.name]
    rest = arguments[...]
  }

  mutating func parse() throws(UsageError) -> ParseOutcome {
    if rest.first == "help" && !root.subcommands.isEmpty {
      rest.removeFirst()
      return try helpForNamedCommand()
    }
    descend()
    if let answer = helpOrVersion() { return answer }
    guard command.subcommands.isEmpty else { return try withoutSubcommand() }
    var parsed = ParsedCommand(path: path, command: command)
    try readArguments(into: &parsed)
    try finish(&parsed)
    return .run(parsed)
  }

  /// Follows the subcommands that the line names. Options belong behind them.
  private mutating func descend() {
    while let word = rest.first, let next = command.subcommands.first(where: { $0.name == word }) {
      command = next
      path.append(word)
      rest.removeFirst()
    }
  }

  private func helpOrVersion() -> ParseOutcome? {
    for argument in rest {
      switch argument {
      case "--": return nil
      case "-h", "--help": return .help(command.helpText(path: path))
      case "--version":
        if let version = root.version { return .version(version + "\n") }
      default: continue
      }
    }
    return nil
  }

  private mutating func helpForNamedCommand() throws(UsageError) -> ParseOutcome {
    descend()
    guard let word = rest.first(where: { !$0.hasPrefix("-") }) else {
      return .help(command.helpText(path: path))
    }
    throw unknownSubcommand(word)
  }

  private func withoutSubcommand() throws(UsageError) -> ParseOutcome {
    guard let word = rest.first else { return .help(command.helpText(path: path)) }
    throw word.hasPrefix("-") ? unknownOption(word) : unknownSubcommand(word)
  }

  private func unknownSubcommand(_ word: String) -> UsageError {
    let suggestion = suggestion(for: word, among: command.subcommands.map(\.name))
    return refusal("Unknown subcommand \(quoted(word)).\(suggestion)")
  }

  func refusal(_ message: String) -> UsageError {
    UsageError(message: message, usage: command.usageLine(path: path), path: path)
  }
}

extension ArgumentParser {
  private mutating func readArguments(into parsed: inout ParsedCommand) throws(UsageError) {
    while let argument = rest.popFirst() {
      if argument == "--" {
        parsed.operands += rest
        rest = []
      } else if argument.hasPrefix("--") {
        try readLongOption(argument, into: &parsed)
      } else if argument.hasPrefix("-") && argument != "-" {
        try readLetters(argument, into: &parsed)
      } else {
        parsed.operands.append(argument)
      }
    }
  }

  private mutating func readLongOption(
    _ argument: String, into parsed: inout ParsedCommand
  ) throws(UsageError) {
    let name = String(argument.prefix { $0 != "=" })
    let attached =
      name.count < argument.count ? String(argument.dropFirst(name.count + 1)) : nil
    guard let option = command.options.first(where: { $0.longNames.contains(name) }) else {
      throw unknownOption(name)
    }
    try apply(option, spelled: name, attached: attached, to: &parsed)
  }

  private mutating func readLetters(
    _ argument: String, into parsed: inout ParsedCommand
  ) throws(UsageError) {
    let letters = argument.dropFirst().prefix { $0 != "=" }
    let attached =
      letters.count + 1 < argument.count ? String(argument.dropFirst(letters.count + 2)) : nil
    for (index, letter) in letters.enumerated() {
      guard let option = command.options.first(where: { $0.letter == letter }) else {
        throw unknownOption("-\(letter)")
      }
      let isLast = index == letters.count - 1
      guard isLast || option.rule == nil else { throw missingValue(option) }
      try apply(option, spelled: "-\(letter)", attached: isLast ? attached : nil, to: &parsed)
    }
  }

  private mutating func apply(
    _ option: Option, spelled name: String, attached: String?, to parsed: inout ParsedCommand
  ) throws(UsageError) {
    switch option.kind {
    case .refused(let reason):
      throw refusal(reason)
    case .flag, .invertibleFlag:
      guard attached == nil else { throw refusal("The flag '\(name)' takes no value.") }
      parsed.set(option, !name.hasPrefix("--no-") || option.isOwnName(name))
    case .value(let rule), .values(let rule):
      guard let value = attached ?? nextValue() else { throw missingValue(option) }
      try check(value, rule, of: option)
      parsed.add(value, to: option)
    }
  }

  /// What follows, unless it looks like an option: such a value must be attached with `=`.
  private mutating func nextValue() -> String? {
    guard let next = rest.first, next == "-" || !next.hasPrefix("-") else { return nil }
    return rest.popFirst()
  }

  private func check(
    _ value: String, _ rule: Option.ValueRule, of option: Option
  ) throws(UsageError) {
    guard !rule.choices.isEmpty, !rule.choices.contains(value) else { return }
    let suggestion = suggestion(for: value, among: rule.choices)
    throw refusal(
      "The value \(quoted(value)) is invalid for '\(option.synopsis)'. Please provide "
        + "\(alternatives(rule.choices)).\(suggestion)")
  }

  private func missingValue(_ option: Option) -> UsageError {
    refusal("Missing value for '\(option.synopsis)'.")
  }

  private func unknownOption(_ argument: String) -> UsageError {
    let name = String(argument.prefix { $0 != "=" })
    let known =
      command.options.filter { !$0.isRefused }.flatMap(\.longNames) + ["--help"]
      + (root.version == nil ? [] : ["--version"])
    let suggestion = name.hasPrefix("--") ? suggestion(for: name, among: known) : ""
    return refusal("Unknown option \(quoted(name)).\(suggestion)")
  }
}

extension ArgumentParser {
  /// Puts the defaults in and checks that nothing is missing and nothing is left over.
  private func finish(_ parsed: inout ParsedCommand) throws(UsageError) {
    for option in command.options {
      guard let rule = option.rule, parsed.value(option.name) == nil else { continue }
      guard !rule.isRequired else {
        throw refusal("Missing expected argument '\(option.synopsis)'.")
      }
      if let fallback = rule.fallback { parsed.add(fallback, to: option) }
    }
    try checkOperands(parsed.operands)
  }

  private func checkOperands(_ operands: [String]) throws(UsageError) {
    let required = command.operands.filter { $0.count == .one }
    if operands.count < required.count {
      throw refusal("Missing expected argument '\(required[operands.count].synopsis)'.")
    }
    guard !command.operands.contains(where: { $0.count == .any }) else { return }
    let extra = operands.dropFirst(command.operands.count)
    guard let first = extra.first else { return }
    throw refusal(
      extra.count == 1
        ? "Unexpected argument \(quoted(first))."
        : "\(extra.count) unexpected arguments: \(extra.map(quoted).joined(separator: ", ")).")
  }
}
