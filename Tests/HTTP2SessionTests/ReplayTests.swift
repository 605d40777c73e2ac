import FoundationEssentials
import GRPCCall
import HTTP2Session
import Testing

/// Whole connections of C-core, played to our session and call machines without a socket, whole and
/// one byte at a time.
@Suite struct ReplayTests {
  @Test func theRecordingsAreThere() {
    #expect(Recording.all.count >= 14)
  }

  @Test(arguments: Recording.all, [Int.max, 1])
  func ourServerReadsWhatTheClientSent(_ recording: Recording, pieces: Int) throws {
    let server = try HTTP2Session(role: .server)
    var player = ServerPlayer(session: server)
    try player.play(try recording.bytes(of: recording.client), pieces: pieces)
    for call in recording.calls {
      let seen = try #require(player.calls[call.stream])
      guard !recording.hasRawBinaryRequest else {
        #expect(seen.head == nil && seen.closeCode == .protocolError)
        continue
      }
      guard recording.name != "compressed-request" else {
        #expect(seen.failure?.code == .unimplemented)
        continue
      }
      let head = try #require(seen.head)
      #expect(head.path == call.path)
      #expect((head.timeout != nil) == (call.timeout != nil))
      expect(head.metadata, holds: call.requestMetadata)
      #expect(seen.messages == call.requestMessages.map(\.bytes))
    }
  }

  @Test(arguments: Recording.all, [Int.max, 1])
  func ourClientReadsWhatTheServerSent(_ recording: Recording, pieces: Int) throws {
    let client = try HTTP2Session(role: .client)
    var player = ClientPlayer(session: client)
    for call in recording.calls { try player.open(call) }
    try player.play(try recording.bytes(of: recording.server), pieces: pieces)
    for call in recording.calls {
      let seen = try #require(player.calls[call.stream])
      guard !recording.hasRawBinaryResponse else {
        #expect(seen.outcome == nil && seen.closeCode == .protocolError)
        continue
      }
      #expect(seen.messages == call.responseMessages.map(\.bytes))
      expect(seen.machine.initialMetadata, holds: call.initialMetadata)
      guard call.status.from == "peer" else { continue }
      let outcome = try #require(seen.outcome)
      #expect(outcome.status.code == StatusCode(wire: call.status.code))
      #expect(outcome.status.message == call.status.message)
      expect(outcome.trailers, holds: call.trailers.filter { !$0.name.hasPrefix("grpc-") })
    }
  }

  private func expect(_ metadata: Metadata, holds entries: [Recording.Entry]) {
    for entry in entries {
      if let value = entry.value {
        #expect(metadata.all(entry.name).contains(.ascii(value)))
      } else if let text = entry.base64, let bytes = Data(base64Encoded: text) {
        #expect(metadata.all(entry.name).contains(.binary([UInt8](bytes))))
      }
    }
  }
}

/// Plays a client's bytes to our server side.
private struct ServerPlayer {
  struct Call {
    var machine = ServerCallMachine()
    var head: RequestHead?
    var messages: [[UInt8]] = []
    var failure: Status?
    var closeCode: HTTP2ErrorCode?
  }

  let session: HTTP2Session
  var calls: [Int32: Call] = [:]

  mutating func play(_ bytes: [UInt8], pieces: Int) throws {
    try session.play(bytes, pieces: pieces) { event, batch in
      switch event {
      case .streamOpened(let stream): calls[stream.id] = Call()
      case .headerField(let stream, let name, let value):
        batch.withBytes(name) { name in
          batch.withBytes(value) {
            calls[stream.id]?.machine.receivedField(name: name, value: $0)
          }
        }
      case .headersEnded(let stream, let endStream): headersEnded(stream, endStream)
      case .data(let stream, let range): receivedData(stream, range, batch)
      case .streamClosed(let stream, let code, _): calls[stream.id]?.closeCode = code
      default: break
      }
    }
  }

