import ProtobufSchema

/// What a usual encoder would have written otherwise in a message: fields in the order of their numbers,
/// no byte more than is needed and, where the type is known, what its schema says.
struct MessageVerifier: Sendable {
  let schema: Schema?

  /// - Parameter range: the message's bytes, which the items explain.
  func findings(
    _ items: [Item], _ bytes: Span<UInt8>, _ range: Range<Int>, typeName: String?
  ) -> [VerifyFinding] {
    let type = typeName.flatMap { schema?.message(named: $0) }
    var walk = VerifyWalk(schema: schema)
    walk.message(items, bytes, range, type)
    let found = walk.findings
    guard !found.contains(where: { $0.kind == .difference }) else { return found }
    return found + compare(items, bytes, range, type)
  }

  /// Decodes and encodes: what differs without a reason that has a name.
  private func compare(
    _ items: [Item], _ bytes: Span<UInt8>, _ range: Range<Int>, _ type: MessageDescriptor?
  ) -> [VerifyFinding] {
    let original = bytes.bytes(range)
    guard let again = encoded(items, bytes, original, type), again != original else { return [] }
    let same = zip(original, again).prefix { $0 == $1 }.count
    return [
      VerifyFinding(
        range.lowerBound + same,
        "the message is encoded again in \(again.count) bytes, which differ from here on")
    ]
  }

  private func encoded(
    _ items: [Item], _ bytes: Span<UInt8>, _ original: [UInt8], _ type: MessageDescriptor?
  ) -> [UInt8]? {
    // No order of a map's entries is canonical: encoders differ.
    guard let type, let schema, items.allSatisfy({ $0.isKnown && !$0.hasMap(schema) }) else {
      return CanonicalMessage.encode(items, bytes)
    }
    return try? DynamicMessage(decoding: original, type, of: schema).encoded()
  }
}

extension Item {
  /// Whether the schema has the field, and all that are inside of it.
  fileprivate var isKnown: Bool { text("name") != nil && children.allSatisfy(\.isKnown) }

  fileprivate func hasMap(_ schema: Schema) -> Bool {
    let type = text("message").flatMap { schema.message(named: $0) }
    return type?.isMapEntry ?? false || children.contains { $0.hasMap(schema) }
  }
}

/// A message without a schema, encoded anew: fields in the order of their numbers, no redundant bytes.
enum CanonicalMessage {
  /// Nil if some of the bytes are no field, or if there are groups, which are only looked at.
  static func encode(_ items: [Item], _ bytes: Span<UInt8>) -> [UInt8]? {
    var fields: [(number: UInt32, index: Int, bytes: [UInt8])] = []
    for (index, item) in items.enumerated() {
      guard item.isField, let tag = Tag(bytes, item.range.lowerBound, item.range.upperBound),
        let field = field(item, tag, bytes)
      else { return nil }
      fields.append((tag.number, index, field))
    }
    fields.sort { ($0.number, $0.index) < ($1.number, $1.index) }
    return fields.flatMap(\.bytes)
  }

  private static func field(_ item: Item, _ tag: Tag, _ bytes: Span<UInt8>) -> [UInt8]? {
    var field: [UInt8] = []
    Varint.encode(UInt64(tag.number) << 3 | UInt64(tag.wireType), to: &field)
    switch tag.wireType {
    case 0:
      guard let value = Varint.read(bytes, tag.end, item.range.upperBound) else { return nil }
      Varint.encode(value.value, to: &field)
    case 1, 5: field += bytes.bytes(tag.end..<item.range.upperBound)
    case 2:
      guard let length = Varint.read(bytes, tag.end, item.range.upperBound) else { return nil }
      let value = length.end..<item.range.upperBound
      let content = item.children.isEmpty ? bytes.bytes(value) : encode(item.children, bytes)
      guard let content else { return nil }
      Varint.encode(UInt64(content.count), to: &field)
      field += content
    default: return nil
    }
    return field
  }
}
