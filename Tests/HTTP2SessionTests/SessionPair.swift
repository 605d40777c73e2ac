import HTTP2Session

/// A client and a server session, joined in memory.
struct SessionPair {
  let client: HTTP2Session
  let server: HTTP2Session

  init(
    client: HTTP2Configuration = HTTP2Configuration(),
    server: HTTP2Configuration = HTTP2Configuration()
  ) throws {
    self.client = try HTTP2Session(role: .client, configuration: client)
    self.server = try HTTP2Session(role: .server, configuration: server)
  }

  /// Carries bytes both ways until neither side has more to say.
  func pump(pieces: Int = .max) throws -> (client: Seen, server: Seen) {
    var seen = (client: Seen(), server: Seen())
    while client.wantsToSend || server.wantsToSend {
      try Self.carry(from: client, &seen.client, to: server, &seen.server, pieces)
      try Self.carry(from: server, &seen.server, to: client, &seen.client, pieces)
    }
    return seen
  }

  private static func carry(
    from sender: HTTP2Session, _ sent: inout Seen, to receiver: HTTP2Session,
    _ received: inout Seen, _ pieces: Int
  ) throws {
    var output: [UInt8] = []
    var batch = HTTP2EventBatch()
    try sender.drainOutput(into: &output, events: &batch)
    sent.note(batch)
    var rest = output[...]
    while !rest.isEmpty {
      let piece = Array(rest.prefix(pieces))
      rest = rest.dropFirst(piece.count)
      received.note(try receiver.events(of: piece))
    }
  }
}

extension HTTP2Session {
  /// Receives bytes, and gives what they mean.
  func events(of bytes: [UInt8]) throws -> HTTP2EventBatch {
    var batch = HTTP2EventBatch()
    try unsafe bytes.withUnsafeBytes { try unsafe receive($0, into: &batch) }
    return batch
  }

  /// Everything that waits to be sent.
  func output() throws -> [UInt8] {
    var output: [UInt8] = []
    var batch = HTTP2EventBatch()
    try drainOutput(into: &output, limit: .max, events: &batch)
    return output
  }
}

/// What one side has seen, with the bytes resolved.
struct Seen {
  var events: [HTTP2Event] = []
  var fields: [(stream: StreamHandle, name: String, value: String)] = []
  var data: [Int32: [UInt8]] = [:]
  var violations: [String] = []

  mutating func note(_ batch: HTTP2EventBatch) {
    for event in batch.events {
      events.append(event)
      switch event {
      case .headerField(let stream, let name, let value):
        fields.append((stream, batch.text(name), batch.text(value)))
      case .data(let stream, let range):
        data[stream.id, default: []] += Array(batch.arena[range.indices])
      case .violation(let code, let reason): violations.append("\(code): \(batch.text(reason))")
      default: break
      }
    }
  }

  func value(_ name: String) -> String? { fields.first { $0.name == name }?.value }

  var openedStreams: [StreamHandle] {
    events.compactMap { if case .streamOpened(let stream) = $0 { stream } else { nil } }
  }

  var closed: [(StreamHandle, HTTP2ErrorCode, byPeer: Bool)] {
    events.compactMap {
      if case .streamClosed(let stream, let code, let byPeer) = $0 {
        (stream, code, byPeer)
      } else {
        nil
      }
    }
  }
}

extension SubmittableHeaders {
  static let request = SubmittableHeaders(.request)
  static let response = SubmittableHeaders([
    ":status": "200", "content-type": "application/grpc",
  ])
  static let trailersOnly = SubmittableHeaders([
    ":status": "200", "content-type": "application/grpc", "grpc-status": "0",
  ])
  static let trailers = SubmittableHeaders(["grpc-status": "0"])

  convenience init(_ pairs: KeyValuePairs<String, String>) { self.init(HeaderBlock(pairs)) }
}

extension HeaderBlock {
  static let request = HeaderBlock([
    ":method": "POST", ":scheme": "http", ":path": "/a.B/C", ":authority": "test",
    "content-type": "application/grpc", "te": "trailers",
  ])
}
