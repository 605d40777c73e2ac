/// What every form of output has: where text goes, and how many rules were broken.
package struct OutputLines: Sendable {
  /// Takes a run of whole lines out of the text.
  package typealias Spill = @Sendable (inout TextBuffer) -> Void

  /// Lines that were not taken yet.
  private var text = TextBuffer()
  package private(set) var violationCount = 0
  /// How many things encoding again would have written otherwise, where that was asked for.
  package private(set) var differenceCount = 0
  /// Where lines go once there are many; nil if all of them wait to be taken.
  package var spill: Spill?
  /// How many bytes are gathered before they are handed on.
  var spillSize = 1 << 16

  package init() {}

  /// How many bytes were not taken yet.
  var count: Int { text.count }

  package mutating func add(_ line: String) { add { $0.append(line) } }

  /// Adds a line that `body` appends to the text, without its end.
  mutating func add(_ body: (inout TextBuffer) -> Void) {
    addLines { text in
      body(&text)
      text.append(UInt8(ascii: "\n"))
    }
  }

  /// Adds lines that `body` appends to the text, with their ends.
  mutating func addLines(_ body: (inout TextBuffer) -> Void) {
    body(&text)
    if text.count >= spillSize { handOn() }
  }

  /// Hands on what there is, if it is to be handed on.
  package mutating func handOn() {
    guard let spill, text.count > 0 else { return }
    spill(&text)
  }

  /// The lines that were not handed on; it begins anew.
  mutating func takeBytes() -> [UInt8] { text.take() }

  /// Lends the lines that were not handed on, to be taken.
  mutating func take<Result>(_ body: (inout TextBuffer) -> Result) -> Result { body(&text) }

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
      var clock = TextBuffer()
      clock.append(clock: nanoseconds)
      return clock.string
    }
  }
}
