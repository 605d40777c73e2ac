import WireCaptureModel

@testable import WireDump

/// Checks the items that an output is given, and writes them in every form: each byte is a part of
/// exactly one item, and nothing that is written holds the secret.
struct AccountingOutput: DumpOutput {
  var lines = OutputLines()
  /// How many bytes of each direction were accounted for.
  private(set) var counts: [CaptureDirection: Int] = [:]
  /// Whether it was told that bytes of a message too large are left out.
  private(set) var hasLeftOut = false
  private var text = TextOutput(verbose: true)
  private var line = TextOutput(oneLine: true)
  private var hex = HexOutput()
  private var json = JSONOutput()
  private let secret: String
  /// What the secret would look like: as it is, and as digits, in a row or in columns.
  private let forms: [[UInt8]]

  init(secret: String = "") {
    self.secret = secret
    let columns = secret.utf8.prefix(6).map { Hex.padded(UInt64($0), 2) }
    forms = [
      Array(secret.utf8), Array(columns.joined().utf8), Array(columns.joined(separator: " ").utf8),
    ]
  }

  mutating func write(_ unit: Unit, _ bytes: Span<UInt8>) {
    require(unit.item.range == 0..<bytes.count, "\(unit.item.kind) covers its \(bytes.count) bytes")
    check(unit.item)
    if !unit.isAssembled { counts[unit.direction, default: 0] += bytes.count }
    text.write(unit, bytes)
    line.write(unit, bytes)
    hex.write(unit, bytes)
    json.write(unit, bytes)
    expectNoSecret()
  }

  /// Children lie within their parent, one behind the other.
  private func check(_ item: Item) {
    var position = item.range.lowerBound
    for child in item.children {
      require(
        child.range.lowerBound >= position && child.range.upperBound <= item.range.upperBound,
        "\(child.kind) \(child.range) within \(item.kind) \(item.range), behind \(position)")
      position = child.range.upperBound
      check(child)
    }
    if let secret = item.secret {
      require(
        secret.lowerBound >= item.range.lowerBound && secret.upperBound <= item.range.upperBound,
        "what is secret of \(item.kind) is in it")
    }
  }

  mutating func write(_ call: CallRecord) {
    json.write(call)
    expectNoSecret()
  }

  mutating func write(_ table: TableRecord) {
    text.write(table)
    json.write(table)
    expectNoSecret()
  }

  mutating func note(_ text: String, offset: UInt64) {
    if text.contains("is not explained") { hasLeftOut = true }
    self.text.note(text, offset: offset)
    hex.note(text, offset: offset)
    json.note(text, offset: offset)
    expectNoSecret()
  }

  private mutating func expectNoSecret() {
    let written = [
      text.lines.take(), line.lines.take(), hex.lines.take(), json.lines.take(),
    ]
    guard !secret.isEmpty else { return }
    for text in written {
      for form in forms { require(!Self.holds(text, form), "no secret in: \(text)") }
    }
  }

  private static func holds(_ text: String, _ part: [UInt8]) -> Bool {
    let text = Array(text.utf8)
    guard let first = part.first, text.count >= part.count else { return false }
    for start in 0...(text.count - part.count)
    where text[start] == first && text[start..<(start + part.count)].elementsEqual(part) {
      return true
    }
    return false
  }
}
