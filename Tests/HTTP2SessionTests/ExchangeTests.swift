import HTTP2Session
import Testing

@Suite struct ExchangeTests {
  @Test func aRequestAndItsAnswerWithTrailersCrossWhole() throws {
    let pair = try SessionPair()
    let stream = try pair.client.submitRequest(.request, body: [1, 2, 3], endStream: true)
    let request = try pair.pump().server
    #expect(request.value(":path") == "/a.B/C")
    #expect(request.data[stream.id] == [1, 2, 3])
    let opened = try #require(request.openedStreams.first)
    #expect(request.events.contains(.dataEnded(opened)))

    try pair.server.submitResponse(.response, on: opened)
    try pair.server.send([9, 8], on: opened, end: .trailers(.trailers))
    let answer = try pair.pump()
    #expect(answer.client.fields.map(\.name) == [":status", "content-type", "grpc-status"])
    #expect(answer.client.data[stream.id] == [9, 8])
    #expect(answer.client.events.contains(.headersEnded(stream, endStream: true)))
    #expect(answer.client.closed.map(\.1) == [.noError])
    #expect(pair.client.openStreamCount == 0)
    #expect(pair.server.openStreamCount == 0)
  }

  @Test func oneByteAtATimeMeansTheSame() throws {
    let pair = try SessionPair()
    let body = (0..<1_000).map { UInt8(truncatingIfNeeded: $0) }
    let stream = try pair.client.submitRequest(.request, body: body, endStream: true)
    let seen = try pair.pump(pieces: 1).server
    #expect(seen.data[stream.id] == body)
    #expect(seen.value("te") == "trailers")
  }

  @Test func headersAloneCanBeAnAnswer() throws {
    let pair = try SessionPair()
    let stream = try pair.client.submitRequest(.request, body: [], endStream: true)
    let opened = try #require(try pair.pump().server.openedStreams.first)
    try pair.server.submitHeadersOnlyResponse(.trailersOnly, on: opened)
    let seen = try pair.pump().client
    #expect(seen.events.contains(.headersEnded(stream, endStream: true)))
    #expect(seen.value("grpc-status") == "0")
  }

  @Test func aStreamedBodyWaitsAndGoesOnAndSaysWhenItIsDrained() throws {
    let pair = try SessionPair()
    let stream = try pair.client.submitRequest(.request, body: [1], endStream: false)
    #expect(try pair.pump().client.events.contains(.bodyDrained(stream)))
    try pair.client.send([2], on: stream)
    try pair.client.send([3, 4], on: stream)
    #expect(try pair.pump().server.data[stream.id] == [2, 3, 4])
    try pair.client.send([], on: stream, end: .endStream)
    let seen = try pair.pump().server
    #expect(seen.events.contains { if case .dataEnded = $0 { true } else { false } })
  }

  @Test func slotsAreUsedAgainAndOldHandlesAreNotTakenForTheirSuccessors() throws {
    let pair = try SessionPair()
    let first = try pair.client.submitRequest(.request, body: [], endStream: true)
    _ = try pair.pump()
    try pair.client.reset(first, code: .cancel)
    let seen = try pair.pump()
    #expect(seen.server.closed.map { $0.1 } == [.cancel])
    #expect(seen.server.closed.map { $0.byPeer } == [true])
    let second = try pair.client.submitRequest(.request, body: [], endStream: true)
    #expect(second.slot == first.slot)
    #expect(second.id == first.id + 2)
    try pair.client.reset(first, code: .cancel)
    #expect(try pair.pump().server.closed.isEmpty)
  }

  @Test(arguments: [0, 1, 65_535, 65_536, 3_000_000])
  func aBodyOfAnySizePassesTheWindowsWhenItsReaderConsumes(size: Int) throws {
    let pair = try SessionPair()
    let body = [UInt8](repeating: 7, count: size)
    let stream = try pair.client.submitRequest(.request, body: body, endStream: true)
    var received = 0
    var ended = false
    while !ended {
      let seen = try pair.pump().server
      for event in seen.events {
        switch event {
        case .data(let stream, let range):
          received += range.count
          try pair.server.consume(range.count, on: stream)
          try pair.server.consumeOnConnection(range.count)
        case .dataEnded: ended = true
        default: break
        }
      }
    }
    #expect(received == size)
    #expect(stream.id == 1)
  }

  @Test func aBodyStopsAtTheWindowWhenItsReaderDoesNotConsume() throws {
    var server = HTTP2Configuration()
    server.streamWindowSize = 65_535
    let pair = try SessionPair(server: server)
    let body = [UInt8](repeating: 7, count: 100_000)
    let stream = try pair.client.submitRequest(.request, body: body, endStream: true)
    #expect(try pair.pump().server.data[stream.id]?.count == 65_535)
  }
}
