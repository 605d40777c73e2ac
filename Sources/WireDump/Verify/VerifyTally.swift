/// Something that encoding again would have done otherwise.
struct VerifyFinding: Sendable, Equatable {
  enum Kind: String, Sendable {
    /// The encoder that everybody has would have written other bytes.
    case difference
    /// A choice that is as good, such as text without Huffman coding.
    case remark
    /// It cannot be known what was chosen, because something that was sent before is not there.
    case unknown
  }

  var kind: Kind
  /// Where in the block.
  var position: Int
  var what: String

  init(_ position: Int, _ what: String, _ kind: Kind = .difference) {
    self.kind = kind
    self.position = position
    self.what = what
  }
}

/// What verifying has found in one layer.
struct VerifyTally: Sendable {
  /// The first of a kind, its place in the input, and how many there are.
  struct First: Sendable {
    var offset: UInt64
    var what: String
    var count: Int
  }

  /// How many frames, fields or messages were encoded again.
  var checked = 0
  private(set) var differences: First?
  private(set) var remarks: First?
  private(set) var unknowns: First?

  var isEmpty: Bool { checked == 0 && differences == nil && unknowns == nil }

  mutating func add(_ finding: VerifyFinding, _ map: OffsetMap) {
    let offset = map.offset(finding.position)
    switch finding.kind {
    case .difference: Self.add(finding.what, offset, &differences)
    case .remark: Self.add(finding.what, offset, &remarks)
    case .unknown: Self.add(finding.what, offset, &unknowns)
    }
  }

  private static func add(_ what: String, _ offset: UInt64, _ first: inout First?) {
    if first == nil { first = First(offset: offset, what: what, count: 0) }
    first?.count += 1
  }

  /// - Parameter things: what was checked, such as `frames`.
  func line(_ layer: Layer, _ things: String) -> String {
    let same = checked == 0 ? "nothing encoded again" : "same bytes, \(checked) \(things)"
    var parts = [differences.map { "not canonical \(Self.text($0))" } ?? same]
    if let unknowns { parts.append("cannot be known \(Self.text(unknowns))") }
    if let remarks { parts.append("remark \(Self.text(remarks))") }
    return "verify \(layer.rawValue): " + parts.joined(separator: "; ")
  }

  private static func text(_ first: First) -> String {
    "at 0x\(Hex.short(first.offset)): \(first.what)"
      + (first.count > 1 ? " (and \(first.count - 1) more)" : "")
  }

  func json(_ layer: Layer) -> JSONLine {
    var line = JSONLine()
    line.add("v", .number(1))
    line.add("layer", .text(layer.rawValue))
    line.add("type", .text("verify"))
    line.add("checked", .number(UInt64(clamping: checked)))
    line.add("same", .flag(differences == nil))
    for (name, first) in [
      ("difference", differences), ("unknown", unknowns), ("remark", remarks),
    ] {
      guard let first else { continue }
      line.add(name, .text(first.what))
      line.add("\(name)Off", .number(first.offset))
      line.add("\(name)Count", .number(UInt64(clamping: first.count)))
    }
    return line
  }
}
