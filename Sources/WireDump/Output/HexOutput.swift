/// An annotated dump: offset, bytes, layer and meaning. Every byte of the input stands in it once.
package struct HexOutput: DumpOutput {
  package var lines = OutputLines()
  private let paint: Paint

  package init(color: Bool = false) { paint = Paint(isOn: color) }

  package var isSeparable: Bool { true }
  package var takesCalls: Bool { false }

  package mutating func write(_ unit: Unit, _ bytes: Span<UInt8>) {
    write(unit.item, 0, unit, bytes)
  }

  private mutating func write(_ item: Item, _ depth: Int, _ unit: Unit, _ bytes: Span<UInt8>) {
    var isFirst = true
    var position = item.range.lowerBound
    item.forEachChild { child in
      let start = child.range.lowerBound
      if position < start || isFirst {
        write(position..<max(position, start), item, unit, bytes, depth: isFirst ? depth : nil)
        if isFirst { writeRemarks(item, depth, unit) }
        isFirst = false
      }
      write(child, depth + 1, unit, bytes)
      position = max(position, child.range.upperBound)
    }
    if position < item.range.upperBound || isFirst {
      write(
        position..<max(position, item.range.upperBound), item, unit, bytes,
        depth: isFirst ? depth : nil)
      if isFirst { writeRemarks(item, depth, unit) }
    }
  }

  private mutating func writeRemarks(_ item: Item, _ depth: Int, _ unit: Unit) {
    guard !item.notes.isEmpty || !item.violations.isEmpty else { return }
    lines.count(item.violations.count)
    let space = 8 + 3 * HexColumns.width + 7 + 2 * depth
    for note in item.notes {
      lines.add { text in
        text.append(spaces: space)
        text.append("; \(note)")
      }
    }
    for violation in item.violations {
      lines.add { [paint] text in
        text.append(spaces: space)
        paint.append("! \(unit.sentence(violation))", .red, to: &text)
      }
    }
  }

  /// Writes the lines of a range of bytes, the first with the item's meaning if there is a depth.
  private mutating func write(
    _ range: Range<Int>, _ item: Item, _ unit: Unit, _ bytes: Span<UInt8>, depth: Int?
  ) {
    var columns = HexColumns(item.layer.rawValue, paint)
    let secret = item.secret
    var start = range.lowerBound
    if let depth {
      let end = min(range.upperBound, start + HexColumns.width, unit.map.endOfRun(start))
      // The bytes of what is deferred are shown elsewhere.
      let shown = start..<(item.isDeferred ? start : end)
      lines.add { [paint] text in
        columns.append(
          bytes.extracting(shown), hiding: Self.part(of: secret, in: shown),
          at: unit.map.offset(start), to: &text)
        Self.append(meaningOf: item, depth, unit, paint, to: &text)
      }
      start = item.isDeferred ? range.upperBound : end
    }
    while start < range.upperBound {
      // Behind the end of a run the input goes on elsewhere. Not too much at once, where it is spilled.
      let end = min(range.upperBound, unit.map.endOfRun(start), start + Self.mostAtOnce)
      lines.addLines { text in
        var offset = unit.map.offset(start)
        while start < end {
          let shown = start..<min(start + HexColumns.width, end)
          columns.append(
            lineOf: bytes.extracting(shown), hiding: Self.part(of: secret, in: shown), at: offset,
            to: &text)
          offset &+= UInt64(shown.count)
          start = shown.upperBound
        }
      }
    }
  }

  /// How many bytes are written before it is looked whether their lines are to be handed on.
  private static let mostAtOnce = 1 << 18

  /// Which bytes of a range are secret, counted from its start.
  private static func part(of secret: Range<Int>?, in range: Range<Int>) -> Range<Int> {
    guard let secret else { return 0..<0 }
    let part = secret.clamped(to: range)
    return part.lowerBound - range.lowerBound..<part.upperBound - range.lowerBound
  }

  private static func append(
    meaningOf item: Item, _ depth: Int, _ unit: Unit, _ paint: Paint, to text: inout TextBuffer
  ) {
    let style = Paint.Style.of(item.layer)
    paint.begin(style, &text)
    if depth == 0 {
      if let time = unit.time {
        text.append(clock: time)
        text.append(0x20)
      }
      text.append(unit.direction.verb)
      text.append(0x20)
    }
    text.append(spaces: 2 * depth)
    item.meaning.append(to: &text)
    if item.meaning.hasDetail {
      text.append(literal: "  ; ")
      item.meaning.appendDetail(to: &text)
    }
    paint.end(style, &text)
  }

  package mutating func note(_ text: String, offset: UInt64) {
    lines.add { [paint] line in paint.append("# \(Hex.padded(offset, 6)): \(text)", .dim, to: &line)
    }
  }
}
