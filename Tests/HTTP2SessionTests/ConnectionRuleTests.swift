import HTTP2Session
import Testing

/// Frames as RFC 9113 §4.1 lays them out, made without the library under test.
private func frame(type: UInt8, flags: UInt8 = 0, stream: UInt32 = 0, _ payload: [UInt8]) -> [UInt8]
{
  let length = payload.count
  return [UInt8(length >> 16), UInt8(length >> 8 & 0xff), UInt8(length & 0xff), type, flags]
    + (0..<4).map { UInt8(truncatingIfNeeded: stream >> (24 - 8 * $0)) } + payload
}

private let preface = Array("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n".utf8)
private let emptySettings = frame(type: 4, [])

@Suite struct ConnectionRuleTests {
  @Test func aClientBeginsWithThePrefaceAndItsSettings() throws {
    let client = try HTTP2Session(role: .client)
    let bytes = try client.output()
    #expect(bytes.starts(with: preface))
    let settings = bytes.dropFirst(preface.count)
    #expect(settings.dropFirst(3).first == 4)
    // ENABLE_PUSH = 0: nobody pushes to a gRPC client.
    #expect(Array(settings).firstRange(of: [0, 2, 0, 0, 0, 0] as [UInt8]) != nil)
  }

  @Test func settingsOutOfTheirBoundsAreTakenToThem() throws {
    var least = HTTP2Configuration()
    least.streamWindowSize = -1
    least.connectionWindowSize = 0
    least.maxFrameSize = 1
    var most = least
    most.streamWindowSize = .max
    most.connectionWindowSize = .max
    most.maxFrameSize = .max
    for configuration in [least, most] {
      let pair = try SessionPair(client: configuration, server: configuration)
      let seen = try pair.pump()
      #expect(seen.client.violations.isEmpty)
      #expect(seen.server.violations.isEmpty)
      _ = try pair.client.submitRequest(
        .request, body: [UInt8](repeating: 1, count: 65_535), endStream: true)
      #expect(try pair.pump().server.data[1]?.count == 65_535)
    }
  }

  /// RFC 9113 §6.9.1: what nobody has taken fills the window of the connection.
  @Test func dataBeyondTheWindowOfTheConnectionEndsIt() throws {
    var configuration = HTTP2Configuration()
    configuration.connectionWindowSize = 65_535
    let client = try HTTP2Session(role: .client, configuration: configuration)
    _ = try client.submitRequest(.request, body: [], endStream: true)
    _ = try client.output()
    let part = frame(type: 0, stream: 1, [UInt8](repeating: 0, count: 16_383))
    var seen = Seen()
    seen.note(try client.events(of: emptySettings + frame(type: 1, flags: 4, stream: 1, [0x88])))
    for _ in 0..<4 { seen.note(try client.events(of: part)) }
    #expect(seen.data[1]?.count == 65_532)
    _ = try client.events(of: part)
    var batch = HTTP2EventBatch()
    var output: [UInt8] = []
    try client.drainOutput(into: &output, events: &batch)
    seen.note(batch)
    #expect(seen.violations.first?.hasPrefix("FLOW_CONTROL_ERROR") == true)
  }

