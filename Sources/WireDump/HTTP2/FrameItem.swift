extension Item {
  /// The item of a frame, whose header begins the block: name, flags, and the rules that need nothing
  /// but the header and the length.
  static func frame(_ header: FrameHeader, count: Int) -> Item {
    var item = Item(.http2, FrameType.name(header.typeNumber), 0..<count, .frame(header))
    let violations = header.violations
    if !violations.isEmpty { item.violations = violations }
    return item
  }

  mutating func violate(_ position: Int, _ what: String, _ rule: String, _ code: ErrorCode) {
    violations.append(Violation(position, what, rule, code))
  }
}

extension FrameHeader {
  /// A line as nghttp has it.
  func append(to text: inout TextBuffer) {
    text.append(FrameType.name(typeNumber))
    text.append(literal: " frame <length=")
    text.append(decimal: length)
    text.append(literal: ", flags=0x")
    text.append(hex: UInt64(flags), width: 2)
    text.append(literal: ", stream_id=")
    text.append(decimal: UInt64(stream))
    text.append(UInt8(ascii: ">"))
  }

  /// The names of the flags that are set.
  func appendFlags(separatedBy separator: StaticString = " | ", to text: inout TextBuffer) {
    var isFirst = true
    for flag in type?.flags ?? [] where has(flag.bit) {
      if !isFirst { text.append(literal: separator) }
      text.append(flag.name)
      isFirst = false
    }
  }

  /// Whether flags are set that have a name.
  var hasNamedFlags: Bool { flags & (type?.flagMask ?? 0) != 0 }

  fileprivate var violations: [Violation] {
    guard let type else { return [] }
    var found: [Violation] = []
    switch type {
    case .data, .headers, .priority, .rstStream, .pushPromise, .continuation:
      if stream == 0 {
        found.append(
          Violation(5, "\(type.name) on stream 0", type.section, .protocolError))
      }
    case .settings, .ping, .goAway, .priorityUpdate:
      if stream != 0 {
        found.append(
          Violation(5, "\(type.name) on stream \(stream)", type.section, .protocolError))
      }
    case .windowUpdate, .altsvc, .origin: break
    }
    if let size = sizeFault(type) {
      found.append(
        Violation(0, "\(type.name) of \(length) bytes, \(size)", type.section, .frameSizeError))
    }
    return found
  }

  private func sizeFault(_ type: FrameType) -> String? {
    switch type {
    case .priority: length == 5 ? nil : "5 are right"
    case .rstStream, .windowUpdate: length == 4 ? nil : "4 are right"
    case .ping: length == 8 ? nil : "8 are right"
    case .goAway: length >= 8 ? nil : "8 are the least"
    case .settings:
      has(1)
        ? (length == 0 ? nil : "an ACK has none")
        : length % 6 == 0 ? nil : "not a multiple of 6"
    case .priorityUpdate: length >= 4 ? nil : "4 are the least"
    default: nil
    }
  }
}
