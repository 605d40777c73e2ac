/// The decoder of one direction's header blocks.
struct HeaderDecoder: Sendable {
  private(set) var table: DynamicTable
  /// What the peer allows the table to be; nil if its SETTINGS were not seen.
  var sizeLimit: Int?
  /// How large a decoded string may be in this program's memory.
  private static let stringLimit = 1 << 20

  /// Where entries are shared with other tables.
  private let pool: HeaderPool

  init(hasUnknown: Bool = false, pool: HeaderPool = HeaderPool()) {
    table = DynamicTable(hasUnknown: hasUnknown, statics: pool.statics)
    self.pool = pool
  }

  /// Blocks or parts of them were lost.
  mutating func forget() { table.forget() }

  /// Decodes the block that stands in a range of the bytes.
  mutating func decode(_ bytes: Span<UInt8>, _ range: Range<Int>) -> HeaderBlock {
    var block = HeaderBlock()
    var position = range.lowerBound
    while position < range.upperBound {
      var cursor = Cursor(position: position, end: range.upperBound)
      do {
        block.fields.append(try decodeField(bytes, &cursor, &block))
        position = cursor.position
      } catch {
        block.violations.append(error.violation)
        block.failure = position
        // What the block would have added to the table is not known.
        table.forget()
        return block
      }
    }
    return block
  }

  struct Failure: Error {
    var violation: Violation
    init(_ position: Int, _ what: String, _ section: String) {
      violation = Violation(position, what, "RFC 7541 §\(section)", .compressionError)
    }
  }

  struct Cursor {
    var position: Int
    let end: Int
  }

  private mutating func decodeField(
    _ bytes: Span<UInt8>, _ cursor: inout Cursor, _ block: inout HeaderBlock
  ) throws(Failure) -> HeaderBlock.Field {
    let start = cursor.position
    let first = bytes[start]
    let (representation, prefix) = Self.representation(of: first)
    let index = try Self.integer(bytes, &cursor, prefix: prefix, &block)
    var field = HeaderBlock.Field(
      range: start..<start, representation: representation, index: index)
    switch representation {
    case .sizeUpdate: try resize(to: index, at: start, &block)
    case .indexed: try look(up: index, at: start, &field, takesValue: true)
    default: try decodeLiteral(bytes, &cursor, &field, &block)
    }
    field.range = start..<cursor.position
    field.tableSize = table.size
    return field
  }

  private static func representation(
    of byte: UInt8
  ) -> (HeaderBlock.Representation, prefix: Int) {
    if byte & 0x80 != 0 { return (.indexed, 7) }
    if byte & 0x40 != 0 { return (.incremental, 6) }
    if byte & 0x20 != 0 { return (.sizeUpdate, 5) }
    return (byte & 0x10 != 0 ? .neverIndexed : .withoutIndexing, 4)
  }

  private mutating func resize(
    to size: Int, at position: Int, _ block: inout HeaderBlock
  ) throws(Failure) {
    if block.fields.contains(where: { $0.representation != .sizeUpdate }) {
      block.violations.append(
        Violation(
          position, "a size update stands behind a header field", "RFC 7541 §4.2",
          .compressionError))
    }
    if let sizeLimit, size > sizeLimit {
      block.violations.append(
        Violation(
          position, "table size \(size) exceeds the \(sizeLimit) that the peer allows",
          "RFC 7541 §6.3", .compressionError))
    }
    table.resize(size)
  }

  private func look(
    up index: Int, at position: Int, _ field: inout HeaderBlock.Field, takesValue: Bool
  ) throws(Failure) {
    switch table.lookup(index) {
    case .entry(let entry):
      field.name = entry.name
      if takesValue {
        field.value = entry.value
        field.entry = entry
      }
    case .unknown: break
    case .none:
      let last = StaticTable.count + table.entries.count
      throw Failure(position, "index \(index) is beyond the last entry, \(last)", "2.3.3")
    }
  }

  private mutating func decodeLiteral(
    _ bytes: Span<UInt8>, _ cursor: inout Cursor, _ field: inout HeaderBlock.Field,
    _ block: inout HeaderBlock
  ) throws(Failure) {
    if field.index == 0 {
      let literal = try Self.literal(bytes, &cursor, &block)
      field.nameLiteral = literal
      field.name = literal.text
    } else {
      try look(up: field.index, at: cursor.position, &field, takesValue: false)
    }
    let literal = try Self.literal(bytes, &cursor, &block)
    field.valueLiteral = literal
    field.value = literal.text
    if field.representation == .incremental {
      let entry = pool.entry(field.name ?? Array("?\(field.index)".utf8), literal.text)
      if field.name != nil { field.entry = entry }
      table.add(entry)
    }
  }

  private static func literal(
    _ bytes: Span<UInt8>, _ cursor: inout Cursor, _ block: inout HeaderBlock
  ) throws(Failure) -> HeaderBlock.Literal {
    let start = cursor.position
    guard start < cursor.end else { throw Failure(start, "the block ends in a field", "5.2") }
    let isHuffman = bytes[start] & 0x80 != 0
    let count = try integer(bytes, &cursor, prefix: 7, &block)
    guard count <= cursor.end - cursor.position else {
      throw Failure(
        start, "string of \(count) bytes, \(cursor.end - cursor.position) are left", "5.2")
    }
    guard count <= stringLimit else { throw Failure(start, "string of \(count) bytes", "5.2") }
    let range = cursor.position..<(cursor.position + count)
    cursor.position = range.upperBound
    guard isHuffman else {
      return .init(range: range, text: bytes.bytes(range), isHuffman: false)
    }
    do {
      return .init(
        range: range, text: try HuffmanCode.decode(bytes.extracting(range)), isHuffman: true)
    } catch {
      throw Failure(
        range.lowerBound,
        error == .padding
          ? "Huffman padding is not up to seven ones" : "the Huffman string holds the end mark",
        "5.2")
    }
  }

  /// An integer with a prefix of so many bits (§5.1).
  private static func integer(
    _ bytes: Span<UInt8>, _ cursor: inout Cursor, prefix: Int, _ block: inout HeaderBlock
  ) throws(Failure) -> Int {
    let start = cursor.position
    let mask = (1 << prefix) - 1
    var value = Int(bytes[start]) & mask
    cursor.position += 1
    guard value == mask else { return value }
    var shift = 0
    while true {
      guard cursor.position < cursor.end else {
        throw Failure(start, "the block ends in an integer", "5.1")
      }
      guard shift <= 28 else { throw Failure(start, "an integer beyond 2^32", "5.1") }
      let byte = bytes[cursor.position]
      cursor.position += 1
      value += Int(byte & 0x7f) << shift
      shift += 7
      if byte & 0x80 == 0 { return value }
    }
  }
}
