/// Header fields as items.
struct HeaderItems: Sendable {
  let redactor: Redactor
  /// Whether what is told will be told as JSON.
  var isForJSON = false

  func items(of block: HeaderBlock, _ bytes: Span<UInt8>, _ range: Range<Int>) -> [Item] {
    var items: [Item] = []
    items.reserveCapacity(block.fields.count)
    let fields = block.fields.span
    for index in fields.indices { items.append(item(fields, index)) }
    if let failure = block.failure {
      var rest = Item(
        .hpack, "rest", failure..<range.upperBound,
        "\(range.upperBound - failure) bytes that cannot be decoded")
      // A field that is cut or damaged may be a credential.
      if !redactor.reveals { rest.secret = rest.range }
      items.append(rest)
    }
    for violation in block.violations {
      let index = items.firstIndex { $0.range.contains(violation.position) } ?? items.count - 1
      if items.indices.contains(index) { items[index].violations.append(violation) }
    }
    return items
  }

  /// The item of one of the fields, which are lent: a copy of a field costs a count of all that it
  /// refers to.
  private func item(_ fields: Span<HeaderBlock.Field>, _ index: Int) -> Item {
    let range = fields[index].range
    guard fields[index].representation != .sizeUpdate else {
      let size = fields[index].index
      var item = Item(.hpack, "size update", range, "table size \(size)")
      item.add("size", size)
      return item
    }
    let text = text(fields, index)
    var item = Item(.hpack, "field", range, .header(text, HeaderWriting(fields, index)))
    if !text.notes.isEmpty { item.notes = text.notes }
    if text.isSecret { item.secret = fields[index].valueLiteral?.range }
    for fault in text.faults {
      item.violations.append(
        Violation(range.lowerBound, fault.what, fault.rule, fault.code))
    }
    return item
  }

  /// What is told of an entry of a table is the same wherever it occurs.
  private func text(_ fields: Span<HeaderBlock.Field>, _ index: Int) -> HeaderText {
    if !fields[index].isInferred, let text = fields[index].entry?.text { return text }
    return makeText(of: fields[index])
  }

  private func makeText(of field: HeaderBlock.Field) -> HeaderText {
    let name = field.name.map { String(decoding: $0, as: UTF8.self) } ?? "?\(field.index)"
    guard let value = field.value else {
      return HeaderText(HeaderDraft(name, "?"), isForJSON: isForJSON)
    }
    // A value whose name is not known, or only inferred, may be a credential.
    let isOfUnknown =
      name.hasPrefix("?") || (field.valueLiteral != nil && field.isInferred)
    return makeText(name, value, isOfUnknown: isOfUnknown)
  }

  /// What is told of an entry of a table.
  func text(_ name: [UInt8], _ value: [UInt8]) -> HeaderText {
    let name = String(decoding: name, as: UTF8.self)
    return makeText(name, value, isOfUnknown: name.hasPrefix("?"))
  }

  private func makeText(_ name: String, _ value: [UInt8], isOfUnknown: Bool) -> HeaderText {
    let credential = Credential(value, redactor)
    let isSecret =
      redactor.isSecretHeader(name.lowercased())
      || (!redactor.reveals && (credential != nil || isOfUnknown)) || redactor.isSecret(in: value)
      || (name.hasSuffix("-bin") && redactor.isSecret(inBinary: value))
    let text = isSecret ? redactor.tag(value) : Self.text(value)
    var draft = HeaderDraft(name, text)
    draft.members.append(("value", .text(text)))
    draft.isSecret = isSecret
    draft.notes = credential?.notes ?? []
    draft.members += credential?.members ?? []
    if !isSecret { draft.explain(value) }
    draft.checkName()
    return HeaderText(draft, isForJSON: isForJSON)
  }

  /// A table's entry, its value a tag if it is secret.
  func shown(_ entry: HeaderEntry) -> (name: String, value: String) {
    let name = String(decoding: entry.name, as: UTF8.self)
    let isSecret =
      redactor.isSecretHeader(name.lowercased())
      || (!redactor.reveals && (name.hasPrefix("?") || Credential(entry.value, redactor) != nil))
      || redactor.isSecret(in: entry.value)
      || (name.hasSuffix("-bin") && redactor.isSecret(inBinary: entry.value))
    return (name.visible, isSecret ? redactor.tag(entry.value) : Self.text(entry.value))
  }

  /// A value on one line: bytes that are no text in hexadecimal digits.
  private static func text(_ value: [UInt8]) -> String {
    TextProbe.isText(value.span, value.indices)
      ? String(decoding: value, as: UTF8.self).visible : "`\(Hex.text(value))`"
  }
}