  private mutating func headersEnded(_ stream: StreamHandle, _ endStream: Bool) {
    switch calls[stream.id]?.machine.receivedEndOfHeaders(endStream: endStream) {
    case .accept(let head):
      calls[stream.id]?.head = head
      calls[stream.id]?.machine.routed(to: .bidirectionalStreaming)
    case .rejectGRPC(let status), .failed(let status): calls[stream.id]?.failure = status
    default: break
    }
  }

  private mutating func receivedData(
    _ stream: StreamHandle, _ range: ByteRange, _ batch: HTTP2EventBatch
  ) {
    batch.withBytes(range) { bytes in
      var offset = 0
      while true {
        switch calls[stream.id]?.machine.receivedData(bytes, from: &offset) {
        case .message(let message): calls[stream.id]?.messages.append(message)
        case .failed(let status):
          calls[stream.id]?.failure = status
          return
        default: return
        }
      }
    }
  }
}

/// Plays a server's bytes to our client side.
private struct ClientPlayer {
  struct Call {
    var machine: ClientCallMachine
    var messages: [[UInt8]] = []
    var outcome: CallOutcome?
    var closeCode: HTTP2ErrorCode?
  }

  let session: HTTP2Session
  var calls: [Int32: Call] = [:]

  mutating func open(_ call: Recording.Call) throws {
    let kind: CallKind =
      switch call.kind {
      case "unary": .unary
      case "serverStreaming": .serverStreaming
      case "clientStreaming": .clientStreaming
      default: .bidirectionalStreaming
      }
    let stream = try session.submitRequest(.request, body: [], endStream: true)
    #expect(stream.id == call.stream)
    calls[stream.id] = Call(machine: ClientCallMachine(kind: kind))
  }

  mutating func play(_ bytes: [UInt8], pieces: Int) throws {
    try session.play(bytes, pieces: pieces) { event, batch in
      switch event {
      case .headerField(let stream, let name, let value):
        batch.withBytes(name) { name in
          batch.withBytes(value) {
            calls[stream.id]?.machine.receivedField(name: name, value: $0)
          }
        }
      case .headersEnded(let stream, let endStream):
        switch calls[stream.id]?.machine.receivedEndOfHeaders(endStream: endStream) {
        case .finished(let outcome), .failed(let outcome): calls[stream.id]?.outcome = outcome
        default: break
        }
      case .data(let stream, let range): receivedData(stream, range, batch)
      case .streamClosed(let stream, let code, _): calls[stream.id]?.closeCode = code
      default: break
      }
    }
  }

  private mutating func receivedData(
    _ stream: StreamHandle, _ range: ByteRange, _ batch: HTTP2EventBatch
  ) {
    batch.withBytes(range) { bytes in
      var offset = 0
      while true {
        switch calls[stream.id]?.machine.receivedData(bytes, from: &offset) {
        case .message(let message): calls[stream.id]?.messages.append(message)
        case .failed(let outcome):
          calls[stream.id]?.outcome = outcome
          return
        default: return
        }
      }
    }
  }
}

extension HTTP2Session {
  /// Sends what there is to send, then receives `bytes` in pieces, giving the windows back as a
  /// reader would.
  fileprivate func play(
    _ bytes: [UInt8], pieces: Int, _ handle: (HTTP2Event, HTTP2EventBatch) -> Void
  ) throws {
    _ = try output()
    var rest = bytes[...]
    while !rest.isEmpty {
      let piece = Array(rest.prefix(pieces))
      rest = rest.dropFirst(piece.count)
      let batch = try events(of: piece)
      for event in batch.events {
        handle(event, batch)
        guard case .data(let stream, let range) = event else { continue }
        try consume(range.count, on: stream)
        try consumeOnConnection(range.count)
      }
      var sent: [UInt8] = []
      var sending = HTTP2EventBatch()
      try drainOutput(into: &sent, limit: .max, events: &sending)
      for event in sending.events { handle(event, sending) }
    }
  }
}
