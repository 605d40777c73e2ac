/// Emphasis for terminals (ECMA-48 SGR); plain text everywhere else.
package struct Style: Sendable {
  package let isOn: Bool

  package func bold(_ text: String) -> String { wrap(text, "1") }
  package func dim(_ text: String) -> String { wrap(text, "2") }
  package func green(_ text: String) -> String { wrap(text, "32") }

  private func wrap(_ text: String, _ code: String) -> String {
    isOn ? "\u{1B}[\(code)m\(text)\u{1B}[0m" : text
  }
}

extension String {
  /// The text without what would steer a terminal: it may come from a file or a service.
  package var visible: String {
    String(
      unicodeScalars.map { scalar in
        switch scalar.properties.generalCategory {
        case .control, .format, .lineSeparator, .paragraphSeparator: "?"
        default: Character(scalar)
        }
      })
  }

  /// The text with spaces behind it, up to a width.
  package func padded(to width: Int) -> String {
    self + String(repeating: " ", count: max(0, width - count))
  }

  /// The text with spaces before it, up to a width.
  package func leftPadded(to width: Int) -> String {
    String(repeating: " ", count: max(0, width - count)) + self
  }
}

/// Names and values, the values below each other.
package struct Rows {
  private var rows: [(name: String, value: String)] = []

  package init() {}

  package mutating func add(_ name: String, _ value: String) { rows.append((name, value)) }

  /// One line a row; a row without a name continues the one above.
  package func lines(_ style: Style) -> String {
    let width = rows.map(\.name.count).max() ?? 0
    return rows.map { style.dim($0.name.padded(to: width)) + "  " + $0.value }
      .joined(separator: "\n")
  }
}
