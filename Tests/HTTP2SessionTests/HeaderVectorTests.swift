import HTTP2Session
import TestSupport
import Testing

/// Header blocks of encoders that share no code with nghttp2's inflater, and of nghttp2's deflater, as the
/// requests of a client or the responses and trailers of a server.
@Suite struct HeaderVectorTests {
  @Test(
    "every story is received as it was sent, whole and over CONTINUATION",
    arguments: HeaderStory.names, [1, 8])
  func stories(name: String, frames: Int) throws {
    let story = try HeaderStory(name)
    let session = try receiver(of: story)
    for test in story.cases {
      var seen = Seen()
      seen.note(try session.events(of: headerFrames(test, count: frames)))
      let fields = seen.fields.map { "\($0.name): \($0.value)" }
      #expect(seen.violations.isEmpty, "block \(test.seqno)")
      // Raw bytes of a -bin value (SETTINGS 0xfe03, which we never announce): RFC 9113 §8.2.1 forbids
      // them, so the call ends there.
      let allowed = Array(test.fields.prefix { !$0.utf8.contains(where: isForbidden) })
      #expect(fields == allowed, "block \(test.seqno)")
      guard allowed.count == test.fields.count else { continue }
      #expect(seen.fields.allSatisfy { $0.stream.id == test.stream }, "block \(test.seqno)")
      let ends = seen.events.compactMap { event -> Bool? in
        if case .headersEnded(_, let endStream) = event { endStream } else { nil }
      }
      #expect(ends == [test.ends], "block \(test.seqno)")
    }
  }

  /// A session that has seen the sender's preface, and whose requests the sender may answer.
  private func receiver(of story: HeaderStory) throws -> HTTP2Session {
    let settings: [UInt8] = [0, 0, 0, 4, 0, 0, 0, 0, 0]
    guard story.sender == "server" else {
      let session = try HTTP2Session(role: .server)
      _ = try session.events(of: Array("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n".utf8) + settings)
      return session
    }
    let session = try HTTP2Session(role: .client)
    let request = SubmittableHeaders(
      HeaderBlock([":method": "POST", ":scheme": "http", ":path": "/a/b", ":authority": "a"]))
    var last: Int32 = 0
    while last < story.cases.map(\.stream).max() ?? 0 {
      last = try session.submitRequest(request, body: [], endStream: true).id
    }
    _ = try session.output()
    _ = try session.events(of: settings)
    return session
  }

  private func isForbidden(_ byte: UInt8) -> Bool {
    [0, UInt8(ascii: "\r"), UInt8(ascii: "\n")].contains(byte)
  }

  /// HEADERS, and CONTINUATION behind it: so many frames at most.
  private func headerFrames(_ test: HeaderStory.Case, count: Int) -> [UInt8] {
    var rest = hex(test.wire)[...]
    let piece = (rest.count + count - 1) / count
    var frames: [UInt8] = []
    var kind: UInt8 = 1
    repeat {
      let content = rest.prefix(piece)
      rest = rest.dropFirst(content.count)
      let flags: UInt8 = (kind == 1 && test.ends ? 1 : 0) | (rest.isEmpty ? 4 : 0)
      frames += bigEndian(UInt32(content.count)).dropFirst() + [kind, flags]
      frames += bigEndian(UInt32(test.stream)) + content
      kind = 9
    } while !rest.isEmpty
    return frames
  }

  private func bigEndian(_ number: UInt32) -> [UInt8] {
    [24, 16, 8, 0].map { UInt8(truncatingIfNeeded: number >> $0) }
  }
}
