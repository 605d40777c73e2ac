/// Differences as lines for people or programs.
package enum DifferenceText {
  /// For people: where it is, then what is different there.
  package static func lines(_ differences: [Difference]) -> [String] {
    var lines: [String] = []
    var last = ""
    for difference in differences {
      let place = place(difference)
      if place != last { lines.append(place) }
      last = place
      lines.append("  " + line(difference))
    }
    return lines
  }

  private static func place(_ difference: Difference) -> String {
    var parts = ["connection \(difference.connection)"]
    if let path = difference.path {
      let numbers = [difference.a?.stream, difference.b?.stream].compactMap(\.self)
      let isOne = numbers.count == 1 || numbers.first == numbers.last
      parts.append("\(path.visible)" + (isOne ? " (stream \(numbers.first ?? 0))" : ""))
    }
    if let element = difference.element {
      parts.append("\(difference.direction.name)'s \(element)")
    }
    return parts.joined(separator: ", ")
  }

  private static func line(_ difference: Difference) -> String {
    let name = difference.field.map { "\($0.visible): " } ?? ""
    switch (difference.a, difference.b) {
    case (let a?, let b?): return "\(name)\(text(a)) | \(text(b))"
    case (let a?, nil): return "only in A: \(name)\(text(a))"
    case (nil, let b?): return "only in B: \(name)\(text(b))"
    case (nil, nil): return name
    }
  }

  private static func text(_ side: Difference.Side) -> String {
    "\(side.value.quoted()) at 0x\(Hex.short(side.offset))"
  }

  /// One JSON object for a difference: `v`, `type`, `conn`, `path`, `dir`, `element` and `field` as far
  /// as they are known, and for each side that has it `a`, `aOff`, `aFrame` and `aStream`, or those of `b`.
  package static func json(_ difference: Difference) -> String {
    var line = JSONLine()
    line.add("v", .number(1))
    line.add("type", .text("difference"))
    line.add("conn", .number(UInt64(clamping: difference.connection)))
    if let path = difference.path { line.add("path", .text(path)) }
    line.add("dir", .text(difference.direction.verb))
    if let element = difference.element { line.add("element", .text(element)) }
    if let field = difference.field { line.add("field", .text(field)) }
    for (name, side) in [("a", difference.a), ("b", difference.b)] {
      guard let side else { continue }
      line.add(name, .text(side.value))
      line.add(name + "Off", .number(side.offset))
      line.add(name + "Frame", .number(UInt64(clamping: side.frame)))
      line.add(name + "Stream", .number(UInt64(side.stream)))
    }
    return line.text
  }
}
