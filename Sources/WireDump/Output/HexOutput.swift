extension String {
  /// Without the spaces at its end.
  fileprivate var trimmingEnd: String {
    let count = utf8.reversed().prefix { $0 == UInt8(ascii: " ") }.count
    return String(dropLast(count))
  }
}

/// An annotated dump: offset, bytes, layer and meaning. Every byte of the input stands in it once.
package struct HexOutput: DumpOutput {
  package var lines = OutputLines()
  private let paint: Paint
  private static let width = 16

  package init(color: Bool = false) { paint = Paint(isOn: color) }

  package mutating func write(_ unit: Unit, _ bytes: Span<UInt8>) {
    write(unit.item, 0, unit, bytes)
  }

  private mutating func write(_ item: Item, _ depth: Int, _ unit: Unit, _ bytes: Span<UInt8>) {
    var meaning = String(repeating: "  ", count: depth) + item.text
    if depth == 0 {
      let clock = unit.clock.map { "\($0) " } ?? ""
      meaning = clock + "\(unit.direction.verb) " + meaning
    }
    if !item.detail.isEmpty { meaning += "  ; " + item.detail }
    var isFirst = true
    var position = item.range.lowerBound
    for child in item.children {
      if position < child.range.lowerBound || isFirst {
        let own = position..<max(position, child.range.lowerBound)
        write(own, item, unit, bytes, isFirst ? meaning : "")
        if isFirst { writeRemarks(item, depth, unit) }
        isFirst = false
      }
      write(child, depth + 1, unit, bytes)
      position = max(position, child.range.upperBound)
    }
    if position < item.range.upperBound || isFirst {
      write(
        position..<max(position, item.range.upperBound), item, unit, bytes, isFirst ? meaning : "")
      if isFirst { writeRemarks(item, depth, unit) }
    }
  }

  private mutating func writeRemarks(_ item: Item, _ depth: Int, _ unit: Unit) {
    let remarks =
      item.notes.map { "; \($0)" } + item.violations.map { paint.red("! \(unit.sentence($0))") }
    lines.count(item.violations.count)
    let space = String(repeating: " ", count: 8 + 3 * Self.width + 7 + 2 * depth)
    for remark in remarks { lines.add(space + remark) }
  }

  private mutating func write(
    _ range: Range<Int>, _ item: Item, _ unit: Unit, _ bytes: Span<UInt8>, _ meaning: String
  ) {
    var meaning = meaning
    var start = range.lowerBound
    repeat {
      let end =
        item.isDeferred
        ? range.upperBound : min(start + Self.width, range.upperBound, unit.map.endOfRun(start))
      let shown = item.isDeferred ? "" : hex(start..<end, item.secret, bytes)
      let gap = String(repeating: " ", count: max(0, 3 * Self.width - shown.utf8.count))
      let layer = item.layer.rawValue
      let line =
        paint.dim(Hex.padded(unit.map.offset(start), 6)) + "  " + shown + gap
        + paint.dim(layer) + String(repeating: " ", count: 7 - layer.utf8.count)
        + paint.layer(meaning, item.layer)
      lines.add(meaning.isEmpty ? line.trimmingEnd : line)
      meaning = ""
      start = end
    } while start < range.upperBound
  }

  /// The bytes of a line; those of a secret as dashes.
  private func hex(_ range: Range<Int>, _ secret: Range<Int>?, _ bytes: Span<UInt8>) -> String {
    var text: [UInt8] = []
    text.reserveCapacity(range.count * 3)
    for index in range {
      if secret?.contains(index) ?? false {
        text += [UInt8(ascii: "-"), UInt8(ascii: "-")]
      } else {
        Hex.append(bytes[index], to: &text)
      }
      text.append(UInt8(ascii: " "))
    }
    return String(decoding: text, as: UTF8.self)
  }

  package mutating func note(_ text: String, offset: UInt64) {
    lines.add(paint.dim("# \(Hex.padded(offset, 6)): \(text)"))
  }
}
