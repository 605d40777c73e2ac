package import ProtobufSchema

/// Explains protobuf messages field by field, with a schema where there is one.
package final class ProtobufExplainer: Sendable {
  let schema: Schema?
  let redactor: Redactor
  /// Whether fields that no schema knows are looked into.
  let guesses: Bool
  private let typeGuess: TypeGuess

  init(schema: Schema?, redactor: Redactor, methods: MethodTypes, guesses: Bool = true) {
    typeGuess = TypeGuess(schema, redactor, methods)
    self.schema = schema
    self.redactor = redactor
    self.guesses = guesses
  }

  /// What a message must be taken for so that no secret in it is shown; nil for most.
  func guessType(_ bytes: Span<UInt8>, _ range: Range<Int>) -> MessageDescriptor? {
    typeGuess.type(bytes, range)
  }

  /// The items of a message; bytes that no field explains are the last of them.
  ///
  /// - Parameter storage: the array whose bytes they are, if there is one that nothing else changes.
  package func explain(
    _ bytes: Span<UInt8>, _ range: Range<Int>, type: MessageDescriptor? = nil,
    storage: [UInt8]? = nil
  ) -> [Item] {
    var walk = MessageWalk(explainer: self, depth: 0, path: "", storage: storage)
    return walk.items(bytes, range, type)
  }
}

/// One message on the way down.
struct MessageWalk {
  let explainer: ProtobufExplainer
  let depth: Int
  /// The field numbers that lead here, with a dot behind each.
  let path: String
  /// The array whose bytes are explained, if there is one: a value that is most of it refers to it and
  /// is not copied.
  let storage: [UInt8]?

  var redactor: Redactor { explainer.redactor }

  mutating func items(
    _ bytes: Span<UInt8>, _ range: Range<Int>, _ type: MessageDescriptor?
  ) -> [Item] {
    var items: [Item] = []
    var groups: [UInt32] = []
    var position = range.lowerBound
    while position < range.upperBound {
      guard let tag = Tag(bytes, position, range.upperBound),
        let item = field(bytes, position, tag, range.upperBound, type, &groups)
      else {
        items.append(rest(bytes, position..<range.upperBound, type))
        return items
      }
      position = item.range.upperBound
      items.append(item)
    }
    if let open = groups.last, var last = items.popLast() {
      last.violations.append(
        Violation(range.upperBound, "group \(open) is not closed", Self.encodingGuide))
      items.append(last)
    }
    return items
  }

  static let encodingGuide = "protobuf encoding guide"

  private func field(
    _ bytes: Span<UInt8>, _ start: Int, _ tag: Tag, _ limit: Int, _ type: MessageDescriptor?,
    _ groups: inout [UInt32]
  ) -> Item? {
    let descriptor = groups.isEmpty ? type?.field(number: Int32(clamping: tag.number)) : nil
    var item: Item
    switch tag.wireType {
    case 0:
      guard let value = Varint.read(bytes, tag.end, limit) else { return nil }
      item = varint(start..<value.end, tag, value, descriptor)
    case 1, 5:
      let end = tag.end + (tag.wireType == 1 ? 8 : 4)
      guard end <= limit else { return nil }
      item = fixed(bytes, start..<end, tag, descriptor)
    case 2:
      guard let length = Varint.read(bytes, tag.end, limit),
        length.value <= UInt64(limit - length.end)
      else { return nil }
      let value = length.end..<(length.end + Int(length.value))
      item = lengthDelimited(bytes, start, tag, value, descriptor)
      if length.isOverlong { item.violations.append(Self.overlong(tag.end, "length")) }
    case 3:
      groups.append(tag.number)
      item = make(start..<tag.end, tag, descriptor, .remark("group begins"))
    default:
      item = make(start..<tag.end, tag, descriptor, .remark("group ends"))
      if groups.popLast() != tag.number {
        item.violations.append(
          Violation(start, "group \(tag.number) ends and is not open", Self.encodingGuide))
      }
    }
    if tag.isOverlong { item.violations.append(Self.overlong(start, "tag")) }
    return item
  }

  private static func overlong(_ position: Int, _ what: String) -> Violation {
    Violation(position, "the \(what) has more bytes than it needs", encodingGuide)
  }

  func make(
    _ range: Range<Int>, _ tag: Tag, _ descriptor: FieldDescriptor?, _ value: FieldMeaning.Value
  ) -> Item {
    Item(
      .protobuf, "field", range,
      .field(
        FieldMeaning(
          number: tag.number, wireType: tag.wireType, path: path, descriptor: descriptor,
          value: value)))
  }

  /// The bytes from the first one on that is no part of a field.
  private func rest(
    _ bytes: Span<UInt8>, _ range: Range<Int>, _ type: MessageDescriptor?
  ) -> Item {
    var item = Item(.protobuf, "rest", range, "\(range.count) bytes that are no field")
    item.violations = [Violation(range.lowerBound, fault(bytes, range), Self.encodingGuide)]
    // It may be a part of a credential, such as one that a capture cuts.
    if !redactor.reveals {
      item.secret = range
      item.text += ", not shown"
    } else {
      item.add("hex", Hex.text(bytes.extracting(range)))
    }
    return item
  }

  private func fault(_ bytes: Span<UInt8>, _ range: Range<Int>) -> String {
    guard let key = Varint.read(bytes, range.lowerBound, range.upperBound) else {
      return "the message ends in a tag, or the tag is no varint"
    }
    guard key.value >> 3 > 0 else { return "field number 0" }
    guard key.value >> 3 <= 0x1fff_ffff else { return "field number \(key.value >> 3)" }
    guard key.value & 7 < 6 else {
      return "field \(key.value >> 3) has wire type \(key.value & 7), which does not exist"
    }
    let name = "field \(key.value >> 3)"
    switch key.value & 7 {
    case 0: return "\(name): the message ends in a varint, or it has more than 64 bits"
    case 2:
      guard let length = Varint.read(bytes, key.end, range.upperBound) else {
        return "\(name): the message ends in a length"
      }
      return "\(name): \(length.value) bytes, \(range.upperBound - length.end) are left"
    default: return "\(name): the message ends in a fixed value"
    }
  }
}
