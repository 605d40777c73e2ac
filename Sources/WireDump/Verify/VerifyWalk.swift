import ProtobufSchema

/// Names what is not canonical in a message, on the way through it.
struct VerifyWalk {
  let schema: Schema?
  private(set) var findings: [VerifyFinding] = []
  /// Nonzero inside of what may be no message at all: nothing there is sure.
  private var doubt = 0

  init(schema: Schema?) { self.schema = schema }

  mutating func message(
    _ items: [Item], _ bytes: Span<UInt8>, _ range: Range<Int>, _ type: MessageDescriptor?
  ) {
    // Without a type, bytes that no field explains make the others doubtful, too.
    let isDoubtful = type == nil && !items.allSatisfy(\.isField)
    doubt += isDoubtful ? 1 : 0
    defer { doubt -= isDoubtful ? 1 : 0 }
    var order = FieldOrder()
    for item in items {
      let start = item.range.lowerBound
      guard item.isField, let tag = Tag(bytes, start, item.range.upperBound) else {
        add(start, "\(item.range.count) bytes that are no field")
        continue
      }
      redundant(UInt64(tag.number) << 3 | UInt64(tag.wireType), start, tag.end, "tag")
      let isKnown = order.open.isEmpty && item.text("name") != nil
      let field = isKnown ? type?.field(number: Int32(tag.number)) : nil
      if let fault = order.take(tag, isSingle: !(field?.isRepeated ?? true)) { add(start, fault) }
      guard tag.wireType != 3, tag.wireType != 4 else { continue }
      value(item, tag, bytes, field, isEntry: type?.isMapEntry ?? false)
    }
    if let group = order.open.last { add(range.upperBound, "group \(group.number) is not closed") }
  }

  private mutating func add(_ position: Int, _ what: String) {
    findings.append(
      doubt > 0
        ? VerifyFinding(position, what + ", if these bytes are a message", .unknown)
        : VerifyFinding(position, what))
  }

  private mutating func redundant(_ number: UInt64, _ start: Int, _ end: Int, _ what: String) {
    guard end - start > Varint.size(number) else { return }
    add(start, "the \(what) has \(end - start) bytes, \(Varint.size(number)) would do")
  }

  private mutating func value(
    _ item: Item, _ tag: Tag, _ bytes: Span<UInt8>, _ field: FieldDescriptor?, isEntry: Bool
  ) {
    let start = item.range.lowerBound
    let end = item.range.upperBound
    if let field, tag.wireType != 2, field.isPacked {
      add(start, "field \(tag.number) is not packed, as the schema has it")
    }
    var isZero = false
    switch tag.wireType {
    case 0:
      guard let reading = Varint.read(bytes, tag.end, end) else { return }
      varint(reading, tag.end, field?.type)
      isZero = reading.value == 0
    case 2:
      isZero = length(item, tag, bytes, field)
    default: isZero = bytes.bytes(tag.end..<end).allSatisfy { $0 == 0 }
    }
    // An entry of a map has both of its fields, whatever they hold.
    guard isZero, !isEntry, let field, field.presence == .implicit, !field.isRepeated else {
      return
    }
    add(start, "field \(tag.number) is there, and has the default value")
  }

  private mutating func varint(_ reading: Varint.Reading, _ start: Int, _ type: FieldType?) {
    redundant(reading.value, start, reading.end, "varint")
    let value = reading.value
    switch type {
    case .bool where value > 1: add(start, "a bool of \(value), true is 1")
    case .int32, .enumeration:
      if 0x8000_0000...0xffff_ffff ~= value {
        add(start, "a negative number of 32 bits in \(reading.end - start) bytes, 10 are right")
      } else if Int32(exactly: Int64(bitPattern: value)) == nil {
        add(start, "a number of 32 bits with more bits than that")
      }
    case .uint32, .sint32:
      if value > 0xffff_ffff { add(start, "a number of 32 bits with more bits than that") }
    default: break
    }
  }

  /// - Returns: whether it is empty.
  private mutating func length(
    _ item: Item, _ tag: Tag, _ bytes: Span<UInt8>, _ field: FieldDescriptor?
  ) -> Bool {
    guard let length = Varint.read(bytes, tag.end, item.range.upperBound) else { return false }
    redundant(length.value, tag.end, length.end, "length")
    let value = length.end..<item.range.upperBound
    if !item.children.isEmpty {
      // A guess that is convincing has nothing in it that is not canonical.
      let isDoubtful = item.text("guess") != nil && item.text("reason") != "consistent message"
      doubt += isDoubtful ? 1 : 0
      let type = item.text("message").flatMap { schema?.message(named: $0) }
      message(item.children, bytes, value, type)
      doubt -= isDoubtful ? 1 : 0
    } else if let field, item.texts("values") != nil {
      packed(item, bytes, value, field)
    }
    return value.isEmpty && field?.type != .message
  }

  private mutating func packed(
    _ item: Item, _ bytes: Span<UInt8>, _ value: Range<Int>, _ field: FieldDescriptor
  ) {
    let start = item.range.lowerBound
    if value.isEmpty { add(start, "field \(field.number) is packed and has no value") }
    if !field.isPacked {
      add(start, "field \(field.number) is packed, the schema has it otherwise")
    }
    guard field.type.fixedWidth == nil else { return }
    var position = value.lowerBound
    while let reading = Varint.read(bytes, position, value.upperBound) {
      varint(reading, position, field.type)
      position = reading.end
    }
  }
}

/// The numbers of a message's fields as they come, and those of its groups.
private struct FieldOrder {
  private(set) var open: [(number: UInt32, last: UInt32)] = []
  private var last: UInt32 = 0
  private var seen: Set<UInt32> = []

  /// - Parameter isSingle: whether the field may be there only once.
  /// - Returns: what is wrong with the place of a tag.
  mutating func take(_ tag: Tag, isSingle: Bool) -> String? {
    if tag.wireType == 4 {
      let group = open.popLast()
      last = group?.last ?? last
      return group?.number == tag.number ? nil : "group \(tag.number) ends and is not open"
    }
    let before = last
    last = max(last, tag.number)
    let isSecond = isSingle && !seen.insert(tag.number).inserted
    if tag.wireType == 3 {
      open.append((tag.number, last))
      last = 0
    }
    if tag.number < before { return "field \(tag.number) stands behind field \(before)" }
    return isSecond ? "field \(tag.number) stands twice, and is not repeated" : nil
  }
}
