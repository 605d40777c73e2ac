/// What a handler answers to a request.
package struct HTTPAnswer: Sendable {
  /// The status (RFC 9110 §15).
  package var status: Int
  /// The body.
  package var body: [UInt8]
  /// The body's media type.
  package var type: String
  /// Further header fields.
  package var fields: [(name: String, value: String)]
  var dropsConnection = false

  /// Puts an answer together.
  package init(
    _ status: Int, _ body: [UInt8] = [], type: String = "application/json",
    fields: [(name: String, value: String)] = []
  ) {
    self.status = status
    self.body = body
    self.type = type
    self.fields = fields
  }

  /// Puts an answer together from text.
  package init(_ status: Int, text: String, type: String = "text/plain; charset=utf-8") {
    self.init(status, Array(text.utf8), type: type)
  }

  /// No answer: the connection is closed instead, as when a server dies after its work.
  package static var droppedConnection: HTTPAnswer {
    var answer = HTTPAnswer(500)
    answer.dropsConnection = true
    return answer
  }

  /// The bytes that go out. The length is always said, so that the client knows the end.
  func encoded(omittingBody: Bool, closing: Bool) -> [UInt8] {
    guard fields.allSatisfy({ Self.isSafe($0.name) && Self.isSafe($0.value) }), Self.isSafe(type)
    else { return HTTPAnswer(500).encoded(omittingBody: omittingBody, closing: true) }
    var head = "HTTP/1.1 \(status) \(Self.phrases[status] ?? "Status")\r\n"
    if !body.isEmpty { head += "Content-Type: \(type)\r\n" }
    if status != 204, status != 304 { head += "Content-Length: \(body.count)\r\n" }
    for field in fields { head += "\(field.name): \(field.value)\r\n" }
    if closing { head += "Connection: close\r\n" }
    return Array((head + "\r\n").utf8) + (omittingBody ? [] : body)
  }

  /// Whether it has no line break, which would begin another field.
  private static func isSafe(_ text: String) -> Bool {
    text.utf8.allSatisfy { $0 != 0x0d && $0 != 0x0a && $0 != 0 }
  }

  private static let phrases = [
    200: "OK", 201: "Created", 202: "Accepted", 204: "No Content", 400: "Bad Request",
    401: "Unauthorized", 403: "Forbidden", 404: "Not Found", 405: "Method Not Allowed",
    408: "Request Timeout", 409: "Conflict", 412: "Precondition Failed",
    413: "Content Too Large", 422: "Unprocessable Content", 429: "Too Many Requests",
    431: "Request Header Fields Too Large", 500: "Internal Server Error",
    501: "Not Implemented", 503: "Service Unavailable", 505: "HTTP Version Not Supported",
  ]
}
