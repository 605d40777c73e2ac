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
    guard item.hasRemarks else { return }
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
    // Without colours, all columns but those of the bytes are the same.
    if paint.isOn || item.isDeferred {
      writePainted(range, item, unit, bytes, depth: depth)
    } else {
      writePlain(range, item, unit, bytes, depth: depth)
    }
  }

  private mutating func writePlain(
    _ range: Range<Int>, _ item: Item, _ unit: Unit, _ bytes: Span<UInt8>, depth: Int?
  ) {
    var columns = HexColumns(item.layer.rawValue)
    let secret = item.secret
    var start = range.lowerBound
    if let depth {
      start = min(range.upperBound, start + HexColumns.width, unit.map.endOfRun(start))
      let shown = range.lowerBound..<start
      lines.add { [paint] text in
        columns.append(
          bytes.extracting(shown), hiding: Self.part(of: secret, in: shown),
          at: unit.map.offset(shown.lowerBound), to: &text)
        Self.append(meaningOf: item, depth, unit, paint, to: &text)
      }
    }
    while start < range.upperBound {
      // Behind the end of a run the input goes on elsewhere. Not too much at once, where it is spilled.
      let end = min(
        range.upperBound, unit.map.endOfRun(start), start + Self.mostAtOnce)
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

  /// The same with colours, or of an item whose bytes are shown elsewhere: all columns are made anew.
  private mutating func writePainted(
    _ range: Range<Int>, _ item: Item, _ unit: Unit, _ bytes: Span<UInt8>, depth: Int?
  ) {
    var depth = depth
    var start = range.lowerBound
    repeat {
      let run = start..<min(range.upperBound, max(start, unit.map.endOfRun(start)))
      var offset = unit.map.offset(start)
      repeat {
        let end =
          item.isDeferred ? range.upperBound : min(start + HexColumns.width, run.upperBound)
        let shown = item.isDeferred ? start..<start : start..<end
        lines.add { [paint, depth] text in
          Self.appendColumns(shown, at: offset, item, bytes, paint, to: &text)
          if let depth {
            Self.append(meaningOf: item, depth, unit, paint, to: &text)
          } else {
            text.trim()
          }
        }
        depth = nil
        offset &+= UInt64(end - start)
        start = end
      } while start < run.upperBound
    } while start < range.upperBound
  }

  /// Which bytes of a range are secret, counted from its start.
  private static func part(of secret: Range<Int>?, in range: Range<Int>) -> Range<Int> {
    guard let secret else { return 0..<0 }
    let part = secret.clamped(to: range)
    return part.lowerBound - range.lowerBound..<part.upperBound - range.lowerBound
  }

  private static func appendColumns(
    _ range: Range<Int>, at offset: UInt64, _ item: Item, _ bytes: Span<UInt8>,
    _ paint: Paint, to text: inout TextBuffer
  ) {
    paint.begin(.dim, &text)
    text.append(hex: offset, width: 6)
    paint.end(.dim, &text)
    text.append(literal: "  ")
    append(range, item.secret, bytes, to: &text)
    let layer = item.layer.rawValue
    paint.append(layer, .dim, to: &text)
    text.append(spaces: 7 - layer.utf8.count)
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

  /// The bytes of a line, and spaces up to its width; those of a secret as dashes.
  private static func append(
    _ range: Range<Int>, _ secret: Range<Int>?, _ bytes: Span<UInt8>, to text: inout TextBuffer
  ) {
    var columns = InlineArray<48, UInt8>(repeating: 0x20)
    let shown = bytes.extracting(range.prefix(HexColumns.width))
    for index in shown.indices {
      columns[3 * index] = Hex.digit(shown[index] >> 4)
      columns[3 * index + 1] = Hex.digit(shown[index] & 0xf)
    }
    if let secret, secret.overlaps(range) {
      for index in secret.clamped(to: range.prefix(HexColumns.width)) {
        columns[3 * (index - range.lowerBound)] = UInt8(ascii: "-")
        columns[3 * (index - range.lowerBound) + 1] = UInt8(ascii: "-")
      }
    }
    text.append(columns.span)
  }

  package mutating func note(_ text: String, offset: UInt64) {
    lines.add { [paint] line in paint.append("# \(Hex.padded(offset, 6)): \(text)", .dim, to: &line)
    }
  }
}
