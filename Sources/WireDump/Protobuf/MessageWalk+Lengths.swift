import ProtobufSchema

extension MessageWalk {
  func lengthDelimited(
    _ bytes: Span<UInt8>, _ start: Int, _ tag: Tag, _ value: Range<Int>,
    _ descriptor: FieldDescriptor?
  ) -> Item {
    let range = start..<value.upperBound
    guard let descriptor else { return guessed(bytes, range, tag, value) }
    switch descriptor.type {
    case .string: return text(bytes, range, tag, value, descriptor)
    case .bytes: return binary(bytes, range, tag, value, descriptor)
    case .message:
      let type = explainer.schema?.message(of: descriptor)
      return message(bytes, range, tag, value, descriptor, type)
    case let type where type.isPackable && descriptor.isRepeated:
      return packed(bytes, range, tag, value, descriptor)
    default:
      var item = guessed(bytes, range, tag, value)
      item.notes.append(mismatch(descriptor))
      return item
    }
  }

  private func guessed(
    _ bytes: Span<UInt8>, _ range: Range<Int>, _ tag: Tag, _ value: Range<Int>
  ) -> Item {
    guard explainer.guesses else { return binary(bytes, range, tag, value, nil) }
    let reading = LengthReading(bytes, value, depth: depth)
    var item: Item
    switch reading.kind {
    case .string: item = text(bytes, range, tag, value, nil)
    case .bytes: item = binary(bytes, range, tag, value, nil)
    case .message: item = message(bytes, range, tag, value, nil, nil)
    }
    item.add("guess", reading.kind.rawValue)
    item.add("reason", reading.reason)
    if !reading.others.isEmpty, item.secret == nil {
      item.notes += reading.others.map { "or: \($0)" }
      item.add("or", .texts(reading.others))
    }
    return item
  }

  private func message(
    _ bytes: Span<UInt8>, _ range: Range<Int>, _ tag: Tag, _ value: Range<Int>,
    _ descriptor: FieldDescriptor?, _ type: MessageDescriptor?
  ) -> Item {
    var item = make(range, tag, descriptor, .message(type, size: value.count))
    guard depth < MessageProbe.depthLimit else {
      item.violations.append(
        Violation(value.lowerBound, "messages nested beyond 100 levels", Self.encodingGuide))
      return item
    }
    var inner = MessageWalk(
      explainer: explainer, depth: depth + 1, path: path + "\(tag.number).",
      storage: storage)
    item.children = inner.items(bytes, value, type)
    return item
  }

  private func text(
    _ bytes: Span<UInt8>, _ range: Range<Int>, _ tag: Tag, _ value: Range<Int>,
    _ descriptor: FieldDescriptor?
  ) -> Item {
    let content = bytes.bytes(value)
    let credential = Credential(content, redactor)
    let isSecret =
      descriptor.map { redactor.isSecretField($0.name) } ?? false
      || (credential != nil && !redactor.reveals) || redactor.isSecret(in: content)
    if isSecret { return secret(content, range, tag, value, descriptor, credential) }
    let isValid =
      TextProbe.isASCII(bytes, value) || String(validating: content, as: UTF8.self) != nil
    let text = isValid ? content : Array(String(decoding: content, as: UTF8.self).utf8)
    var item = make(range, tag, descriptor, .string(text))
    if !isValid {
      item.violations.append(
        Violation(value.lowerBound, "a string is not valid UTF-8", "protobuf language guide"))
    }
    if let credential { item.tell(credential) }
    return item
  }

  private func secret(
    _ content: [UInt8], _ range: Range<Int>, _ tag: Tag, _ value: Range<Int>,
    _ descriptor: FieldDescriptor?, _ credential: Credential?
  ) -> Item {
    var item = make(range, tag, descriptor, .text(redactor.tag(content)))
    item.secret = value
    if let credential { item.tell(credential) }
    return item
  }

  private func binary(
    _ bytes: Span<UInt8>, _ range: Range<Int>, _ tag: Tag, _ value: Range<Int>,
    _ descriptor: FieldDescriptor?
  ) -> Item {
    if let descriptor, redactor.isSecretField(descriptor.name) {
      return secret(bytes.bytes(value), range, tag, value, descriptor, nil)
    }
    let content = shared(value) ?? bytes.bytes(value)[...]
    // Of a large one a copy would cost more than all the rest.
    if redactor.looksForSecrets(inCount: value.count) {
      let content = Array(content)
      if redactor.isSecret(in: content) {
        return secret(content, range, tag, value, descriptor, nil)
      }
      if let credential = Credential(content, redactor), !redactor.reveals {
        return secret(content, range, tag, value, descriptor, credential)
      }
    }
    var item = make(range, tag, descriptor, .bytes(content))
    if TextProbe.isText(bytes, value), !value.isEmpty {
      item.notes.append("as text: \(String(decoding: content, as: UTF8.self).quoted())")
    }
    return item
  }

  /// The bytes of a value as a part of their array, if they are most of what it would keep in memory.
  private func shared(_ value: Range<Int>) -> ArraySlice<UInt8>? {
    guard let storage, value.count >= 1 << 14, value.count >= storage.capacity / 2 else {
      return nil
    }
    return storage[value]
  }

  private func packed(
    _ bytes: Span<UInt8>, _ range: Range<Int>, _ tag: Tag, _ value: Range<Int>,
    _ descriptor: FieldDescriptor
  ) -> Item {
    var violation: Violation?
    var values: [String] = []
    var position = value.lowerBound
    while position < value.upperBound {
      guard let one = packedElement(bytes, position, value.upperBound, tag, descriptor) else {
        violation = Violation(position, "a packed value is cut off", Self.encodingGuide)
        break
      }
      if case .field(let field) = one.meaning, case .text(let text) = field.value {
        values.append(text)
      }
      position = one.range.upperBound
    }
    var item = make(range, tag, descriptor, .packed(values))
    if let violation { item.violations.append(violation) }
    return item
  }

  private func packedElement(
    _ bytes: Span<UInt8>, _ position: Int, _ limit: Int, _ tag: Tag, _ field: FieldDescriptor
  ) -> Item? {
    var element = tag
    switch field.type {
    case .double, .fixed64, .sfixed64:
      element.wireType = 1
      return limit - position < 8
        ? nil : fixed(bytes, position..<(position + 8), element, field)
    case .float, .fixed32, .sfixed32:
      element.wireType = 5
      return limit - position < 4
        ? nil : fixed(bytes, position..<(position + 4), element, field)
    default:
      guard let reading = Varint.read(bytes, position, limit) else { return nil }
      element.wireType = 0
      return varint(position..<reading.end, element, reading, field)
    }
  }
}

extension Item {
  /// Adds what may be told of a credential.
  mutating func tell(_ credential: Credential) {
    if !credential.notes.isEmpty { notes += credential.notes }
    for (name, value) in credential.members { add("\(name)", value) }
  }
}
