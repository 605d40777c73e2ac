package import HTTP2Session

/// A request as it is to go out, right or wrong: neither gRPC's nor HTTP's rules are looked at.
package struct ProbeRequest: Sendable {
  /// Pseudo-header fields and others, in the order in which they go.
  package var headers: HeaderBlock
  package var body: [UInt8]
  /// Whether the stream ends behind the body; else it stays open while the answer is awaited.
  package var ends: Bool

  package init(headers: HeaderBlock, body: [UInt8], ends: Bool = true) {
    self.headers = headers
    self.body = body
    self.ends = ends
  }
}

/// What a server made of a request, as it came.
package struct ProbeAnswer: Sendable, Equatable {
  package struct Field: Sendable, Equatable {
    package var name: String
    package var value: String

    package init(_ name: String, _ value: String) {
      self.name = name
      self.value = value
    }
  }

  package struct Block: Sendable, Equatable {
    package var fields: [Field]
    /// How much of the body had come before it.
    package var bodyBefore: Int
    /// Whether it ends the stream.
    package var ends: Bool

    package init(_ fields: [Field], bodyBefore: Int = 0, ends: Bool = false) {
      self.fields = fields
      self.bodyBefore = bodyBefore
      self.ends = ends
    }
  }

  package enum End: Sendable, Equatable {
    /// END_STREAM.
    case endStream
    /// RST_STREAM; of this side where the answer broke HTTP/2.
    case reset(HTTP2ErrorCode, byPeer: Bool)
    /// The connection ended first, for this reason.
    case connection(String)
    /// Time ran out.
    case timeout
    /// More came than anybody would want to keep.
    case tooLarge
  }

  /// The header blocks in their order: interim responses, the response, trailers.
  package var blocks: [Block]
  package var body: [UInt8]
  package var end: End

  package init(blocks: [Block] = [], body: [UInt8] = [], end: End = .timeout) {
    self.blocks = blocks
    self.body = body
    self.end = end
  }
}

/// Puts an answer together from a session's events.
struct ProbeRecord {
  /// No answer that is looked at is larger.
  private static let mostBytes = 8 << 20

  private(set) var answer = ProbeAnswer()
  private var fields: [ProbeAnswer.Field] = []

  /// Takes one event of the stream.
  ///
  /// - Returns: how the answer ends, once it does.
  mutating func receive(_ event: HTTP2Event, _ batch: HTTP2EventBatch) -> ProbeAnswer.End? {
    switch event {
    case .headerField(_, let name, let value):
      fields.append(.init(batch.text(name), batch.text(value)))
    case .headerListTooLarge: return .tooLarge
    case .headersEnded(_, let ends):
      answer.blocks.append(.init(fields, bodyBefore: answer.body.count, ends: ends))
      fields = []
      if ends { return .endStream }
    case .data(_, let range):
      guard range.count <= Self.mostBytes - answer.body.count else { return .tooLarge }
      answer.body += batch.arena[range.indices]
    case .dataEnded: return .endStream
    case .streamClosed(_, let code, let byPeer): return .reset(code, byPeer: byPeer)
    case .streamOpened, .bodyDrained, .endStreamSent, .settingsReceived, .goAwayReceived,
      .pingAcknowledged, .pingReceived, .violation:
      break
    }
    return nil
  }
}
