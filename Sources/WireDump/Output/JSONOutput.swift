/// One JSON object a line, an object for each item. The members that every line has:
///
/// - `v`: 1, the version of this format; a member that goes or changes its meaning makes it 2
/// - `t`: seconds since the capture began; not there where it has no times
/// - `conn`: the connection, from 0
/// - `dir`: `send` from the client, `recv` from the server
/// - `frame`: the number of the frame in its direction, from 1
/// - `off`, `len`: which bytes of the input; where they stand in several places, `off` is the first
/// - `pieces`: only where they stand in several places: `[off, len]` of each
/// - `layer`: `h2`, `hpack`, `grpc`, `pb` or `raw`
/// - `stream`: for items of a stream
/// - `type`: what it is: the name of a frame, `field`, `message`, `violation`…
/// - `depth`: how many items it stands in
///
/// With bytes, each line of depth 0 has `bytes`, all that it explains: those lines in a row are the input
/// of their direction again. What is put together from several frames has `assembled` instead, since the
/// frames have its bytes.
///
/// Numbers beyond 2^53 are strings, bytes are in hexadecimal digits.
package struct JSONOutput: DumpOutput {
  package var lines = OutputLines()

  private let showsBytes: Bool

  /// - Parameter showsBytes: whether all bytes are in it, those of secrets, too.
  package init(showsBytes: Bool = false) { self.showsBytes = showsBytes }

  package var isSeparable: Bool { true }

  package mutating func write(_ unit: Unit, _ bytes: Span<UInt8>) {
    var head = TextBuffer()
    head.append(literal: "{\"v\":1")
    if let time = unit.time { head.append(member: "t", seconds: time) }
    head.append(member: "conn", .number(UInt64(clamping: unit.connection)))
    head.append(member: "dir", .text(unit.direction.verb))
    head.append(member: "frame", .number(UInt64(clamping: unit.frame)))
    write(unit.item, 0, unit, head.take(), showsBytes ? bytes.bytes(unit.item.range) : nil)
  }

  private mutating func write(
    _ item: Item, _ depth: Int, _ unit: Unit, _ head: [UInt8], _ bytes: [UInt8]?
  ) {
    lines.add { text in
      text.append(head.span)
      Self.add(unit, position: item.range.lowerBound, count: item.range.count, item, to: &text)
      // Words of our own, in which nothing is to be escaped.
      text.append(literal: ",\"type\":\"")
      text.append(item.kind)
      text.append(literal: "\",\"depth\":")
      text.append(decimal: depth)
      text.append(piecesOf: unit.map, item.range)
      item.meaning.appendJSON(to: &text)
      for (name, value) in item.moreMembers where name != "stream" {
        text.append(memberNamed: name, value)
      }
      if depth > 0, !item.meaning.hasMembers, item.moreMembers.isEmpty {
        text.append(member: "text", .text(item.text))
      }
      if !item.notes.isEmpty { text.append(member: "notes", .texts(item.notes)) }
      if let bytes {
        text.append(
          member: unit.isAssembled ? "assembled" : "bytes",
          unit.isAssembled ? MemberValue.value(.flag(true)) : .hex(bytes[...]))
      }
      text.append(UInt8(ascii: "}"))
    }
    for violation in item.violations { write(violation, item, unit, head) }
    item.forEachChild { write($0, depth + 1, unit, head, nil) }
  }

  private static func add(
    _ unit: Unit, position: Int, count: Int, _ item: Item, to text: inout TextBuffer
  ) {
    text.append(literal: ",\"off\":")
    text.append(number: unit.map.offset(position))
    text.append(literal: ",\"len\":")
    text.append(decimal: count)
    text.append(literal: ",\"layer\":\"")
    text.append(item.layer.rawValue)
    text.append(UInt8(ascii: "\""))
    guard unit.stream > 0 else { return }
    text.append(literal: ",\"stream\":")
    text.append(decimal: UInt64(unit.stream))
  }

  private mutating func write(
    _ violation: Violation, _ item: Item, _ unit: Unit, _ head: [UInt8]
  ) {
    lines.count(1)
    lines.add { text in
      text.append(head.span)
      Self.add(unit, position: violation.position, count: 0, item, to: &text)
      text.append(member: "type", .text("violation"))
      text.append(member: "what", .text(violation.what))
      text.append(member: "rule", .text(violation.rule))
      if !violation.code.isEmpty { text.append(member: "errorCode", .text(violation.code)) }
      text.append(UInt8(ascii: "}"))
    }
  }

  package mutating func write(_ call: CallRecord) {
    lines.add { text in
      text.append(literal: "{\"v\":1")
      text.append(member: "conn", .number(UInt64(clamping: call.connection)))
      text.append(literal: ",\"layer\":\"grpc\"")
      text.append(member: "stream", .number(UInt64(call.stream)))
      text.append(literal: ",\"type\":\"call\"")
      if let path = call.path { text.append(member: "path", .text(path)) }
      if let status = call.status { text.append(member: "status", .text(status)) }
      text.append(member: "reset", .flag(call.isReset))
      text.append(member: "requests", .number(UInt64(clamping: call.requestMessages)))
      text.append(member: "responses", .number(UInt64(clamping: call.responseMessages)))
      if let start = call.start { text.append(member: "t", seconds: start) }
      if let start = call.start, let end = call.end {
        text.append(member: "took", seconds: end >= start ? end - start : 0)
      }
      text.append(UInt8(ascii: "}"))
    }
  }

  package mutating func write(_ table: TableRecord) {
    for row in table.rows {
      var line = JSONLine()
      line.add("v", .number(1))
      line.add("conn", .number(UInt64(clamping: table.connection)))
      line.add("dir", .text(table.direction.verb))
      line.add("layer", .text("hpack"))
      line.add("type", .text("table"))
      line.add("index", .number(UInt64(clamping: row.index)))
      line.add("name", .text(row.name))
      line.add("value", .text(row.value))
      line.add("size", .number(UInt64(clamping: row.size)))
      lines.add(line.text)
    }
  }

  package mutating func note(_ text: String, offset: UInt64) {
    var line = JSONLine()
    line.add("v", .number(1))
    line.add("off", .number(offset))
    line.add("type", .text("note"))
    line.add("text", .text(text))
    lines.add(line.text)
  }
}
