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

  package var isSeparable: Bool { true }
  package var takesCalls: Bool { false }

  package mutating func write(_ unit: Unit, _ bytes: Span<UInt8>) {
    let before = lines.violationCount
    if isOneLine { writeLine(unit) } else { writeTree(unit) }
    guard !isOneLine, lines.violationCount > before else { return }
    unit.item.forEachViolation { violation in
      lines.add { [paint] text in
        Self.indent(1, &text)
        paint.append("! \(unit.sentence(violation))", .red, to: &text)
      }
    }
  }

  private static func appendHead(_ unit: Unit, _ paint: Paint, to text: inout TextBuffer) {
    paint.begin(.dim, &text)
    text.append(hex: unit.map.offset(0), width: 6)
    paint.end(.dim, &text)
    text.append(0x20)
    if let time = unit.time {
      paint.begin(.dim, &text)
      text.append(clock: time)
      paint.end(.dim, &text)
      text.append(0x20)
    }
    if unit.connection > 0 {
      text.append(UInt8(ascii: "#"))
      text.append(decimal: unit.connection)
      text.append(0x20)
    }
    let isSent = unit.direction == .clientToServer
    paint.append(unit.direction.verb, isSent ? .sent : .received, to: &text)
    text.append(0x20)
  }

  private mutating func writeLine(_ unit: Unit) {
    var violations = 0
    lines.add { [paint] text in
      Self.appendHead(unit, paint, to: &text)
      unit.item.meaning.append(to: &text)
      if unit.item.meaning.hasDetail {
        text.append(literal: "  [")
        unit.item.meaning.appendDetail(to: &text)
        text.append(literal: "]")
      }
      Self.append(partsOf: unit.item, depth: 0, to: &text, &violations)
      guard violations > 0 else { return }
      unit.item.forEachViolation { text.append("  ! \(unit.sentence($0))") }
    }
    lines.count(violations)
  }

  private static func append(
    partsOf item: Item, depth: Int, to text: inout TextBuffer, _ violations: inout Int
  ) {
    violations += item.violations.count
    if depth > 0, item.children.isEmpty {
      text.append(literal: "  ")
      item.meaning.append(to: &text)
    }
    for note in item.notes {
      text.append(literal: "  (")
      text.append(note)
      text.append(UInt8(ascii: ")"))
    }
    item.forEachChild { append(partsOf: $0, depth: depth + 1, to: &text, &violations) }
  }

  private mutating func writeTree(_ unit: Unit) {
    lines.add { [paint] text in
      Self.appendHead(unit, paint, to: &text)
      paint.begin(.bold, &text)
      if unit.isAssembled { text.append(literal: "   ") }
      unit.item.meaning.append(to: &text)
      paint.end(.bold, &text)
    }
    if unit.item.layer == .http2, unit.item.meaning.hasDetail {
      lines.add { text in
        Self.indent(1, &text)
        text.append(literal: "; ")
        unit.item.meaning.appendDetail(to: &text)
      }
    }
    writeRemarks(unit.item, 1)
    unit.item.forEachChild { write($0, 1) }
  }

  private mutating func write(_ item: Item, _ depth: Int) {
    lines.add { [paint, isVerbose] text in
      Self.indent(depth, &text)
      let style = Paint.Style.of(item.layer)
      paint.begin(style, &text)
      item.meaning.append(to: &text)
      paint.end(style, &text)
      guard isVerbose, item.meaning.hasDetail else { return }
      paint.begin(.dim, &text)
      text.append(literal: "  ; ")
      item.meaning.appendDetail(to: &text)
      paint.end(.dim, &text)
    }
    writeRemarks(item, depth + 1)
    item.forEachChild { write($0, depth + 1) }
  }

  /// Writes the notes, and counts the violations, which stand below all of the tree.
  private mutating func writeRemarks(_ item: Item, _ depth: Int) {
    lines.count(item.violations.count)
    for note in item.notes {
      lines.add { [paint] text in
        Self.indent(depth, &text)
        paint.append("; \(note)", .dim, to: &text)
      }
    }
  }

  private static func indent(_ depth: Int, _ text: inout TextBuffer) {
    text.append(spaces: 7 + 2 * depth)
  }

  package mutating func write(_ table: TableRecord) {
    lines.add(
      "       HPACK table of the \(table.direction.name), \(table.size) of \(table.capacity) bytes"
        + (table.hasUnknown ? ", older entries are unknown" : ""))
    for row in table.rows {
      lines.add("         [\(row.index)] \(row.name): \(row.value)  (\(row.size))")
    }
  }

  package mutating func note(_ text: String, offset: UInt64) {
    lines.add { [paint] line in
      paint.append("\(Hex.padded(offset, 6)) note: \(text)", .dim, to: &line)
    }
  }
}

extension Item {
  /// The rules that are broken in it and in what is below it.
  func forEachViolation(_ body: (Violation) -> Void) {
    for violation in violations { body(violation) }
    forEachChild { $0.forEachViolation(body) }
  }
}
