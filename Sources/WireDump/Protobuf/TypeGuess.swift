import ProtobufSchema

/// Tells messages that may carry credentials by their fields, where it is not known what they are, so
/// that their secrets are not shown.
struct TypeGuess: Sendable {
  private let schema: Schema?
  /// The messages of methods that have fields for secrets, by their names.
  private let candidates: [MessageDescriptor]
  private let redactor: Redactor
  /// Shorter values, and those with spaces, are no credentials.
  private static let shortest = 12

  init(_ schema: Schema?, _ redactor: Redactor, _ methods: MethodTypes) {
    self.schema = schema
    self.redactor = redactor
    candidates = methods.messages.filter { type in
      type.fields.contains { redactor.isSecretField($0.name) }
    }
  }

  /// The first message that has all of the fields, a credential among them.
  func type(_ bytes: Span<UInt8>, _ range: Range<Int>) -> MessageDescriptor? {
    for type in candidates {
      var secrets = 0
      if fits(bytes, range, type, depth: 0, &secrets), secrets > 0 { return type }
    }
    return nil
  }

  private func fits(
    _ bytes: Span<UInt8>, _ range: Range<Int>, _ type: MessageDescriptor, depth: Int,
    _ secrets: inout Int
  ) -> Bool {
    guard depth < MessageProbe.depthLimit else { return false }
    var position = range.lowerBound
    while position < range.upperBound {
      guard let tag = Tag(bytes, position, range.upperBound),
        let field = type.field(number: Int32(clamping: tag.number)),
        let end = end(of: field, bytes, tag, range.upperBound, depth, &secrets)
      else {
        // What a capture cuts off may still have been a credential.
        return secrets > 0 && position > range.lowerBound
      }
      position = end
    }
    return true
  }

  private func end(
    of field: FieldDescriptor, _ bytes: Span<UInt8>, _ tag: Tag, _ limit: Int, _ depth: Int,
    _ secrets: inout Int
  ) -> Int? {
    switch (tag.wireType, field.type) {
    case (0, let type) where type.isPackable: return Varint.read(bytes, tag.end, limit)?.end
    case (1, .double), (1, .fixed64), (1, .sfixed64):
      return limit - tag.end >= 8 ? tag.end + 8 : nil
    case (5, .float), (5, .fixed32), (5, .sfixed32):
      return limit - tag.end >= 4 ? tag.end + 4 : nil
    case (2, _):
      guard let length = Varint.read(bytes, tag.end, limit),
        length.value <= UInt64(limit - length.end)
      else { return nil }
      let value = length.end..<(length.end + Int(length.value))
      return holds(field, bytes, value, depth, &secrets) ? value.upperBound : nil
    default: return nil
    }
  }

  private func holds(
    _ field: FieldDescriptor, _ bytes: Span<UInt8>, _ value: Range<Int>, _ depth: Int,
    _ secrets: inout Int
  ) -> Bool {
    switch field.type {
    case .message:
      guard let inner = schema?.message(of: field) else { return false }
      return fits(bytes, value, inner, depth: depth + 1, &secrets)
    case .string:
      guard TextProbe.isText(bytes, value) else { return false }
      guard depth == 0, redactor.isSecretField(field.name) else { return true }
      let text = bytes.bytes(value)
      if text.isEmpty { return true }
      guard text.count >= Self.shortest, !text.contains(0x20) else { return false }
      secrets += 1
      return true
    case .bytes: return true
    default: return field.isRepeated
    }
  }
}
