import WireCaptureModel

/// Text for people: frames as nghttp lists them, with what is in them below.
package struct TextOutput: DumpOutput {
  package var lines = OutputLines()
  private let paint: Paint
  /// Whether each frame is one line.
  private let isOneLine: Bool
  /// Whether it is told how each thing is written.
  private let isVerbose: Bool

  package init(color: Bool = false, oneLine: Bool = false, verbose: Bool = false) {
    paint = Paint(isOn: color)
    isOneLine = oneLine
    isVerbose = verbose
  }

  package mutating func write(_ unit: Unit, _ bytes: Span<UInt8>) {
    var violations: [String] = []
    unit.item.forEach { item, _ in violations += item.violations.map(unit.sentence) }
    lines.count(violations.count)
    if isOneLine {
      writeLine(unit, violations)
    } else {
      writeTree(unit, violations)
    }
  }

  private func head(_ unit: Unit) -> String {
    let place = paint.dim(Hex.padded(unit.map.offset(0), 6))
    let clock = unit.clock.map { paint.dim($0) + " " } ?? ""
    let connection = unit.connection > 0 ? "#\(unit.connection) " : ""
    let direction = paint.direction(unit.direction.verb, isSent: unit.direction == .clientToServer)
    return "\(place) \(clock)\(connection)\(direction) "
  }

  private mutating func writeLine(_ unit: Unit, _ violations: [String]) {
    var parts = [unit.item.text]
    if !unit.item.detail.isEmpty { parts.append("[\(unit.item.detail)]") }
    unit.item.forEach { item, depth in
      if depth > 0, item.children.isEmpty { parts.append(item.text) }
      parts += item.notes.map { "(\($0))" }
    }
    parts += violations.map { "! \($0)" }
    lines.add(head(unit) + parts.joined(separator: "  "))
  }

  private mutating func writeTree(_ unit: Unit, _ violations: [String]) {
    let item = unit.item
    let title = unit.isAssembled ? "   \(item.text)" : item.text
    lines.add(head(unit) + paint.bold(title))
    if item.layer == .http2, !item.detail.isEmpty { lines.add(indent(1) + "; \(item.detail)") }
    writeNotes(item, 1)
    for child in item.children { write(child, 1) }
    for violation in violations { lines.add(indent(1) + paint.red("! \(violation)")) }
  }

  private mutating func write(_ item: Item, _ depth: Int) {
    let detail = isVerbose && !item.detail.isEmpty ? paint.dim("  ; \(item.detail)") : ""
    lines.add(indent(depth) + paint.layer(item.text, item.layer) + detail)
    writeNotes(item, depth + 1)
    for child in item.children { write(child, depth + 1) }
  }

  private mutating func writeNotes(_ item: Item, _ depth: Int) {
    for note in item.notes { lines.add(indent(depth) + paint.dim("; \(note)")) }
  }

  private func indent(_ depth: Int) -> String { String(repeating: " ", count: 7 + 2 * depth) }

  package mutating func write(_ table: TableRecord) {
    lines.add(
      "       HPACK table of the \(table.direction.name), \(table.size) of \(table.capacity) bytes"
        + (table.hasUnknown ? ", older entries are unknown" : ""))
    for row in table.rows {
      lines.add("         [\(row.index)] \(row.name): \(row.value)  (\(row.size))")
    }
  }

  package mutating func note(_ text: String, offset: UInt64) {
    lines.add(paint.dim("\(Hex.padded(offset, 6)) note: \(text)"))
  }
}

/// Colours of a terminal (ECMA-48 SGR).
struct Paint: Sendable {
  let isOn: Bool

  func bold(_ text: String) -> String { wrap(text, "1") }
  func dim(_ text: String) -> String { wrap(text, "2") }
  func red(_ text: String) -> String { wrap(text, "31") }
  func direction(_ text: String, isSent: Bool) -> String { wrap(text, isSent ? "35" : "36") }

  func layer(_ text: String, _ layer: Layer) -> String {
    switch layer {
    case .hpack: wrap(text, "34")
    case .grpc: wrap(text, "33")
    case .protobuf: wrap(text, "32")
    case .http2, .raw: text
    }
  }

  private func wrap(_ text: String, _ code: String) -> String {
    isOn ? "\u{1B}[\(code)m\(text)\u{1B}[0m" : text
  }
}
