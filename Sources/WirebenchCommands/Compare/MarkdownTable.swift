import CommandConsole

/// A table as Markdown, its columns aligned for those who read the source.
struct MarkdownTable {
  private var rows: [[String]]

  init(_ header: [String]) { rows = [header] }

  var isEmpty: Bool { rows.count == 1 }

  mutating func add(_ row: [String]) { rows.append(row) }

  /// The first column to the left, the others to the right.
  var text: String {
    let widths = rows[0].indices.map { column in rows.map { $0[column].count }.max() ?? 0 }
    var lines = rows.map { row in
      line(row.indices.map { pad(row[$0], to: widths[$0], isFirst: $0 == 0) })
    }
    let rule = widths.indices.map { column in
      String(repeating: "-", count: max(1, widths[column] - 1)) + (column == 0 ? "-" : ":")
    }
    lines.insert(line(rule), at: 1)
    return lines.joined(separator: "\n")
  }

  private func line(_ cells: [String]) -> String { "| \(cells.joined(separator: " | ")) |" }

  private func pad(_ text: String, to width: Int, isFirst: Bool) -> String {
    isFirst ? text.padded(to: width) : text.leftPadded(to: width)
  }
}
