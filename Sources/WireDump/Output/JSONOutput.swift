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

  package mutating func write(_ unit: Unit, _ bytes: Span<UInt8>) {
    var found: [String] = []
    var violations = 0
    unit.item.forEach { item, depth in
      let shown = showsBytes && depth == 0 ? bytes.bytes(item.range) : nil
      found.append(Self.line(item, depth, unit, shown))
      for violation in item.violations {
        violations += 1
        found.append(Self.line(violation, item, unit))
      }
    }
    lines.count(violations)
    for line in found { lines.add(line) }
  }

  private static func head(_ unit: Unit, position: Int, count: Int, layer: Layer) -> JSONLine {
    var line = JSONLine()
    line.add("v", .number(1))
    if let time = unit.time { line.add("t", seconds: time) }
    line.add("conn", .number(UInt64(clamping: unit.connection)))
    line.add("dir", .text(unit.direction.verb))
    line.add("frame", .number(UInt64(clamping: unit.frame)))
    line.add("off", .number(unit.map.offset(position)))
    line.add("len", .number(UInt64(clamping: count)))
    line.add("layer", .text(layer.rawValue))
    if unit.stream > 0 { line.add("stream", .number(UInt64(unit.stream))) }
    return line
  }

  private static func line(
    _ item: Item, _ depth: Int, _ unit: Unit, _ bytes: [UInt8]?
  ) -> String {
    var line = head(
      unit, position: item.range.lowerBound, count: item.range.count, layer: item.layer)
    line.add("type", .text(item.kind))
    line.add("depth", .number(UInt64(clamping: depth)))
    line.add(pieces: unit.map.pieces(item.range))
    for member in item.members where member.name != "stream" { line.add(member.name, member.value) }
    if item.members.isEmpty, depth > 0 { line.add("text", .text(item.text)) }
    if !item.notes.isEmpty { line.add("notes", .texts(item.notes)) }
    if let bytes {
      line.add(
        unit.isAssembled ? "assembled" : "bytes",
        unit.isAssembled ? .flag(true) : .text(Hex.text(bytes)))
    }
    return line.text
  }

  private static func line(_ violation: Violation, _ item: Item, _ unit: Unit) -> String {
    var line = head(unit, position: violation.position, count: 0, layer: item.layer)
    line.add("type", .text("violation"))
    line.add("what", .text(violation.what))
    line.add("rule", .text(violation.rule))
    if !violation.code.isEmpty { line.add("errorCode", .text(violation.code)) }
    return line.text
  }

  package mutating func write(_ call: CallRecord) {
    var line = JSONLine()
    line.add("v", .number(1))
    line.add("conn", .number(UInt64(clamping: call.connection)))
    line.add("layer", .text("grpc"))
    line.add("stream", .number(UInt64(call.stream)))
    line.add("type", .text("call"))
    if let path = call.path { line.add("path", .text(path)) }
    if let status = call.status { line.add("status", .text(status)) }
    line.add("reset", .flag(call.isReset))
    line.add("requests", .number(UInt64(clamping: call.requestMessages)))
    line.add("responses", .number(UInt64(clamping: call.responseMessages)))
    if let start = call.start { line.add("t", seconds: start) }
    if let start = call.start, let end = call.end {
      line.add("took", seconds: end >= start ? end - start : 0)
    }
    lines.add(line.text)
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

/// An object in JSON, on one line.
struct JSONLine {
  private var body = ""

  var text: String { "{" + body + "}" }

  mutating func add(_ name: String, _ value: ItemValue) {
    switch value {
    case .text(let text): addRaw(name, Self.quoted(text))
    case .number(let number):
      addRaw(name, number < 1 << 53 ? String(number) : "\"\(number)\"")
    case .flag(let flag): addRaw(name, flag ? "true" : "false")
    case .texts(let texts):
      addRaw(name, "[" + texts.map(Self.quoted).joined(separator: ",") + "]")
    }
  }

  mutating func add(_ name: String, seconds nanoseconds: UInt64) {
    let micro = String(nanoseconds / 1000 % 1_000_000)
    addRaw(
      name,
      "\(nanoseconds / 1_000_000_000)." + String(repeating: "0", count: 6 - micro.utf8.count)
        + micro)
  }

  /// Where something stands, if it is in more than one place.
  mutating func add(pieces: [(offset: UInt64, count: Int)]) {
    guard pieces.count > 1 else { return }
    let texts = pieces.map { "[\($0.offset),\($0.count)]" }
    addRaw("pieces", "[" + texts.joined(separator: ",") + "]")
  }

  private mutating func addRaw(_ name: String, _ value: String) {
    if !body.isEmpty { body += "," }
    body += "\"\(name)\":\(value)"
  }

  static func quoted(_ text: String) -> String {
    var quoted: [UInt8] = [UInt8(ascii: "\"")]
    for byte in text.utf8 {
      switch byte {
      case UInt8(ascii: "\""), UInt8(ascii: "\\"): quoted += [UInt8(ascii: "\\"), byte]
      case 0..<0x20, 0x7f:
        quoted += Array("\\u00".utf8)
        Hex.append(byte, to: &quoted)
      default: quoted.append(byte)
      }
    }
    quoted.append(UInt8(ascii: "\""))
    return String(decoding: quoted, as: UTF8.self)
  }
}
