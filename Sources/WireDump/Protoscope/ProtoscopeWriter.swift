import ProtobufSchema

/// Writes what a dump has found in a message as lines of the protoscope language.
///
/// The bytes decide what is written, and the items only how: each byte of a message is in the lines once,
/// whatever it is. A secret is a string of as many asterisks, with its tag as a remark.
struct ProtoscopeWriter {
  private let schema: Schema?
  private let map: OffsetMap
  /// Whether each field's offset is a remark.
  private let showsOffsets: Bool
  /// Whether what was not looked into is shown, which may hold secrets.
  private let reveals: Bool
  private(set) var lines: [String] = []
  /// How deep braces may be nested; what is deeper is written without them.
  private static let depthLimit = 100

  init(schema: Schema?, map: OffsetMap, showsOffsets: Bool, reveals: Bool) {
    self.schema = schema
    self.map = map
    self.showsOffsets = showsOffsets
    self.reveals = reveals
  }

  /// Writes a message.
  ///
  /// - Parameter range: the bytes that are to be written: those that no item explains as digits.
  mutating func write(
    _ items: [Item], _ bytes: Span<UInt8>, _ range: Range<Int>, type: MessageDescriptor?,
    depth: Int = 0
  ) {
    let groups = GroupPairs(items, bytes)
    let limit = Self.depthLimit - depth
    var depth = depth
    var position = range.lowerBound
    for (index, item) in items.enumerated() {
      gap(bytes, position..<max(position, item.range.lowerBound), depth)
      position = item.range.upperBound
      guard item.isField, let tag = Tag(bytes, item.range.lowerBound, item.range.upperBound) else {
        blob(item, bytes, depth)
        continue
      }
      let descriptor = groups.isOutside(index) ? type?.field(number: Int32(tag.number)) : nil
      let field = Field(item: item, tag: tag, head: head(item, tag), descriptor: descriptor)
      switch tag.wireType {
      case 2: length(field, bytes, depth)
      case 3, 4: group(field, isPaired: groups.isPaired(index, limit), &depth)
      default: add(depth, field.head + " " + scalar(field, bytes), remarks(field))
      }
    }
    gap(bytes, position..<max(position, range.upperBound), depth)
  }

  /// A field and how it is told.
  private struct Field {
    var item: Item
    var tag: Tag
    /// The tag with its colon.
    var head: String
    var descriptor: FieldDescriptor?
  }

  private func head(_ item: Item, _ tag: Tag) -> String {
    let key = UInt64(tag.number) << 3 | UInt64(tag.wireType)
    let count = tag.end - item.range.lowerBound
    return ProtoscopeLiteral.longForm(key, count: count) + "\(tag.number):"
  }

  private mutating func add(_ depth: Int, _ text: String, _ remarks: [String] = []) {
    let space = String(repeating: "  ", count: depth)
    // A remark ends with its line: nothing in it may end that line too soon.
    let remark = remarks.isEmpty ? "" : "  # " + remarks.map(\.visible).joined(separator: "; ")
    lines.append(space + text + remark)
  }

  private mutating func gap(_ bytes: Span<UInt8>, _ range: Range<Int>, _ depth: Int) {
    guard !range.isEmpty else { return }
    let lines =
      reveals ? ProtoscopeLiteral.digits(bytes.bytes(range)) : ProtoscopeLiteral.filler(range.count)
    for (index, line) in lines.enumerated() {
      add(depth, line, index == 0 && !reveals ? ["\(range.count) bytes, not shown"] : [])
    }
  }

  /// Bytes that are no field.
  private mutating func blob(_ item: Item, _ bytes: Span<UInt8>, _ depth: Int) {
    var remarks = self.remarks(item, name: nil)
    remarks.insert(item.text, at: showsOffsets ? 1 : 0)
    var literal = ProtoscopeLiteral.digits(bytes.bytes(item.range))
    if item.secret != nil { literal = ProtoscopeLiteral.filler(item.range.count) }
    for (index, line) in literal.enumerated() { add(depth, line, index == 0 ? remarks : []) }
  }

  private mutating func group(_ field: Field, isPaired: Bool, _ depth: inout Int) {
    switch (field.tag.wireType, isPaired) {
    case (3, true):
      add(depth, field.head + " !{", remarks(field))
      depth += 1
    case (4, true):
      let longForm = field.head.hasPrefix("long-form") ? field.head.prefix { $0 != " " } + " " : ""
      depth -= 1
      add(depth, longForm + "}", remarks(field))
    case (let type, _): add(depth, field.head + (type == 3 ? "SGROUP" : "EGROUP"), remarks(field))
    }
  }

  // MARK: Values with a length

  private mutating func length(_ field: Field, _ bytes: Span<UInt8>, _ depth: Int) {
    let item = field.item
    guard let length = Varint.read(bytes, field.tag.end, item.range.upperBound) else { return }
    let open =
      "\(field.head) "
      + ProtoscopeLiteral.longForm(length.value, count: length.end - field.tag.end) + "{"
    let value = length.end..<item.range.upperBound
    guard item.children.isEmpty || depth >= Self.depthLimit else {
      add(depth, open, remarks(field))
      let type = item.text("message").flatMap { schema?.message(named: $0) }
      write(item.children, bytes, value, type: type, depth: depth + 1)
      add(depth, "}")
      return
    }
    let content = literal(field, bytes, value)
    guard content.count > 1 else {
      add(depth, open + content.joined() + "}", remarks(field))
      return
    }
    add(depth, open, remarks(field))
    for line in content { add(depth + 1, line) }
    add(depth, "}")
  }

