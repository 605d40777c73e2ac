/// What every form of output has: where text goes, and how many rules were broken.
package struct OutputLines: Sendable {
  /// Takes a run of whole lines.
  package typealias Spill = @Sendable ([UInt8]) -> Void

  /// How many bytes are gathered before they are handed on.
  private static let size = 1 << 16

  /// Lines that were not taken yet.
  package private(set) var bytes: [UInt8] = []
  package private(set) var violationCount = 0
  /// How many things encoding again would have written otherwise, where that was asked for.
  package private(set) var differenceCount = 0
  /// Where lines go once there are many; nil if all of them wait to be taken.
  package var spill: Spill?

  package init() {}

  package mutating func add(_ line: String) {
    bytes.append(contentsOf: line.utf8)
    endLine()
  }

  /// Adds a line that is complete but for its end.
  mutating func add(_ line: [UInt8]) {
    bytes += line
    endLine()
  }

  /// Adds a line that `body` appends to the text, without its end.
  mutating func add(_ body: (inout [UInt8]) -> Void) {
    body(&bytes)
    endLine()
  }

  /// Makes room for much that comes, if it is not handed on in between: no more than that, where room
  /// that doubles would be twice as much as a large message needs.
  mutating func expect(_ count: Int) {
    guard spill == nil, count >= Self.size, bytes.capacity - bytes.count < count else { return }
    bytes.reserveCapacity(bytes.count + count)
  }

  /// Adds lines that `body` appends to the text, with their ends.
  mutating func addLines(_ body: (inout [UInt8]) -> Void) {
    body(&bytes)
    if bytes.count >= Self.size { handOn() }
  }

  private mutating func endLine() {
    bytes.append(UInt8(ascii: "\n"))
    if bytes.count >= Self.size { handOn() }
  }

  /// Hands on what there is, if it is to be handed on.
  package mutating func handOn() {
    guard let spill, !bytes.isEmpty else { return }
    spill(bytes)
    bytes.removeAll(keepingCapacity: true)
  }

  /// The lines that were not handed on; it begins anew.
  mutating func takeBytes() -> [UInt8] {
    defer { bytes = [] }
    return bytes
  }

  /// Makes room for so many bytes.
  mutating func reserve(_ count: Int) { bytes.reserveCapacity(count) }

  /// Counts what another has counted, too.
  mutating func addCounts(of other: OutputLines) {
    violationCount += other.violationCount
    differenceCount += other.differenceCount
  }

  mutating func count(_ violations: Int) { violationCount += violations }

  mutating func countDifferences(_ differences: Int) { differenceCount += differences }

  /// The lines that were not handed on, as text; it begins anew.
  package mutating func take() -> String {
    String(decoding: takeBytes(), as: UTF8.self)
  }
}

extension Unit {
  /// The sentence about a broken rule: which frame, where, what, by which rule.
  func sentence(_ violation: Violation) -> String {
    let code = violation.code.isEmpty ? "" : ", \(violation.code)"
    return "frame \(frame) at 0x\(Hex.short(map.offset(violation.position))): \(violation.what) — "
      + "\(violation.rule)\(code)"
  }

  /// Seconds with milliseconds; nil where the capture has no times.
  var clock: String? {
    time.map { nanoseconds in
      var clock = ShortText()
      clock.append(clock: nanoseconds)
      return clock.string
    }
  }
}

extension ShortText {
  /// Seconds with milliseconds, as nghttp has it.
  mutating func append(clock nanoseconds: UInt64) {
    let milliseconds = nanoseconds / 1_000_000
    append(UInt8(ascii: "["))
    append(decimal: milliseconds / 1000, width: 3, padding: 0x20)
    append(UInt8(ascii: "."))
    append(decimal: milliseconds % 1000, width: 3)
    append(UInt8(ascii: "]"))
  }
}
