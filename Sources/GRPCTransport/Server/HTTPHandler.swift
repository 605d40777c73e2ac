import GRPCCall

/// Answers requests of plain HTTP/2 beside the methods of gRPC: pages, their files, a JSON API.
public protocol HTTPHandler: Sendable {
  /// Answers one request. Its task is cancelled when the client goes or the time is over.
  func answer(_ request: HTTPServerRequest) async -> HTTPServerResponse
}

/// A request of plain HTTP, with all of its body. Its fields and its body may be secret: they are
/// never printed.
public struct HTTPServerRequest: Sendable, CustomStringConvertible, CustomReflectable {
  /// The method, such as `GET`.
  public let method: String
  /// The path as it was sent, percent-encoding and all.
  public let path: String
  /// What follows the `?`; empty for none.
  public let query: String
  /// The host, and the port where it is not the scheme's, that the client asked for.
  public let authority: String
  /// The media type of the body; nil where none was sent.
  public let contentType: String?
  /// The body.
  public let body: [UInt8]
  /// The client's address.
  public let peer: String
  private let fields: Metadata

  init(_ head: HTTPRequestHead, body: [UInt8], peer: String) {
    method = head.method
    let parts = head.target.split(separator: "?", maxSplits: 1, omittingEmptySubsequences: false)
    path = parts.first.map { String($0) } ?? ""
    query = parts.count > 1 ? String(parts[1]) : ""
    authority = head.authority
    contentType = head.contentType
    fields = head.fields
    self.body = body
    self.peer = peer
  }

  /// The values of the fields of a name, in the order in which they came.
  ///
  /// - Parameter name: in lower case.
  public func fields(_ name: String) -> [String] { fields.values(of: name) }

  /// The method and the path.
  public var description: String { "\(method) \(path)" }
  /// A mirror without children.
  public var customMirror: Mirror { Mirror(self, children: []) }
}

extension Metadata {
  fileprivate func values(of name: String) -> [String] {
    compactMap { entry in
      guard entry.key == name, case .ascii(let text) = entry.value else { return nil }
      return text
    }
  }
}

/// An answer to a request of plain HTTP. The length of the body is said in any case.
public struct HTTPServerResponse: Sendable {
  /// The status (RFC 9110 §15).
  public var status: Int
  /// The header fields, with names in lower case.
  public var fields: [(name: String, value: String)]
  /// The body. A client that asked with `HEAD` does not get it.
  public var body: [UInt8]

  /// Puts an answer together.
  public init(
    _ status: Int, fields: [(name: String, value: String)] = [], body: [UInt8] = []
  ) {
    self.status = status
    self.fields = fields
    self.body = body
  }

  /// A short answer of text.
  public init(_ status: Int, text: String) {
    self.init(
      status, fields: [("content-type", "text/plain; charset=utf-8")], body: Array(text.utf8))
  }

  /// Whether the status has a body at all (RFC 9110 §6.4.1).
  var mayHaveBody: Bool { status >= 200 && status != 204 && status != 304 }

  /// The header list; nil for an answer that cannot be sent as it is.
  func headerFields() -> [HeaderField]? {
    guard 200...599 ~= status else { return nil }
    var list = [HeaderField(":status", String(status))]
    for field in fields {
      guard Self.isName(field.name), Self.isValue(field.value) else { return nil }
      list.append(
        HeaderField(
          field.name, field.value, isNeverIndexed: MetadataRules.isSensitive(field.name)))
    }
    if mayHaveBody { list.append(HeaderField("content-length", String(body.count))) }
    return list
  }

  /// A name that HTTP/2 takes (RFC 9113 §8.2.1), and that is not written here anyway.
  private static func isName(_ name: String) -> Bool {
    name != "content-length" && !name.isEmpty
      && name.utf8.allSatisfy {
        0x61...0x7a ~= $0 || 0x30...0x39 ~= $0 || $0 == UInt8(ascii: "-")
      }
  }

  private static func isValue(_ value: String) -> Bool {
    value.utf8.allSatisfy { 0x20...0x7e ~= $0 }
  }
}
