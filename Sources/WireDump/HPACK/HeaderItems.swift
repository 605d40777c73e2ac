import GRPCCall

/// Header fields as items.
struct HeaderItems {
  let redactor: Redactor

  func items(of block: HeaderBlock, _ bytes: Span<UInt8>, _ range: Range<Int>) -> [Item] {
    var items = block.fields.map { item(of: $0) }
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

  private func item(of field: HeaderBlock.Field) -> Item {
    guard field.representation != .sizeUpdate else {
      var item = Item(.hpack, "size update", field.range, "table size \(field.index)")
      item.add("size", field.index)
      return item
    }
    let name = field.name.map { String(decoding: $0, as: UTF8.self) } ?? "?\(field.index)"
    var item = Item(.hpack, "field", field.range, "")
    item.add("name", name)
    addValue(&item, field, name)
    describe(&item, field)
    return item
  }

  private func addValue(_ item: inout Item, _ field: HeaderBlock.Field, _ name: String) {
    guard let value = field.value else {
      item.text = "\(name.visible): ?"
      return
    }
    let credential = Credential(value, redactor)
    // A value whose name is not known, or only inferred, may be a credential.
    let isOfUnknown =
      name.hasPrefix("?") || (field.valueLiteral != nil && field.isInferred)
    let isSecret =
      redactor.isSecretHeader(name.lowercased())
      || (!redactor.reveals && (credential != nil || isOfUnknown)) || redactor.isKnown(value)
    let text = isSecret ? redactor.tag(value) : Self.text(value)
    item.text = "\(name.visible): \(text)"
    item.add("value", text)
    item.notes += credential?.notes ?? []
    item.members += credential?.members ?? []
    if isSecret { item.secret = field.valueLiteral?.range } else { explain(&item, name, value) }
    checkName(&item, name)
  }

  /// A table's entry, its value a tag if it is secret.
  func shown(_ entry: HeaderEntry) -> (name: String, value: String) {
    let name = String(decoding: entry.name, as: UTF8.self)
    let isSecret =
      redactor.isSecretHeader(name.lowercased())
      || (!redactor.reveals && (name.hasPrefix("?") || Credential(entry.value, redactor) != nil))
    return (name.visible, isSecret ? redactor.tag(entry.value) : Self.text(entry.value))
  }

  /// A value on one line: bytes that are no text in hexadecimal digits.
  private static func text(_ value: [UInt8]) -> String {
    TextProbe.isText(value.span, value.indices)
      ? String(decoding: value, as: UTF8.self).visible : "`\(Hex.text(value))`"
  }

  private func checkName(_ item: inout Item, _ name: String) {
    if name.utf8.contains(where: { 0x41...0x5a ~= $0 }) {
      item.violate(
        item.range.lowerBound, "field name \"\(name.visible)\" has capitals", "RFC 9113 §8.2.1",
        .protocolError)
    }
    if ["connection", "keep-alive", "proxy-connection", "transfer-encoding", "upgrade"]
      .contains(name)
    {
      item.violate(
        item.range.lowerBound, "\(name) is a field of HTTP/1.1", "RFC 9113 §8.2.2",
        .protocolError)
    }
  }

  private func describe(_ item: inout Item, _ field: HeaderBlock.Field) {
    var detail = field.representation.name
    if field.index > 0 {
      detail += field.index <= StaticTable.entries.count ? ", static " : ", dynamic "
      detail += String(field.index)
      item.add("index", field.index)
    }
    if field.nameLiteral?.isHuffman ?? false { detail += ", Huffman name" }
    if field.valueLiteral?.isHuffman ?? false { detail += ", Huffman value" }
    item.add("representation", field.representation.name)
    if let literal = field.valueLiteral { item.add("huffman", .flag(literal.isHuffman)) }
    if field.isInferred {
      detail += ", inferred"
      item.add("inferred", .flag(true))
      item.text += "  (inferred)"
    }
    item.add("tableSize", field.tableSize)
    item.detail = detail
  }

  /// What gRPC puts into a field.
  private func explain(_ item: inout Item, _ name: String, _ value: [UInt8]) {
    switch name {
    case "grpc-status":
      guard let number = Int(String(decoding: value, as: UTF8.self)) else { return }
      let code = StatusCode(rawValue: number)?.name ?? "not defined: UNKNOWN"
      item.notes.append(code)
      item.add("status", code)
    case "grpc-message":
      let message = PercentEncoding.decode(value.span)
      guard !message.utf8.elementsEqual(value) else { return }
      item.notes.append("decoded: \(message.quoted())")
      item.add("decoded", message)
    case "grpc-timeout":
      if let timeout = GRPCTimeout.parse(value.span) {
        item.notes.append("\(timeout)")
        item.add("timeout", "\(timeout)")
      } else {
        item.violations.append(
          Violation(
            item.range.lowerBound, "grpc-timeout is not 1 to 8 digits and a unit",
            "gRPC PROTOCOL-HTTP2 Timeout"))
      }
    default:
      if name.hasSuffix("-bin") { explainBinary(&item, value) }
    }
  }

  /// Binary metadata: Base64, or after a zero byte as it is between peers of grpc-core.
  private func explainBinary(_ item: inout Item, _ value: [UInt8]) {
    let isRaw = value.first == 0
    let decoded = isRaw ? [Array(value.dropFirst())] : Base64.decodeList(value.span)
    guard let decoded else {
      item.violations.append(
        Violation(
          item.range.lowerBound, "the value is not Base64", "gRPC PROTOCOL-HTTP2 Binary-Header"))
      return
    }
    item.add("encoding", isRaw ? "true binary" : "base64")
    for bytes in decoded {
      let text =
        TextProbe.isText(bytes.span, bytes.indices) && !bytes.isEmpty
        ? " = \(String(decoding: bytes, as: UTF8.self).quoted())" : ""
      item.notes.append("\(isRaw ? "true binary" : "base64"): `\(Hex.text(bytes))`\(text)")
      item.add("bytes", Hex.text(bytes))
    }
  }
}
