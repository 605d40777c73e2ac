/// An argument with a name: `--name`, and perhaps one letter `-n`.
package struct Option: Sendable, Equatable {
  /// What an option does with what follows it.
  package enum Kind: Sendable, Equatable {
    /// `--json`. Off unless given.
    case flag
    /// `--color`, `--no-color`: of several the last counts.
    case invertibleFlag(default: Bool)
    /// `--name VALUE`, `--name=VALUE`: of several the last counts.
    case value(ValueRule)
    /// `--name A --name B`: each is kept, in order.
    case values(ValueRule)
    /// Not taken, for the reason given. It is known so that who tries is told what to do instead,
    /// and so that its value is never repeated.
    case refused(reason: String)
  }

  /// What a value may be and how help names it.
  package struct ValueRule: Sendable, Equatable {
    /// In help: `<placeholder>`.
    package var placeholder: String
    /// What the value may be; anything when this is empty.
    package var choices: [String]
    /// The value when the option is not given.
    package var fallback: String?
    /// Whether the command refuses to run without it.
    package var isRequired: Bool

    /// A rule; by default any value is right, and none is needed.
    package init(
      _ placeholder: String, choices: [String] = [], fallback: String? = nil,
      isRequired: Bool = false
    ) {
      self.placeholder = placeholder
      self.choices = choices
      self.fallback = fallback
      self.isRequired = isRequired
    }
  }

  /// Without the two dashes.
  package var name: String
  /// Other names for the same, without the two dashes.
  package var aliases: [String]
  /// Without the dash.
  package var letter: Character?
  /// What follows it.
  package var kind: Kind
  /// One sentence or two; help adds choices and the default.
  package var summary: String

  /// An option.
  package init(
    _ name: String, aliases: [String] = [], letter: Character? = nil, _ kind: Kind,
    _ summary: String
  ) {
    self.name = name
    self.aliases = aliases
    self.letter = letter
    self.kind = kind
    self.summary = summary
  }

  /// `--name <placeholder>`, as messages show it.
  var synopsis: String {
    switch kind {
    case .flag, .refused: "--\(name)"
    case .invertibleFlag: "--\(name)/--no-\(name)"
    case .value(let rule), .values(let rule): "--\(name) <\(rule.placeholder)>"
    }
  }

  /// Every long name that leads to it.
  var longNames: [String] {
    let names = [name] + aliases
    if case .invertibleFlag = kind { return names.flatMap { ["--\($0)", "--no-\($0)"] } }
    return names.map { "--\($0)" }
  }

  /// Whether a spelling is a name as it stands, and not the inversion of one.
  func isOwnName(_ spelling: String) -> Bool {
    ([name] + aliases).contains { spelling == "--\($0)" }
  }

  var rule: ValueRule? {
    switch kind {
    case .value(let rule), .values(let rule): rule
    case .flag, .invertibleFlag, .refused: nil
    }
  }

  var isRefused: Bool {
    if case .refused = kind { true } else { false }
  }
}

/// An argument without a name, told by its place.
package struct Operand: Sendable, Equatable {
  /// How often it comes.
  package enum Count: Sendable, Equatable {
    /// Exactly once.
    case one
    /// Once or not at all.
    case optional
    /// Any number of times.
    case any
  }

  /// In help: `<name>`.
  package var name: String
  /// How often it comes.
  package var count: Count
  /// One sentence.
  package var summary: String

  /// An operand.
  package init(_ name: String, _ count: Count = .one, _ summary: String) {
    self.name = name
    self.count = count
    self.summary = summary
  }

  var synopsis: String {
    switch count {
    case .one: "<\(name)>"
    case .optional: "[<\(name)>]"
    case .any: "[<\(name)> ...]"
    }
  }
}
