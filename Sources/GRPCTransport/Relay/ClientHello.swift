/// What a client asks for in its first TLS message (RFC 8446 §4.1.2), which is read here without TLS
/// having begun: the server's answer decides what the client is told.
struct ClientHello: Equatable {
  enum Reading: Equatable {
    /// More bytes are needed.
    case incomplete
    /// These are no such message.
    case other
    case hello(ClientHello)
  }

  /// The name of the server (RFC 6066 §3).
  var serverName: String?
  /// The application protocols on offer (RFC 7301 §3.1), best first.
  var protocols: [String] = []

  /// Reads the message from the first bytes of a connection; it may stand in several records.
  static func read(_ bytes: [UInt8]) -> Reading {
    var message: [UInt8] = []
    var rest = ByteReader(bytes[...])
    while let type = rest.number(1) {
      guard type == 22 else { return .other }
      guard let version = rest.number(2) else { return .incomplete }
      guard version >> 8 == 3 else { return .other }
      guard let record = rest.vector(2) else { return .incomplete }
      message += record
      guard message.first ?? 1 == 1 else { return .other }
      var body = ByteReader(message[...])
      if body.number(1) != nil, let hello = body.vector(3) { return parse(hello) }
    }
    return .incomplete
  }

  private static func parse(_ body: ArraySlice<UInt8>) -> Reading {
    var rest = ByteReader(body)
    // Version and random, then session, cipher suites and compression methods.
    guard rest.skip(34), rest.vector(1) != nil, rest.vector(2) != nil, rest.vector(1) != nil else {
      return .other
    }
    var hello = ClientHello()
    var extensions = ByteReader(rest.vector(2) ?? [])
    while let type = extensions.number(2), let content = extensions.vector(2) {
      switch type {
      case 0: hello.serverName = name(content)
      case 16: hello.protocols = protocols(content)
      default: break
      }
    }
    return .hello(hello)
  }

  private static func name(_ content: ArraySlice<UInt8>) -> String? {
    var outer = ByteReader(content)
    var list = ByteReader(outer.vector(2) ?? [])
    while let type = list.number(1), let name = list.vector(2) {
      if type == 0 { return String(validating: name, as: UTF8.self) }
    }
    return nil
  }

  private static func protocols(_ content: ArraySlice<UInt8>) -> [String] {
    var outer = ByteReader(content)
    var list = ByteReader(outer.vector(2) ?? [])
    var names: [String] = []
    while let name = list.vector(1), let text = String(validating: name, as: UTF8.self) {
      if !text.isEmpty { names.append(text) }
    }
    return names
  }
}

/// Reads big-endian numbers, and vectors behind their lengths, as TLS has them (RFC 8446 §3).
private struct ByteReader {
  private var rest: ArraySlice<UInt8>

  init(_ bytes: ArraySlice<UInt8>) { rest = bytes }

  mutating func number(_ count: Int) -> Int? {
    guard rest.count >= count else { return nil }
    defer { rest = rest.dropFirst(count) }
    return rest.prefix(count).reduce(0) { $0 << 8 | Int($1) }
  }

  mutating func skip(_ count: Int) -> Bool {
    guard rest.count >= count else { return false }
    rest = rest.dropFirst(count)
    return true
  }

  mutating func vector(_ lengthSize: Int) -> ArraySlice<UInt8>? {
    guard let count = number(lengthSize), rest.count >= count else { return nil }
    defer { rest = rest.dropFirst(count) }
    return rest.prefix(count)
  }
}
