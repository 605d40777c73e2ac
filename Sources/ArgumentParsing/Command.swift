/// What a command is and what it takes: the one table that both the parser and the help read.
package struct Command: Sendable, Equatable {
  /// The word that calls it; for the first of all the name of the executable.
  package var name: String
  /// One sentence.
  package var abstract: String
  /// What the abstract leaves out, one string a paragraph. A paragraph that begins with a space is
  /// shown as it stands, line by line.
  package var discussion: [String]
  /// What one would type first. Help shows them before everything else.
  package var examples: [Example]
  /// In the order in which help lists them.
  package var options: [Option]
  /// What follows without a name, in order. Only the last may repeat.
  package var operands: [Operand]
  /// A command that has subcommands takes no operands.
  package var subcommands: [Command]
  /// What help shows at the end, each under a title of its own.
  package var sections: [HelpSection]
  /// What `--version` prints; read from the first command only.
  package var version: String?

  /// A command; everything but its name and abstract is empty unless told otherwise.
  package init(
    _ name: String,
    abstract: String,
    discussion: [String] = [],
    examples: [Example] = [],
    options: [Option] = [],
    operands: [Operand] = [],
    subcommands: [Command] = [],
    sections: [HelpSection] = [],
    version: String? = nil
  ) {
    self.name = name
    self.abstract = abstract
    self.discussion = discussion
    self.examples = examples
    self.options = options
    self.operands = operands
    self.subcommands = subcommands
    self.sections = sections
    self.version = version
  }
}

/// A line to type, and what it does.
package struct Example: Sendable, Equatable {
  /// What it does, in one line.
  package var purpose: String
  /// What to type.
  package var line: String

  /// An example.
  package init(_ purpose: String, _ line: String) {
    self.purpose = purpose
    self.line = line
  }
}

/// Text at the end of the help, such as a table of exit codes. Lines are shown as they stand.
package struct HelpSection: Sendable, Equatable {
  /// Shown in capitals.
  package var title: String
  /// Indented by two columns, otherwise as they stand.
  package var lines: [String]

  /// A section.
  package init(_ title: String, _ lines: [String]) {
    self.title = title
    self.lines = lines
  }
}
