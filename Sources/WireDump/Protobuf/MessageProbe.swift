/// What bytes look like when they are read as a message without a schema.
struct MessageProbe {
  /// Whether every byte is part of a field.
  var isMessage = false
  var fieldCount = 0
  var largestNumber: UInt32 = 0
  /// Whether the numbers never fall, as every common encoder writes them.
  var isAscending = true
  var isCanonical = true
  var hasGroups = false
  /// Whether a tag or a length is a control character, which text does not hold.
  var hasControl = false
  /// Whether all that is inside of it is text or a message in turn.
  var isNestedPlausible = true

  static let depthLimit = 100

  init(_ bytes: Span<UInt8>, _ range: Range<Int>, depth: Int = 0) {
    guard depth < Self.depthLimit, !range.isEmpty else { return }
    var position = range.lowerBound
    var last: UInt32 = 0
    var groups: [UInt32] = []
    while position < range.upperBound {
      guard let tag = Tag(bytes, position, range.upperBound) else { return }
      hasControl = hasControl || bytes[position] < 0x20
      isCanonical = isCanonical && !tag.isOverlong
      isAscending = isAscending && (tag.number >= last || !groups.isEmpty)
      last = groups.isEmpty ? tag.number : last
      largestNumber = max(largestNumber, tag.number)
      fieldCount += 1
      switch tag.wireType {
      case 3:
        hasGroups = true
        groups.append(tag.number)
        position = tag.end
      case 4:
        guard groups.popLast() == tag.number else { return }
        position = tag.end
      default:
        guard let end = probeValue(bytes, tag, range.upperBound, depth) else { return }
        position = end
      }
    }
    isMessage = groups.isEmpty
  }

  private mutating func probeValue(
    _ bytes: Span<UInt8>, _ tag: Tag, _ limit: Int, _ depth: Int
  ) -> Int? {
    switch tag.wireType {
    case 0:
      guard let value = Varint.read(bytes, tag.end, limit) else { return nil }
      isCanonical = isCanonical && !value.isOverlong
      return value.end
    case 1: return limit - tag.end >= 8 ? tag.end + 8 : nil
    case 5: return limit - tag.end >= 4 ? tag.end + 4 : nil
    default:
      guard let length = Varint.read(bytes, tag.end, limit),
        length.value <= UInt64(limit - length.end)
      else { return nil }
      isCanonical = isCanonical && !length.isOverlong
      let inner = length.end..<(length.end + Int(length.value))
      if !inner.isEmpty, isNestedPlausible, !TextProbe.isText(bytes, inner) {
        isNestedPlausible = MessageProbe(bytes, inner, depth: depth + 1).isMessage
      }
      return inner.upperBound
    }
  }

  /// Whether it is more than an accident that the bytes can be read so.
  var isConvincing: Bool {
    isMessage && isCanonical && !hasGroups && largestNumber <= 100 && hasControl
      && isNestedPlausible && (fieldCount == 1 || isAscending)
  }

  var isPossible: Bool { isMessage && largestNumber <= 10_000 }
}

/// Whether bytes are text for people: UTF-8 without control characters but tab and line ends.
enum TextProbe {
  static func isASCII(_ bytes: Span<UInt8>, _ range: Range<Int>) -> Bool {
    var all: UInt8 = 0
    for index in range { all |= bytes[index] }
    return all < 0x80
  }

  static func isText(_ bytes: Span<UInt8>, _ range: Range<Int>) -> Bool {
    var position = range.lowerBound
    while position < range.upperBound {
      let byte = bytes[position]
      guard byte >= 0x20 ? byte != 0x7f : byte == 9 || byte == 10 || byte == 13 else {
        return false
      }
      if byte >= 0x80 { break }
      position += 1
    }
    guard position < range.upperBound else { return true }
    let rest = bytes.extracting(position..<range.upperBound)
    guard let text = try? UTF8Span(validating: rest) else { return false }
    var scalars = text.makeUnicodeScalarIterator()
    while let scalar = scalars.next() {
      guard
        scalar.value >= 0xa0 || 0x20..<0x7f ~= scalar.value || [9, 10, 13].contains(scalar.value)
      else { return false }
    }
    return true
  }
}
