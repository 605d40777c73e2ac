/// What a usual encoder would have written otherwise in the header blocks of one direction (RFC 7541).
struct HeaderVerifier: Sendable {
  /// Entries that are not known are taken for such that came before the capture began.
  private var decoder = HeaderDecoder(hasUnknown: true)

  /// - Parameter item: a field, an update of the table's size, or what could not be decoded.
  mutating func findings(_ item: Item, _ bytes: Span<UInt8>) -> [VerifyFinding] {
    let start = item.range.lowerBound
    guard item.kind != "rest" else {
      decoder.forget()
      return [VerifyFinding(start, "bytes that cannot be decoded", .unknown)]
    }
    let table = decoder.table
    guard let field = decoder.decode(bytes, item.range).fields.first else {
      return [VerifyFinding(start, "the field cannot be decoded", .unknown)]
    }
    defer { resynchronise(item) }
    guard field.name != nil || field.representation == .sizeUpdate else {
      let what = "entry \(field.index), which came before the capture began"
      return [VerifyFinding(start, what, .unknown)] + numbers(field, bytes)
    }
    return entries(field, table) + numbers(field, bytes)
  }

  /// Where bytes were lost, the table is another one than the dump's.
  private mutating func resynchronise(_ item: Item) {
    guard let size = item.number("tableSize"), size != decoder.table.size else { return }
    decoder.forget()
  }

  // MARK: Numbers and strings

  private func numbers(_ field: HeaderBlock.Field, _ bytes: Span<UInt8>) -> [VerifyFinding] {
    let prefix =
      switch field.representation {
      case .indexed: 7
      case .incremental: 6
      case .sizeUpdate: 5
      case .withoutIndexing, .neverIndexed: 4
      }
    let what = field.representation == .sizeUpdate ? "table size" : "index"
    var findings = number(bytes, field.range.lowerBound, field.range.upperBound, prefix, what)
    for (literal, what) in [(field.nameLiteral, "name"), (field.valueLiteral, "value")] {
      guard let literal else { continue }
      let start = lengthStart(literal, field, bytes)
      findings += number(bytes, start, literal.range.lowerBound, 7, "length of the \(what)")
      findings += string(literal, start, what)
    }
    return findings
  }

  /// Where the length before a string begins.
  private func lengthStart(
    _ literal: HeaderBlock.Literal, _ field: HeaderBlock.Field, _ bytes: Span<UInt8>
  ) -> Int {
    if literal.range == field.valueLiteral?.range, let name = field.nameLiteral {
      return name.range.upperBound
    }
    let mask = field.representation == .incremental ? 0x3f : 0x0f
    var position = field.range.lowerBound
    guard Int(bytes[position]) & mask == mask else { return position + 1 }
    repeat {
      position += 1
    } while position < literal.range.lowerBound && bytes[position] & 0x80 != 0
    return position + 1
  }

  /// An integer (§5.1) whose last byte adds nothing has more bytes than it needs.
  private func number(
    _ bytes: Span<UInt8>, _ start: Int, _ limit: Int, _ prefix: Int, _ what: String
  ) -> [VerifyFinding] {
    let mask = UInt8((1 << prefix) - 1)
    guard bytes[start] & mask == mask else { return [] }
    var position = start + 1
    while position < limit, bytes[position] & 0x80 != 0 { position += 1 }
    guard position < limit, position > start + 1, bytes[position] == 0 else { return [] }
    return [
      VerifyFinding(start, "the \(what) has \(position + 1 - start) bytes, more than it needs")
    ]
  }

  private func string(
    _ literal: HeaderBlock.Literal, _ start: Int, _ what: String
  ) -> [VerifyFinding] {
    let coded = HuffmanCode.encodedCount(literal.text)
    let plain = literal.text.count
    if literal.isHuffman, coded > plain {
      return [
        VerifyFinding(start, "the \(what) has \(coded) bytes in Huffman code and \(plain) without")
      ]
    }
    guard !literal.isHuffman, coded < plain else { return [] }
    let what = "the \(what) has \(plain) bytes, and \(coded) in Huffman code"
    return [VerifyFinding(start, what, .remark)]
  }

  // MARK: Entries of the tables

  private func entries(
    _ field: HeaderBlock.Field, _ table: DynamicTable
  ) -> [VerifyFinding] {
    guard let name = field.name, let value = field.value, field.valueLiteral != nil else {
      return []
    }
    let start = field.range.lowerBound
    let shown = String(decoding: name, as: UTF8.self).visible
    if let index = Self.index(table, where: { $0.name == name && $0.value == value }) {
      let what = "\(shown) is a literal, and entry \(index) says the same"
      let isNever = field.representation == .neverIndexed
      return [VerifyFinding(start, what, isNever ? .remark : .difference)]
    }
    guard field.nameLiteral != nil, let index = Self.index(table, where: { $0.name == name })
    else { return [] }
    // What goes into a table, and how, is the sender's choice: grpc-core writes such names.
    let what = "the name \(shown) is a literal, and entry \(index) has it"
    return [VerifyFinding(start, what, .remark)]
  }

  private static func index(
    _ table: DynamicTable, where matches: (HeaderEntry) -> Bool
  ) -> Int? {
    if let index = StaticTable.entries.firstIndex(where: matches) { return index + 1 }
    return table.entries.lastIndex(where: matches).map {
      StaticTable.count + table.entries.count - $0
    }
  }
}
