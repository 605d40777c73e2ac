import GRPCCall
import HTTP2Session
import MomentoAuth

/// What reads bytes of peers, and texts of users, at run time.
enum TransportTargets {
  /// Messages come out the same, however the bytes are cut.
  static func deframer(_ input: [UInt8]) {
    guard let first = input.first else { return }
    let body = Array(input.dropFirst())
    let whole = deframe(body, step: max(1, body.count))
    require(whole == deframe(body, step: 1 + Int(first & 15)), "the same messages in pieces")
  }

  private static func deframe(_ body: [UInt8], step: Int) -> [DeframeResult] {
    var deframer = MessageDeframer(maxMessageSize: 1 << 16, side: .server)
    var results: [DeframeResult] = []
    for start in stride(from: 0, to: body.count, by: step) {
      let bytes = Array(body[start..<min(start + step, body.count)])
      var offset = 0
      reading: while true {
        let result = deframer.next(bytes.span, from: &offset)
        switch result {
        case .needsMoreData: break reading
        case .message: results.append(result)
        case .failed: return results + [result]
        }
      }
    }
    return results
  }

  /// A server takes the input behind the preface, a client as it is; both say what they have to say.
  static func session(_ input: [UInt8]) {
    let preface = Array("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n".utf8) + [0, 0, 0, 4, 0, 0, 0, 0, 0]
    receive(preface + input, .server, request: false)
    receive([0, 0, 0, 4, 0, 0, 0, 0, 0] + input, .client, request: true)
  }

  private static func receive(_ bytes: [UInt8], _ role: HTTP2Session.Role, request: Bool) {
    guard let session = try? HTTP2Session(role: role) else { return require(false, "a session") }
    if request {
      let headers = SubmittableHeaders(
        HeaderBlock([
          ":method": "POST", ":scheme": "http", ":path": "/a.B/C", ":authority": "localhost",
        ]))
      _ = try? session.submitRequest(headers, body: [0, 0, 0, 0, 0], endStream: true)
    }
    var batch = HTTP2EventBatch()
    var output: [UInt8] = []
    do {
      for start in stride(from: 0, to: bytes.count, by: 97) {
        let piece = Array(bytes[start..<min(start + 97, bytes.count)])
        // The session reads the bytes before it returns.
        unsafe try piece.withUnsafeBytes { try unsafe session.receive($0, into: &batch) }
        try session.drainOutput(into: &output, events: &batch)
        output.removeAll()
      }
    } catch {
      // Refused, which is an answer, too.
    }
  }

  /// Keys in every form that they come in.
  static func credentials(_ input: [UInt8]) {
    guard let text = String(validating: input, as: UTF8.self) else { return }
    for lenient in [false, true] {
      if let bundle = try? KeyBundle(parsing: text, lenient: lenient) {
        let again = try? KeyBundle(parsing: bundle.text.reveal())
        require(again?.endpoint == bundle.endpoint, "the endpoint comes back")
      }
    }
    if let token = try? JWT(parsing: text) { _ = token.expiresAt?.epochSeconds }
    _ = try? CredentialsFile(parsing: input)
    _ = try? ExpiresIn(parsing: text)
  }
}
