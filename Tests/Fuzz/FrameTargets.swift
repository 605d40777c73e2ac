import HTTP2Session

/// An HTTP/2 session whose peer sends frames that are whole as frames, in any order and with any content.
enum FrameTargets {
  static func clientFrames(_ input: [UInt8]) { compare(input, .server) }
  static func serverFrames(_ input: [UInt8]) { compare(input, .client) }

  /// The same frames mean the same however their bytes come, until one of them ends the connection:
  /// what follows in the same bytes may be read or not.
  private static func compare(_ input: [UInt8], _ role: HTTP2Session.Role) {
    let step = 1 + (input.first.map(Int.init) ?? 0) % 11
    let whole = FrameScript(role, step: .max)?.play(input).prefix(while: isGoingOn)
    let pieces = FrameScript(role, step: step)?.play(input)
    // nghttp2 counts a piece of a CONTINUATION frame's header as one more such frame, and takes eight.
    let isMiscounted = pieces?.contains { $0.contains("Too many CONTINUATION") } ?? false
    require(
      isMiscounted || whole == pieces?.prefix(while: isGoingOn),
      "\(whole ?? []) is \(pieces ?? []) in pieces of \(step)")
  }

  private static func isGoingOn(_ event: String) -> Bool {
    !["goaway", "violation", "threw"].contains { event.hasPrefix($0) }
  }
}

/// One run of a session. Each step of the input is a byte for what happens, then what that takes: a
/// frame of the peer's, or something that this side submits.
private struct FrameScript {
  private let session: HTTP2Session
  private let step: Int
  private var batch = HTTP2EventBatch()
  private var output: [UInt8] = []
  private var check = EventCheck()
  private var isOver = false

  init?(_ role: HTTP2Session.Role, step: Int) {
    guard let session = try? HTTP2Session(role: role) else { return nil }
    self.session = session
    self.step = step
    check.isServer = role == .server
  }

  /// What the events were, as texts.
  consuming func play(_ input: [UInt8]) -> [String] {
    var reader = InputReader(Array(input.dropFirst()))
    let preface = Array("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n".utf8)
    receive((check.isServer ? preface : []) + [0, 0, 0, 4, 0, 0, 0, 0, 0])
    while !isOver, !reader.isAtEnd {
      let what = reader.byte()
      if what < 0xC0 { receiveFrame(what, &reader) } else { submit(what, &reader) }
    }
    check.finish(openCount: session.openStreamCount, isOver: isOver)
    return check.texts
  }

  /// A frame: its type (10 and above are not known), flags, stream and payload. With bit 4, a block of
  /// well-formed header fields is its payload; with bit 5, its length is not its payload's.
  private mutating func receiveFrame(_ what: UInt8, _ reader: inout InputReader) {
    let (flags, stream) = (reader.byte(), reader.byte() & 0x1F)
    let content = reader.piece()
    let payload = what & 0x10 != 0 ? Self.block(content) : content
    let length = what & 0x20 != 0 ? Int(reader.byte()) : payload.count
    receive(
      [0, UInt8(length >> 8 & 0xFF), UInt8(length & 0xFF), what & 0x0F, flags, 0, 0, 0, stream]
        + payload)
  }

  private mutating func receive(_ bytes: [UInt8]) {
    do {
      for start in stride(from: 0, to: bytes.count, by: min(step, bytes.count)) {
        let piece = Array(bytes[start..<min(bytes.count, start + min(step, bytes.count))])
        // The session reads the bytes before it returns.
        unsafe try piece.withUnsafeBytes { try unsafe session.receive($0, into: &batch) }
      }
      try session.drainOutput(into: &output, events: &batch)
    } catch {
      check.texts.append("threw \(error)")
      isOver = true
    }
    check.take(&batch)
    output.removeAll()
    if session.isFinished { isOver = true }
  }

  /// What this side does: a request or a response, a part of a body, and so on.
  private mutating func submit(_ what: UInt8, _ reader: inout InputReader) {
    let handles = session.openStreams.sorted { $0.id < $1.id }
    let argument = reader.byte()
    do {
      if !check.isServer, what & 7 == 0, session.canOpenStream {
        check.open(
          try session.submitRequest(Self.request, body: [1, 2, 3], endStream: argument & 1 == 1))
      }
      guard !handles.isEmpty else { return }
      try submit(what & 7, argument, on: handles.chosen(by: argument >> 3))
    } catch {
      check.texts.append("refused \(error)")
    }
  }

  private func submit(_ what: UInt8, _ argument: UInt8, on stream: StreamHandle) throws(HTTP2Error)
  {
    let body = [UInt8](repeating: 7, count: Int(argument))
    switch what {
    case 0 where check.isServer: try session.submitResponse(Self.response, on: stream)
    case 1 where check.isServer: try session.submitHeadersOnlyResponse(Self.response, on: stream)
    case 2: try session.send(body, on: stream)
    case 3: try session.send(body, on: stream, end: .endStream)
    case 4: try session.reset(stream, code: .cancel)
    case 5: try session.consume(Int(argument), on: stream)
    case 6: try session.ping(UInt64(argument))
    case 7: argument & 1 == 0 ? try session.announceGoAway() : try session.goAway(code: .noError)
    default: break
    }
  }

  private static let request = SubmittableHeaders(
    HeaderBlock([":method": "POST", ":scheme": "http", ":path": "/a.B/C", ":authority": "a"]))
  private static let response = SubmittableHeaders(
    HeaderBlock([":status": "200", "content-type": "application/grpc"]))

  /// A literal field without indexing (RFC 7541 §6.2.2) for each byte; one of 0xF0 and above is a size
  /// update of the dynamic table, and the field behind it is indexed.
  private static func block(_ content: [UInt8]) -> [UInt8] {
    content.flatMap { byte -> [UInt8] in
      guard byte < 0xF0 else { return [0x20 | byte & 0x0F] }
      let (name, value) = fields.chosen(by: byte)
      return [byte & 0x80 == 0 ? 0x00 : 0x40, UInt8(name.utf8.count)] + Array(name.utf8)
        + [UInt8(value.utf8.count)] + Array(value.utf8)
    }
  }

  private static let fields = [
    (":method", "POST"), (":scheme", "http"), (":path", "/a.B/C"), (":authority", "a"),
    (":status", "200"), (":status", "100"), (":status", "99"), ("content-type", "application/grpc"),
    ("te", "trailers"), ("grpc-status", "0"), ("content-length", "3"), ("content-length", "4"),
    ("x", ""), ("x-bin", "AAEC"), ("X", "1"), ("host", "b"), ("connection", "close"),
    (":unknown", "1"), ("cookie", "a=b"), ("", "empty"), ("grpc-message", "%zz"), ("a b", "c"),
  ]
}
