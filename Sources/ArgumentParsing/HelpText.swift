extension Command {
  /// How the command is called, in one line of at most 80 columns if that is possible: options that
  /// need not be given are summed up as `[<options>]` when they are too many to name.
  package func usageLine(path: [String]) -> String {
    let name = path.joined(separator: " ")
    if !subcommands.isEmpty { return "\(name) <subcommand>" }
    let tail = operands.map(\.synopsis)
    let full = ([name] + options.filter { !$0.isRefused }.map(\.usage) + tail)
      .joined(separator: " ")
    guard full.count > helpWidth - "USAGE: ".count else { return full }
    let required = options.filter { $0.rule?.isRequired == true }.map(\.synopsis)
    return ([name, "[<options>]"] + required + tail).joined(separator: " ")
  }

  /// The help of this command, in lines of at most 80 columns where the table allows it.
  package func helpText(path: [String]) -> String {
    let blocks: [[String]] =
      [wrapped("OVERVIEW: \(abstract)", indent: 0)] + discussion.map(paragraph)
      + [exampleBlock, ["USAGE: \(usageLine(path: path))"], operandBlock, optionBlock(path: path)]
      + [subcommandBlock(path: path)]
      + sections.map {
        ["\($0.title.uppercased()):"] + $0.lines.map { $0.isEmpty ? "" : "  " + $0 }
      }
    return blocks.filter { !$0.isEmpty }
      .map { $0.joined(separator: "\n") }
      .joined(separator: "\n\n") + "\n"
  }

  private var exampleBlock: [String] {
    guard !examples.isEmpty else { return [] }
    return ["EXAMPLES:"] + examples.flatMap { ["  # \($0.purpose)", "  \($0.line)"] }
  }

  private var operandBlock: [String] {
    guard !operands.isEmpty else { return [] }
    return ["ARGUMENTS:"] + operands.flatMap { entry("<\($0.name)>", $0.summary) }
  }

  private func optionBlock(path: [String]) -> [String] {
    var lines = ["OPTIONS:"]
    for option in options where !option.isRefused {
      lines += entry(option.label, option.summaryWithRule)
    }
    if version != nil && path.count == 1 { lines += entry("--version", "Show the version.") }
    return lines + entry("-h, --help", "Show help information.")
  }

  private func subcommandBlock(path: [String]) -> [String] {
    guard !subcommands.isEmpty else { return [] }
    let rows = subcommands.flatMap { entry($0.name, $0.abstract) }
    let name = path.first ?? name
    return ["SUBCOMMANDS:"] + rows + ["", "  See '\(name) help <subcommand>' for detailed help."]
  }
}

extension Option {
  fileprivate var usage: String {
    switch kind {
    case .flag, .refused: "[--\(name)]"
    case .invertibleFlag: "[--[no-]\(name)]"
    case .value(let rule): rule.isRequired ? synopsis : "[\(synopsis)]"
    case .values(let rule): rule.isRequired ? "\(synopsis) ..." : "[\(synopsis) ...]"
    }
  }

  fileprivate var label: String {
    letter.map { "-\($0), \(synopsis)" } ?? synopsis
  }

  fileprivate var summaryWithRule: String {
    var notes: [String] = []
    if case .invertibleFlag(let fallback) = kind {
      notes.append("default: --\(fallback ? "" : "no-")\(name)")
    }
    if let rule, !rule.choices.isEmpty {
      notes.append("values: \(rule.choices.joined(separator: ", "))")
    }
    if let fallback = rule?.fallback { notes.append("default: \(fallback)") }
    if !aliases.isEmpty {
      notes.append("also: \(aliases.map { "--\($0)" }.joined(separator: ", "))")
    }
    return notes.isEmpty ? summary : "\(summary) (\(notes.joined(separator: "; ")))"
  }
}

/// Columns of a help text.
private let helpWidth = 80
/// The column where descriptions begin.
private let descriptionColumn = 26

private func paragraph(_ text: String) -> [String] {
  text.hasPrefix(" ")
    ? text.split(separator: "\n", omittingEmptySubsequences: false).map(String.init)
    : wrapped(text, indent: 0)
}

/// A label and its description; the description begins a line of its own when the label is long.
private func entry(_ label: String, _ text: String) -> [String] {
  var lines = wrapped(text, indent: descriptionColumn)
  let head = "  " + label
  guard let first = lines.first else { return [head] }
  guard head.count < descriptionColumn else { return [head] + lines }
  let gap = String(repeating: " ", count: descriptionColumn - head.count)
  lines[0] = head + gap + first.drop { $0 == " " }
  return lines
}

/// `text` in lines that end before column 80, broken at spaces only.
private func wrapped(_ text: String, indent: Int) -> [String] {
  let margin = String(repeating: " ", count: indent)
  var lines: [String] = []
  var line = ""
  for word in text.split(separator: " ") {
    if !line.isEmpty && indent + line.count + 1 + word.count > helpWidth {
      lines.append(margin + line)
      line = ""
    }
    line += line.isEmpty ? String(word) : " \(word)"
  }
  return line.isEmpty ? lines : lines + [margin + line]
}
