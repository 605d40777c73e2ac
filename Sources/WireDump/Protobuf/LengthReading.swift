/// What a field with a length holds, guessed without a schema, and what else it might be.
struct LengthReading {
  enum Kind: String {
    case message, string, bytes
  }

  var kind: Kind
  /// Why this reading was chosen.
  var reason: String
  /// Other readings, ready to print.
  var others: [String] = []

  init(_ bytes: Span<UInt8>, _ range: Range<Int>, depth: Int) {
    guard !range.isEmpty else {
      self.kind = .string
      reason = "empty"
      return
    }
    let probe = MessageProbe(bytes, range, depth: depth)
    let isText = TextProbe.isText(bytes, range)
    switch (isText, probe.isMessage) {
    case (true, true) where !probe.isConvincing:
      kind = .string
      reason = "text; as a message it would be an accident"
      others = probe.isPossible ? [Self.compactMessage(bytes, range)] : []
    case (true, true):
      kind = .message
      reason = "consistent message"
      others = ["string of \(range.count) bytes"]
    case (true, false): (kind, reason) = (.string, "valid UTF-8 without control characters")
    case (false, true):
      kind = .message
      reason = probe.isConvincing ? "consistent message" : "every byte is part of a field"
      others = probe.isConvincing ? [] : ["bytes"]
    case (false, false): (kind, reason) = (.bytes, "neither text nor a message")
    }
    if kind != .string, let packed = Self.packed(bytes, range) { others.append(packed) }
  }

  /// One line for people; values with a length only by their size, since they may be secrets.
  static func compactMessage(_ bytes: Span<UInt8>, _ range: Range<Int>) -> String {
    var parts: [String] = []
    var position = range.lowerBound
    while position < range.upperBound, let tag = Tag(bytes, position, range.upperBound) {
      guard parts.count < 6 else {
        parts.append("…")
        break
      }
      let value: String
      switch tag.wireType {
      case 0:
        let number = Varint.read(bytes, tag.end, range.upperBound)
        value = String(number?.value ?? 0)
        position = number?.end ?? range.upperBound
      case 1, 5:
        let width = tag.wireType == 1 ? 8 : 4
        let end = min(tag.end + width, range.upperBound)
        value = "0x" + Hex.text(Array(bytes.bytes(tag.end..<end).reversed()))
        position = end
      case 2:
        let length = Varint.read(bytes, tag.end, range.upperBound)
        value = "(\(length?.value ?? 0) bytes)"
        let count = Int(clamping: length?.value ?? 0)
        position = min((length?.end ?? tag.end) + count, range.upperBound)
      default:
        value = tag.typeName
        position = tag.end
      }
      parts.append("\(tag.number): \(value)")
    }
    return "message{\(parts.joined(separator: ", "))}"
  }

  /// The bytes as packed varints, if they are that, at least two, and not all small.
  private static func packed(_ bytes: Span<UInt8>, _ range: Range<Int>) -> String? {
    guard range.count <= 64 else { return nil }
    var values: [String] = []
    var position = range.lowerBound
    while position < range.upperBound {
      guard let value = Varint.read(bytes, position, range.upperBound), !value.isOverlong else {
        return nil
      }
      values.append(String(value.value))
      position = value.end
    }
    guard values.count >= 2 else { return nil }
    let shown = values.prefix(8).joined(separator: ", ") + (values.count > 8 ? ", …" : "")
    return "packed varints [\(shown)]"
  }
}