  /// What stands between the braces of a value that is no message, line by line.
  private func literal(
    _ field: Field, _ bytes: Span<UInt8>, _ value: Range<Int>
  ) -> [String] {
    if field.item.secret != nil { return ProtoscopeLiteral.filler(value.count) }
    if field.item.texts("values") != nil { return packed(field, bytes, value) }
    let content = bytes.bytes(value)
    if field.item.isMessage {
      // It is nested too deep to be looked into.
      return reveals ? ProtoscopeLiteral.digits(content) : ProtoscopeLiteral.filler(value.count)
    }
    return field.item.text("hex") == nil
      ? ProtoscopeLiteral.text(content) : ProtoscopeLiteral.digits(content)
  }

  /// Packed values, eight a line.
  private func packed(
    _ field: Field, _ bytes: Span<UInt8>, _ value: Range<Int>
  ) -> [String] {
    var words: [String] = []
    var position = value.lowerBound
    while position < value.upperBound,
      let (word, end) = element(field, bytes, position, value.upperBound)
    {
      words.append(word)
      position = end
    }
    let lines = stride(from: 0, to: words.count, by: 8).map { start in
      words[start..<min(start + 8, words.count)].joined(separator: " ")
    }
    return lines + ProtoscopeLiteral.digits(bytes.bytes(position..<value.upperBound))
  }

  private func element(
    _ field: Field, _ bytes: Span<UInt8>, _ position: Int, _ limit: Int
  ) -> (String, end: Int)? {
    guard let width = field.descriptor?.type.fixedWidth else {
      return varint(field.descriptor?.type, bytes, position, limit)
    }
    guard limit - position >= width else { return nil }
    return (fixed(field.descriptor?.type, bytes, position, width), position + width)
  }

  // MARK: Scalars

  private func scalar(_ field: Field, _ bytes: Span<UInt8>) -> String {
    let start = field.tag.end
    let type = field.descriptor?.type
    switch field.tag.wireType {
    case 1: return fixed(type, bytes, start, 8)
    case 5: return fixed(type, bytes, start, 4)
    default: return varint(type, bytes, start, field.item.range.upperBound)?.0 ?? ""
    }
  }

  private func varint(
    _ type: FieldType?, _ bytes: Span<UInt8>, _ start: Int, _ limit: Int
  ) -> (String, end: Int)? {
    guard let reading = Varint.read(bytes, start, limit) else { return nil }
    let longForm = ProtoscopeLiteral.longForm(reading.value, count: reading.end - start)
    let signed = Int64(bitPattern: reading.value)
    let text: String
    switch type {
    case .bool where reading.value <= 1 && longForm.isEmpty:
      text = reading.value == 1 ? "true" : "false"
    case .sint32, .sint64: text = "\(Int64(bitPattern: reading.value >> 1) ^ -(signed & 1))z"
    case .uint32, .uint64: text = "\(reading.value)"
    default: text = "\(signed)"
    }
    return (longForm + text, reading.end)
  }

  private func fixed(
    _ type: FieldType?, _ bytes: Span<UInt8>, _ start: Int, _ width: Int
  ) -> String {
    var bits: UInt64 = 0
    for index in (start..<(start + width)).reversed() { bits = bits << 8 | UInt64(bytes[index]) }
    switch (type, width) {
    case (.fixed64, 8): return "\(bits)i64"
    case (.fixed32, 4): return "\(bits)i32"
    case (.sfixed64, 8): return "\(Int64(bitPattern: bits))i64"
    case (.sfixed32, 4): return "\(Int32(truncatingIfNeeded: bits))i32"
    case (_, 8): return ProtoscopeLiteral.double(bits, isDouble: type == .double)
    default:
      return ProtoscopeLiteral.float(UInt32(truncatingIfNeeded: bits), isFloat: type == .float)
    }
  }

  // MARK: Remarks

  private func remarks(_ field: Field) -> [String] {
    remarks(field.item, name: remark(field)) + (field.item.secret == nil ? [] : hidden(field.item))
  }

  /// The field's name, and what an enum calls its value.
  private func remark(_ field: Field) -> String? {
    guard let name = field.item.text("name") else { return nil }
    guard field.descriptor?.type == .enumeration, let value = field.item.text("value") else {
      return name
    }
    return "\(name): \(value)"
  }

  private func hidden(_ item: Item) -> [String] { [item.text("value") ?? "not shown"] }

  private func remarks(_ item: Item, name: String?) -> [String] {
    let place = showsOffsets ? [Hex.padded(map.offset(item.range.lowerBound), 6)] : []
    let notes = item.notes.filter { !$0.hasPrefix("signed: ") }
    let violations = item.violations.map { "! \($0.what)" }
    return place + (name.map { [$0] } ?? []) + notes + violations
  }
}

extension Item {
  var isField: Bool { layer == .protobuf && kind == "field" }

  /// Whether it is a field that holds a message.
  fileprivate var isMessage: Bool { text("message") != nil || text("guess") == "message" }
}

extension FieldType {
  /// How many bytes each value has; nil for varints and for what has a length.
  var fixedWidth: Int? {
    switch self {
    case .double, .fixed64, .sfixed64: 8
    case .float, .fixed32, .sfixed32: 4
    default: nil
    }
  }
}
