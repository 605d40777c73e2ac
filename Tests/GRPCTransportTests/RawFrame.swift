/// A frame of HTTP/2 as a script writes it, right or wrong.
struct RawFrame: Sendable {
  enum Kind: UInt8, Sendable {
    case data = 0, headers, priority, resetStream, settings
    case pushPromise, ping, goAway, windowUpdate, continuation
  }

  var type: UInt8
  var flags: UInt8 = 0
  /// Nil: the request's.
  var stream: UInt32?
  var payload: [UInt8] = []

  init(_ kind: Kind, flags: UInt8 = 0, stream: UInt32? = nil, payload: [UInt8] = []) {
    type = kind.rawValue
    self.flags = flags
    self.stream = stream
    self.payload = payload
  }

  /// A header block in one frame; its end is flagged unless said otherwise.
  init(_ kind: Kind, flags: UInt8 = 0x4, _ fields: [(name: String, value: String)]) {
    self.init(kind, flags: flags, payload: fields.flatMap { Self.literal($0.name, $0.value) })
  }

  /// - Parameters:
  ///   - head: the name of a type, or its number, and words about flags and stream.
  ///   - content: the payload.
  init?(head: String, content: String) {
    var words = head.split(separator: " ").map(String.init)[...]
    guard let name = words.popFirst(), let type = Self.type(name) else { return nil }
    self.type = type
    let hasFields = type == Kind.headers.rawValue || type == Kind.continuation.rawValue
    if hasFields { flags = 0x4 }
    if [Kind.settings, .ping, .goAway].contains(where: { $0.rawValue == type }) { stream = 0 }
    while let word = words.popFirst() {
      switch word {
      case "end", "ack": flags |= 0x1
      case "open": flags &= ~0x4
      case "padded": flags |= 0x8
      case "on":
        guard let number = words.popFirst().flatMap({ UInt32($0) }) else { return nil }
        stream = number
      default: return nil
      }
    }
    if hasFields, content.contains("=") {
      payload = Self.fields(content).flatMap { Self.literal($0.name, $0.value) }
    } else {
      guard let bytes = [UInt8](repeatedHex: content) else { return nil }
      payload = bytes
    }
  }

  func bytes(on request: UInt32) -> [UInt8] {
    let length = [16, 8, 0].map { UInt8(truncatingIfNeeded: payload.count >> $0) }
    let identifier = [24, 16, 8, 0].map { UInt8(truncatingIfNeeded: (stream ?? request) >> $0) }
    return length + [type, flags] + identifier + payload
  }

  private static let names = [
    "DATA", "HEADERS", "PRIORITY", "RST_STREAM", "SETTINGS", "PUSH_PROMISE", "PING", "GOAWAY",
    "WINDOW_UPDATE", "CONTINUATION",
  ]

  private static func type(_ name: String) -> UInt8? {
    if let number = names.firstIndex(of: name) { return UInt8(number) }
    return name.hasPrefix("0x") ? UInt8(name.dropFirst(2), radix: 16) : nil
  }

  /// `name=value, name=value`; of a value `x×3` there are three.
  private static func fields(_ text: String) -> [(name: String, value: String)] {
    text.split(separator: ", ").map { field in
      let sides = field.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
      let times = sides.last?.split(separator: "×") ?? []
      let value =
        times.count == 2
        ? String(repeating: String(times[0]), count: Int(times[1]) ?? 0)
        : String(sides.last ?? "")
      return (String(sides[0]), value)
    }
  }

  /// A field that neither uses nor changes the table (RFC 7541 §6.2.2), without Huffman's code.
  private static func literal(_ name: String, _ value: String) -> [UInt8] {
    [0] + text(name) + text(value)
  }

  private static func text(_ text: String) -> [UInt8] {
    let bytes = Array(text.utf8)
    guard bytes.count >= 127 else { return [UInt8(bytes.count)] + bytes }
    var rest = bytes.count - 127
    var length: [UInt8] = [127]
    while rest >= 128 {
      length.append(UInt8(rest % 128) | 0x80)
      rest /= 128
    }
    return length + [UInt8(rest)] + bytes
  }
}

extension [UInt8] {
  /// Hexadecimal digits in words; of a word `00*3` there are three.
  init?(repeatedHex text: String) {
    self = []
    for word in text.split(separator: " ") {
      let parts = word.split(separator: "*")
      guard parts.count <= 2, let digits = parts.first, digits.count.isMultiple(of: 2),
        let times = parts.count == 2 ? Int(parts[1]) : 1
      else { return nil }
      var bytes: [UInt8] = []
      var rest = digits
      while !rest.isEmpty {
        guard let byte = UInt8(rest.prefix(2), radix: 16) else { return nil }
        bytes.append(byte)
        rest = rest.dropFirst(2)
      }
      for _ in 0..<times { self += bytes }
    }
  }
}
