import HTTPSyntax

/// The request line and the fields of a request (RFC 9112 §3 and §5).
struct RequestHead: Sendable {
  private(set) var method = ""
  private(set) var target = ""
  private(set) var fields: [(name: String, value: String)] = []
  private var isOldVersion = false

  /// How long the body is (RFC 9112 §6.3).
  enum BodyLength {
    case bytes(Int)
    case chunked
  }

  init(lines: [ArraySlice<UInt8>]) throws(RequestParser.Refusal) {
    guard let first = lines.first else { throw Self.malformed("there is no request line") }
    try readRequestLine(first)
    for line in lines.dropFirst() { fields.append(try Self.field(line)) }
    let hosts = values(of: "host").count
    guard hosts == 1 || (hosts == 0 && isOldVersion) else {
      throw Self.malformed("there must be one Host")
    }
  }

  var expectsContinue: Bool { values(of: "expect").contains { $0.lowercased() == "100-continue" } }

  func bodyLength() throws(RequestParser.Refusal) -> BodyLength {
    let lengths = values(of: "content-length")
    let codings = values(of: "transfer-encoding")
    guard codings.isEmpty else {
      guard lengths.isEmpty, !isOldVersion else {
        throw Self.malformed("Transfer-Encoding stands beside a length, or in HTTP/1.0")
      }
      guard codings.count == 1, codings[0].lowercased() == "chunked" else {
        throw RequestParser.Refusal(status: 501, reason: "the transfer coding is not known")
      }
      return .chunked
    }
    guard let text = lengths.first else { return .bytes(0) }
    // Digits alone: Int would read a sign too.
    guard lengths.count == 1, text.utf8.allSatisfy({ 0x30...0x39 ~= $0 }), let length = Int(text)
    else { throw Self.malformed("Content-Length is no number, or is there twice") }
    return .bytes(length)
  }

  func request(with body: [UInt8]) -> IncomingRequest {
    let parts = target.split(separator: "?", maxSplits: 1, omittingEmptySubsequences: false)
    let connection = values(of: "connection").joined(separator: ",").lowercased()
    return IncomingRequest(
      method: method, path: String(parts.first ?? ""),
      query: parts.count > 1 ? String(parts[1]) : "", body: body, fields: fields,
      keepsConnection: !isOldVersion && !connection.contains("close"))
  }

  private func values(of name: String) -> [String] {
    fields.filter { $0.name.lowercased() == name }.map { $0.value }
  }

  private mutating func readRequestLine(
    _ line: ArraySlice<UInt8>
  ) throws(RequestParser.Refusal) {
    let parts = line.split(separator: 0x20, omittingEmptySubsequences: false)
    guard parts.count == 3, !parts[0].isEmpty, parts[0].allSatisfy(Token.mayHold),
      parts[1].first == UInt8(ascii: "/"), parts[1].allSatisfy({ 0x21...0x7e ~= $0 })
    else { throw Self.malformed("the request line is malformed") }
    switch String(decoding: parts[2], as: UTF8.self) {
    case "HTTP/1.1": isOldVersion = false
    case "HTTP/1.0": isOldVersion = true
    default:
      throw RequestParser.Refusal(status: 505, reason: "only HTTP/1.1 is spoken here")
    }
    method = String(decoding: parts[0], as: UTF8.self)
    target = String(decoding: parts[1], as: UTF8.self)
    guard Self.methods.contains(method) else {
      throw RequestParser.Refusal(status: 405, reason: "the method is not in use here")
    }
  }

  private static func field(
    _ line: ArraySlice<UInt8>
  ) throws(RequestParser.Refusal) -> (name: String, value: String) {
    guard let colon = line.firstIndex(of: UInt8(ascii: ":")) else {
      throw malformed("a field has no colon")
    }
    let name = line[..<colon]
    // A space, before the colon or at the beginning of a folded line, is no token character.
    guard !name.isEmpty, name.allSatisfy(Token.mayHold) else {
      throw malformed("a field's name has a character that such names do not have")
    }
    var value = line[(colon + 1)...]
    while let byte = value.first, byte == 0x20 || byte == 0x09 { value.removeFirst() }
    while let byte = value.last, byte == 0x20 || byte == 0x09 { value.removeLast() }
    guard value.allSatisfy({ $0 >= 0x20 && $0 != 0x7f || $0 == 0x09 }),
      let text = String(validating: value, as: UTF8.self)
    else { throw malformed("a field's value has a character that values do not have") }
    return (String(decoding: name, as: UTF8.self), text)
  }

  private static func malformed(_ reason: String) -> RequestParser.Refusal {
    RequestParser.Refusal(status: 400, reason: reason)
  }

  static let methods = ["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE"]
}