  @Test func whatIsNotHTTP2IsRefusedWithItsReason() throws {
    let server = try HTTP2Session(role: .server)
    let error = #expect(throws: HTTP2Error.self) {
      _ = try server.events(of: Array("GET / HTTP/1.1\r\nHost: a\r\n\r\n".utf8))
    }
    #expect(error?.kind == .badPreface)
  }

  @Test func aClientRefusesAnAnswerInHTTP1() throws {
    let client = try HTTP2Session(role: .client)
    _ = try client.output()
    _ = try? client.events(of: Array("HTTP/1.1 400 Bad Request\r\n\r\n".utf8))
    var output: [UInt8] = []
    var batch = HTTP2EventBatch()
    try client.drainOutput(into: &output, events: &batch)
    #expect(batch.events.contains { if case .violation = $0 { true } else { false } })
    #expect(client.isFinished)
  }

  @Test func aViolationIsAnsweredWithGoAwayAndReported() throws {
    let server = try HTTP2Session(role: .server)
    // DATA on stream 1, which is idle (RFC 9113 §5.1).
    _ = try server.events(of: preface + emptySettings + frame(type: 0, stream: 1, [1]))
    var output: [UInt8] = []
    var batch = HTTP2EventBatch()
    try server.drainOutput(into: &output, events: &batch)
    var seen = Seen()
    seen.note(batch)
    #expect(seen.violations.count == 1)
    #expect(seen.violations.first?.hasPrefix("PROTOCOL_ERROR") == true)
    #expect(server.isFinished)
  }

  @Test func aPeerStreamLimitBoundsTheRequests() throws {
    var server = HTTP2Configuration()
    server.maxConcurrentStreams = 2
    let pair = try SessionPair(server: server)
    _ = try pair.pump()
    #expect(pair.client.remoteMaxConcurrentStreams == 2)
    for _ in 0..<2 {
      #expect(pair.client.canOpenStream)
      _ = try pair.client.submitRequest(.request, body: [], endStream: true)
    }
    #expect(!pair.client.canOpenStream)
    #expect(pair.client.acceptsNewStreams)
  }

  @Test func aPingComesBackWithItsPayload() throws {
    let pair = try SessionPair()
    try pair.client.ping(0x0102_0304_0506_0708)
    let seen = try pair.pump()
    #expect(seen.server.events.contains(.pingReceived))
    #expect(seen.client.events.contains(.pingAcknowledged(0x0102_0304_0506_0708)))
  }

  @Test func goAwayRefusesWhatTheServerHasNotSeen() throws {
    let pair = try SessionPair()
    let first = try pair.client.submitRequest(.request, body: [], endStream: true)
    _ = try pair.pump()
    try pair.server.goAway(code: .noError, debugData: "bye")
    let late = try pair.client.submitRequest(.request, body: [], endStream: true)
    _ = try pair.client.events(of: try pair.server.output())
    let seen = try pair.pump().client
    #expect(!pair.client.acceptsNewStreams)
    #expect(seen.closed.map(\.0) == [late])
    #expect(seen.closed.map(\.1) == [.refusedStream])
    #expect(pair.client.openStreams.contains(first))
  }

  @Test func aGracefulEndStillTakesStreamsUntilTheLastGoAway() throws {
    let pair = try SessionPair()
    _ = try pair.pump()
    try pair.server.announceGoAway()
    let early = try pair.client.submitRequest(.request, body: [], endStream: true)
    let seen = try pair.pump()
    #expect(seen.server.openedStreams.map(\.id) == [early.id])
    #expect(pair.server.acceptsPeerStreams)
    try pair.server.goAway(code: .noError)
    #expect(!pair.server.acceptsPeerStreams)
  }

  @Test func aHeaderListOverTheLimitIsReportedOnceAndItsRestDropped() throws {
    var server = HTTP2Configuration()
    server.maxHeaderListSize = 1_000
    let pair = try SessionPair(server: server)
    var block = HeaderBlock.request
    for index in 0..<20 {
      block.append(name: "x-\(index)", value: String(repeating: "v", count: 100))
    }
    _ = try pair.client.submitRequest(SubmittableHeaders(block), body: [], endStream: true)
    let seen = try pair.pump().server
    let reports = seen.events.filter { if case .headerListTooLarge = $0 { true } else { false } }
    #expect(reports.count == 1)
    #expect(seen.fields.count < block.fields.count)
  }

  @Test func aNeverIndexedFieldIsWrittenSo() throws {
    let client = try HTTP2Session(role: .client)
    var block = HeaderBlock.request
    block.append(name: "authorization", value: "secret", isNeverIndexed: true)
    _ = try client.submitRequest(SubmittableHeaders(block), body: [], endStream: true)
    let bytes = try client.output()
    // RFC 7541 §6.2.3: 0001xxxx; `authorization` is entry 23 of the static table: 15 and 8 more.
    #expect(bytes.firstRange(of: [0x1f, 0x08]) != nil)
  }
}
