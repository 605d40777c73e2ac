/// What stands in the payloads of the frames that concern the connection.
enum FramePayload {
  /// Adds the parts of a payload to the frame's item. DATA and header blocks are not looked into here.
  static func explain(
    _ item: inout Item, _ header: FrameHeader, _ bytes: Span<UInt8>, _ redactor: Redactor
  ) {
    let payload = FrameHeader.size..<bytes.count
    switch header.type {
    case .settings: settings(&item, header, bytes, payload)
    case .rstStream: code(&item, bytes, payload)
    case .ping: ping(&item, bytes, payload, redactor)
    case .goAway: goAway(&item, bytes, payload, redactor)
    case .windowUpdate: windowUpdate(&item, header, bytes, payload)
    case .priority: priority(&item, header, bytes, payload)
    case .priorityUpdate, .altsvc, .origin: extensions(&item, header, bytes, payload, redactor)
    case .data, .headers, .pushPromise, .continuation: break
    case nil:
      if !payload.isEmpty {
        let told = shown(bytes.bytes(payload), redactor)
        var part = part("payload", payload, "payload of an unknown frame, to be ignored")
        if told.isSecret { part.secret = payload }
        item.add("hex", told.isSecret ? told.text : Hex.text(bytes.extracting(payload)))
        item.children.append(part)
      }
    }
  }

  static func part(_ kind: String, _ range: Range<Int>, _ text: String) -> Item {
    Item(.http2, kind, range, text)
  }

  private static func ping(
    _ item: inout Item, _ bytes: Span<UInt8>, _ payload: Range<Int>, _ redactor: Redactor
  ) {
    // Of another size than the right one it may be anything.
    let isHidden = payload.count != 8 && !payload.isEmpty && !redactor.reveals
    let text =
      isHidden ? redactor.tag(bytes.bytes(payload)) : Hex.text(bytes.extracting(payload))
    var data = part("opaque data", payload, text)
    if isHidden { data.secret = payload }
    item.children.append(data)
    item.add("data", text)
  }

  private static func settings(
    _ item: inout Item, _ header: FrameHeader, _ bytes: Span<UInt8>, _ payload: Range<Int>
  ) {
    var position = payload.lowerBound
    while position + 6 <= payload.upperBound {
      let number = UInt16(bytes.number(at: position, 2))
      let value = bytes.number(at: position + 2, 4)
      let name = SettingName.name(number)
      var setting = part(
        "setting", position..<(position + 6),
        "[\(name)(0x\(Hex.padded(UInt64(number), 2))):\(value)]")
      setting.add("name", name)
      setting.add("id", Int(number))
      setting.add("value", Int(value))
      if let fault = fault(number, value) {
        setting.violate(position, "\(name) \(value), \(fault.0)", "RFC 9113 §6.5.2", fault.1)
      }
      item.children.append(setting)
      position += 6
    }
  }

  private static func fault(_ number: UInt16, _ value: UInt32) -> (String, ErrorCode)? {
    switch number {
    case 2 where value > 1: ("0 or 1 is right", .protocolError)
    case 4 where value > 0x7fff_ffff: ("2^31-1 is the most", .flowControlError)
    case 5 where !(16_384...16_777_215 ~= value):
      ("16384 to 16777215 is right", .protocolError)
    case 8 where value > 1: ("0 or 1 is right", .protocolError)
    default: nil
    }
  }

  private static func code(_ item: inout Item, _ bytes: Span<UInt8>, _ range: Range<Int>) {
    guard range.count >= 4 else { return }
    let number = bytes.number(at: range.lowerBound, 4)
    let name = ErrorCode.name(number)
    item.add("errorCode", name)
    item.children.append(
      part(
        "error code", range.lowerBound..<(range.lowerBound + 4),
        "error_code=\(name)(0x\(Hex.padded(UInt64(number), 2)))"))
  }

  private static func goAway(
    _ item: inout Item, _ bytes: Span<UInt8>, _ payload: Range<Int>, _ redactor: Redactor
  ) {
    guard payload.count >= 8 else { return }
    let start = payload.lowerBound
    let last = bytes.number(at: start, 4) & 0x7fff_ffff
    item.add("lastStream", Int(last))
    item.children.append(part("last stream", start..<(start + 4), "last_stream_id=\(last)"))
    code(&item, bytes, (start + 4)..<(start + 8))
    guard payload.count > 8 else { return }
    let debug = (start + 8)..<payload.upperBound
    let told = shown(bytes.bytes(debug), redactor)
    item.add("debugData", told.text)
    var data = part("debug data", debug, "opaque_data(\(debug.count))=[\(told.text.visible)]")
    if told.isSecret { data.secret = debug }
    item.children.append(data)
  }

  private static func windowUpdate(
    _ item: inout Item, _ header: FrameHeader, _ bytes: Span<UInt8>, _ payload: Range<Int>
  ) {
    guard payload.count == 4 else { return }
    let increment = bytes.number(at: payload.lowerBound, 4) & 0x7fff_ffff
    item.add("increment", Int(increment))
    item.children.append(
      part("increment", payload, "window_size_increment=\(increment)"))
    if increment == 0 {
      item.violate(
        payload.lowerBound, "WINDOW_UPDATE by 0", "RFC 9113 §6.9", .protocolError)
    }
  }

  /// The five bytes of PRIORITY and of HEADERS with that flag.
  static func priority(
    _ item: inout Item, _ header: FrameHeader, _ bytes: Span<UInt8>, _ payload: Range<Int>
  ) {
    guard payload.count >= 5 else { return }
    let word = bytes.number(at: payload.lowerBound, 4)
    let weight = Int(bytes[payload.lowerBound + 4]) + 1
    let parent = word & 0x7fff_ffff
    item.children.append(
      part(
        "priority", payload.lowerBound..<(payload.lowerBound + 5),
        "(dep_stream_id=\(parent), weight=\(weight), exclusive=\(word >> 31))"))
    if parent == header.stream, parent != 0 {
      item.violate(
        payload.lowerBound, "stream \(parent) depends on itself", "RFC 7540 §5.3.1",
        .protocolError)
    }
  }

  private static func extensions(
    _ item: inout Item, _ header: FrameHeader, _ bytes: Span<UInt8>, _ payload: Range<Int>,
    _ redactor: Redactor
  ) {
    let skipped = header.type == .priorityUpdate ? 4 : 0
    guard payload.count > skipped else { return }
    let start = payload.lowerBound
    let told = shown(bytes.bytes((start + skipped)..<payload.upperBound), redactor)
    let text = told.text.visible
    let stream = skipped > 0 ? "stream \(bytes.number(at: start, 4) & 0x7fff_ffff): " : ""
    item.add("text", text)
    var value = part("value", payload, stream + text)
    if told.isSecret { value.secret = payload }
    item.children.append(value)
  }

  /// Text that a peer was free to choose, or the tag of it if a credential stands in it.
  private static func shown(
    _ bytes: [UInt8], _ redactor: Redactor
  ) -> (text: String, isSecret: Bool) {
    !redactor.reveals && SecretText.holds(bytes, redactor)
      ? (redactor.tag(bytes), true) : (String(decoding: bytes, as: UTF8.self), false)
  }
}
