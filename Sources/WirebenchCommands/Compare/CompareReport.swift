import MomentoAuth

/// What `wirebench compare` prints.
struct CompareReport {
  /// One part of the comparison.
  struct Section {
    var title: String
    /// Its name in JSON.
    var key: String
    var tables: [MarkdownTable]
    var json: JSONValue
    var targets: [Target]
  }

  var machine: Machine
  var sections: [Section]

  private var targets: [Target] { sections.flatMap(\.targets) }

  /// How many targets are missed.
  var misses: Int { targets.count { $0.verdict == .miss } }

  /// Markdown.
  var text: String {
    var parts = [machine.text]
    for section in sections {
      let tables = section.tables.filter { !$0.isEmpty }.map(\.text)
      if !tables.isEmpty { parts.append("## \(section.title)") }
      parts += tables
    }
    var table = MarkdownTable(Target.header)
    for target in targets where target.verdict != .missing { table.add(target.row) }
    if !table.isEmpty { parts.append("## Targets\n\n\(table.text)") }
    return parts.joined(separator: "\n\n")
  }

  var json: JSONValue {
    var members: [String: JSONValue] = [
      "machine": machine.json, "targets": .array(targets.map(\.json)),
    ]
    for section in sections { members[section.key] = section.json }
    return .object(members)
  }
}
