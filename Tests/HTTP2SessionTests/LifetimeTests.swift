import Testing

@testable import HTTP2Session

/// nghttp2 reads header lists where they lie. The address sanitizer sees whether they lay there long
/// enough; these tests go where streams end before their frames have left.
@Suite struct LifetimeTests {
  /// A list that nothing but the session keeps alive.
  private static func list(_ pairs: KeyValuePairs<String, String>) -> SubmittableHeaders {
    SubmittableHeaders(HeaderBlock(pairs))
  }

  private static var request: SubmittableHeaders {
    SubmittableHeaders(HeaderBlock.request)
  }

  @Test func aRequestThatWasResetBeforeItWasSentIsNeverSent() throws {
    let pair = try SessionPair()
    _ = try pair.pump()
    weak var headers: SubmittableHeaders?
    let stream = try {
      let list = Self.request
      headers = list
      return try pair.client.submitRequest(list, body: [1, 2], endStream: true)
    }()
    #expect(headers != nil)
    try pair.client.reset(stream, code: .cancel)
    let seen = try pair.pump()
    #expect(seen.server.openedStreams.isEmpty)
    #expect(seen.client.closed.map(\.0) == [stream])
    #expect(pair.client.openStreamCount == 0)
    #expect(headers == nil)
    // The connection is as good as before.
    let next = try pair.client.submitRequest(Self.request, body: [], endStream: true)
    #expect(try pair.pump().server.openedStreams.map(\.id) == [next.id])
  }

  @Test func aPeerMayResetWhileResponseHeadersAreQueued() throws {
    let pair = try SessionPair()
    let stream = try pair.client.submitRequest(Self.request, body: [], endStream: true)
    let opened = try #require(try pair.pump().server.openedStreams.first)
    try pair.client.reset(stream, code: .cancel)
    let reset = try pair.client.output()
    try pair.server.submitResponse(Self.list([":status": "200", "x": "y"]), on: opened)
    try pair.server.send(
      [1], on: opened, end: .trailers(Self.list(["grpc-status": "0", "x": "y"])))
    _ = try pair.server.events(of: reset)
    #expect(pair.server.openStreamCount == 0)
    _ = try pair.pump()
    let next = try pair.client.submitRequest(Self.request, body: [], endStream: true)
    #expect(try pair.pump().server.openedStreams.map(\.id) == [next.id])
  }

  @Test func aPeerMayResetWhileTrailersWaitForTheWindow() throws {
    let pair = try SessionPair()
    let stream = try pair.client.submitRequest(Self.request, body: [], endStream: true)
    let opened = try #require(try pair.pump().server.openedStreams.first)
    try pair.server.submitResponse(Self.list([":status": "200"]), on: opened)
    weak var trailers: SubmittableHeaders?
    try {
      let list = Self.list(["grpc-status": "0"])
      trailers = list
      try pair.server.send(
        [UInt8](repeating: 1, count: 3 << 20), on: opened, end: .trailers(list))
    }()
    #expect(try pair.pump().client.data[stream.id]?.count == 1 << 20)
    #expect(trailers != nil)
    try pair.client.reset(stream, code: .cancel)
    #expect(try pair.pump().server.closed.map(\.byPeer) == [true])
    #expect(trailers == nil)
  }

  @Test func trailersThatAreFramedButNotDrainedOutliveTheStreamsEnd() throws {
    let pair = try SessionPair()
    _ = try pair.client.submitRequest(Self.request, body: [], endStream: true)
    let opened = try #require(try pair.pump().server.openedStreams.first)
    try pair.server.submitResponse(Self.list([":status": "200"]), on: opened)
    try pair.server.send([1], on: opened, end: .trailers(Self.list(["grpc-status": "0"])))
    var output: [UInt8] = []
    var batch = HTTP2EventBatch()
    // One byte of room: the session stops behind each frame.
    while pair.server.wantsToSend {
      var piece: [UInt8] = []
      try pair.server.drainOutput(into: &piece, limit: 1, events: &batch)
      output += piece
    }
    #expect(pair.server.openStreamCount == 0)
    var seen = Seen()
    seen.note(try pair.client.events(of: output))
    #expect(seen.value("grpc-status") == "0")
  }

  @Test func goAwayLetsGoOfTheRequestsThatItRefuses() throws {
    let pair = try SessionPair()
    _ = try pair.pump()
    try pair.server.goAway(code: .noError)
    var lists: [ObjectIdentifier: () -> Bool] = [:]
    for _ in 0..<20 {
      let list = Self.request
      weak let observed = list
      lists[ObjectIdentifier(list)] = { observed == nil }
      _ = try pair.client.submitRequest(list, body: [7], endStream: true)
    }
    _ = try pair.client.events(of: try pair.server.output())
    let seen = try pair.pump()
    #expect(seen.client.closed.map(\.1) == Array(repeating: .refusedStream, count: 20))
    #expect(pair.client.openStreamCount == 0)
    #expect(lists.values.allSatisfy { $0() })
  }

  @Test func aSessionMayEndWithEverythingStillQueued() throws {
    weak var headers: SubmittableHeaders?
    weak var session: HTTP2Session?
    try {
      let pair = try SessionPair()
      let list = Self.request
      headers = list
      session = pair.client
      _ = try pair.client.submitRequest(list, body: [1], endStream: true)
      let opened = try #require(try pair.pump().server.openedStreams.first)
      try pair.server.submitResponse(Self.list([":status": "200"]), on: opened)
      try pair.server.send([1], on: opened, end: .trailers(Self.list(["grpc-status": "0"])))
      for _ in 0..<5 {
        _ = try pair.client.submitRequest(Self.request, body: [1], endStream: false)
      }
      try pair.client.ping(1)
      try pair.client.goAway(code: .noError, debugData: "bye")
    }()
    #expect(session == nil)
    #expect(headers == nil)
  }

  @Test func aUsedSessionKeepsMemoryForItsNextStreamsUntilItIsToldToGiveItBack() throws {
    let pair = try SessionPair()
    for _ in 0..<50 {
      _ = try pair.client.submitRequest(Self.request, body: [1], endStream: true)
      let opened = try #require(try pair.pump().server.openedStreams.first)
      try pair.server.submitHeadersOnlyResponse(.trailersOnly, on: opened)
      _ = try pair.pump()
    }
    #expect(pair.client.spareMemory > 0)
    #expect(pair.client.spareMemory <= 65_536)
    pair.client.releaseSpareMemory()
    #expect(pair.client.spareMemory == 0)
    _ = try pair.client.submitRequest(Self.request, body: [1], endStream: true)
    #expect(try pair.pump().server.openedStreams.count == 1)
  }
}
