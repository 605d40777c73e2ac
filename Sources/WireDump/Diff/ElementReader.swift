import WireCaptureModel

/// What is compared of one unit of a dump.
struct ElementReader {
  let unit: Unit
  let bytes: [UInt8]
  let included: Set<Noise>
  let redactor: Redactor

  var elements: [ComparedElement] {
    let item = unit.item
    switch (item.layer, item.kind) {
    case (.http2, "DATA"): return dataElements
    case (.http2, "HEADERS"), (.http2, "PUSH_PROMISE"), (.hpack, "block"):
      return item.children.contains { $0.layer == .hpack && !$0.isDeferred } ? [block(item)] : []
    case (.http2, "CONTINUATION"): return []
    case (.grpc, "message"): return [message(item)]
    case (.http2, _): return frameNoise.map { included.contains($0) } ?? true ? [frame(item)] : []
    default: return [element(item.kind, item, [content(item)])]
    }
  }

  /// END_STREAM, if the unit has it.
  var end: ComparedElement? {
    guard unit.item.layer == .http2, unit.item.has(flag: "END_STREAM") else { return nil }
    return element("END_STREAM", unit.item, [])
  }

  /// The path of a call, if the unit has it.
  var path: String? {
    guard unit.direction == .clientToServer else { return nil }
    let field = unit.item.children.first { $0.text("name") == ":path" }
    return field?.text("value")
  }

  private var frameNoise: Noise? {
    switch unit.item.kind {
    case "PING": .ping
    case "WINDOW_UPDATE": .window
    case "SETTINGS" where unit.item.detail == "ACK": .settingsAck
    default: nil
    }
  }

  private func element(
    _ kind: String, _ item: Item, _ fields: [ComparedField]
  ) -> ComparedElement {
    var fields = Self.numbered(fields)
    if included.contains(.time), let clock = unit.clock {
      fields.append(field("time", clock, item))
    }
    return ComparedElement(
      kind: kind, offset: unit.map.offset(item.range.lowerBound), frame: unit.frame,
      fields: fields)
  }

  private func field(_ name: String, _ value: String, _ item: Item) -> ComparedField {
    ComparedField(name: name, value: value, offset: unit.map.offset(item.range.lowerBound))
  }

  /// Fields of the same name get numbers, so that each is compared with its like.
  private static func numbered(_ fields: [ComparedField]) -> [ComparedField] {
    var counts: [String: Int] = [:]
    for field in fields { counts[field.name, default: 0] += 1 }
    var next: [String: Int] = [:]
    return fields.map { field in
      guard counts[field.name] ?? 0 > 1 else { return field }
      let number = next[field.name] ?? 0
      next[field.name] = number + 1
      var field = field
      field.name += "[\(number)]"
      return field
    }
  }

  // MARK: Frames

  private var dataElements: [ComparedElement] {
    var found: [ComparedElement] = []
    if included.contains(.data) { found.append(frame(unit.item)) }
    for child in unit.item.children {
      switch (child.layer, child.kind) {
      case (.grpc, "message"): found.append(message(child))
      case (.raw, _): found.append(element("data", child, [content(child)]))
      default: break
      }
    }
    return found
  }

  private func frame(_ item: Item) -> ComparedElement {
    var fields = item.members.compactMap { member -> ComparedField? in
      guard member.name != "stream", member.value != .texts([]) else { return nil }
      let isOfSize = item.kind != "DATA" && member.name == "length"
      return isOfSize ? nil : field(member.name, member.value.shown, item)
    }
    fields += item.children.compactMap { child in
      guard let name = child.text("name"), let value = child.value else { return nil }
      return field(name, value, child)
    }
    return element(item.detail == "ACK" ? "\(item.kind) ACK" : item.kind, item, fields)
  }

  // MARK: Header fields

  private func block(_ item: Item) -> ComparedElement {
    let fields = item.children.filter { $0.layer == .hpack }.flatMap(headerFields)
    return element(item.kind == "PUSH_PROMISE" ? "promise" : "headers", item, fields)
  }

  private func headerFields(_ item: Item) -> [ComparedField] {
    guard item.kind == "field", let name = item.text("name") else {
      guard item.kind == "size update" else { return [content(item)] }
      return included.contains(.hpack) ? [field("(size update)", item.text, item)] : []
    }
    var value = item.value ?? "?"
    if ["grpc-timeout", "date"].contains(name), !included.contains(.time) { value = "(a time)" }
    if name == ":authority", !included.contains(.port) { value = Self.withoutPort(value) }
    var fields = [field(name, value, item)]
    if included.contains(.hpack) { fields.append(field("\(name) (written)", item.detail, item)) }
    return fields
  }

  private static func withoutPort(_ authority: String) -> String {
    guard let colon = authority.lastIndex(of: ":") else { return authority }
    let port = authority[authority.index(after: colon)...]
    return !port.isEmpty && port.utf8.allSatisfy { 0x30...0x39 ~= $0 }
      ? String(authority[..<colon]) : authority
  }

  // MARK: Messages

  private func message(_ item: Item) -> ComparedElement {
    var fields = item.children.flatMap { $0.layer == .protobuf ? [] : [content($0)] }
    fields += messageFields(item.children.filter { $0.layer == .protobuf }, under: "")
    if item.member("compressed") == .flag(true) {
      fields.append(field("(compressed)", "true", item))
    }
    return element("message", item, fields)
  }

  private func messageFields(_ items: [Item], under prefix: String) -> [ComparedField] {
    let named = Self.numbered(
      items.map { field($0.text("name") ?? $0.member("field")?.shown ?? "(rest)", "", $0) })
    return zip(items, named).flatMap { item, name -> [ComparedField] in
      let path = prefix + name.name
      guard item.kind == "field" else { return [field(path, tag(item), item)] }
      let inner = item.children.isEmpty ? [] : messageFields(item.children, under: path + ".")
      return inner.isEmpty ? [field(path, item.value ?? item.text, item)] : inner
    }
  }

  /// What is not looked into is compared as a whole.
  private func content(_ item: Item) -> ComparedField { field("(content)", tag(item), item) }

  private func tag(_ item: Item) -> String { redactor.tag(Array(bytes[item.range])) }
}

extension Item {
  /// What the item says, however long.
  fileprivate var value: String? {
    for name in ["value", "values", "hex"] {
      if let value = member(name) { return value.shown }
    }
    return nil
  }
}

extension ItemValue {
  fileprivate var shown: String {
    switch self {
    case .text(let text): text
    case .number(let number): String(number)
    case .flag(let flag): flag ? "true" : "false"
    case .texts(let texts): "[" + texts.joined(separator: ", ") + "]"
    }
  }
}
