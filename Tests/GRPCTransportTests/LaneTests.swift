import GRPCCall
import GRPCTransport
import HTTP2Session
import Testing

/// Channels with several connections.
@Suite struct LaneTests {
  private static func peer(_ channel: Channel) async throws -> String {
    let answer = try await channel.unary(
      ProbeService.peer, EchoMessage(), options: CallOptions(waitForReady: true))
    return String(decoding: answer.message.payload, as: UTF8.self)
  }

  /// After so many calls, what has not happened will not.
  private static let mostCalls = 20_000

  /// Calls until every connection is up: each call wakes one that is not.
  private static func connectAll(_ channel: Channel, count: Int) async throws {
    var calls = 0
    while channel.metrics.connectionsReady < count, calls < mostCalls {
      _ = try await peer(channel)
      calls += 1
    }
    #expect(channel.metrics.connectionsReady == count)
  }

  @Test(arguments: [2, 5])
  func callsAreSpreadOverAllConnections(connections: Int) async throws {
    try await withProbe(channel: {
      $0.connectionCount = connections
      $0.eventLoops = EventLoopGroup(count: 2)
    }) { channel, _ in
      try await Self.connectAll(channel, count: connections)
      var calls: [String: Int] = [:]
      for _ in 0..<(10 * connections) { calls[try await Self.peer(channel), default: 0] += 1 }
      #expect(calls.values.sorted() == Array(repeating: 10, count: connections))
      #expect(channel.metrics.connectionsOpened == connections)
    }
  }

  @Test func callersOnALoopStayOnItsConnection() async throws {
    let group = EventLoopGroup(count: 2)
    let loops = [try group.next(), try group.next()]
    try await withProbe(channel: {
      $0.connectionCount = 2
      $0.eventLoops = group
    }) { channel, _ in
      try await Self.connectAll(channel, count: 2)
      var peers: [Set<String>] = []
      for loop in loops {
        peers.append(
          try await withTaskExecutorPreference(loop) {
            var peers: Set<String> = []
            for _ in 0..<20 { peers.insert(try await Self.peer(channel)) }
            return peers
          })
      }
      #expect(peers.map(\.count) == [1, 1])
      #expect(peers[0] != peers[1])
    }
  }

  @Test func aConnectionThatIsLostIsMadeAgainWhileTheOtherServes() async throws {
    let peer = try ScriptedPeer { connection in try connection.serve() }
    var configuration = ChannelConfiguration()
    configuration.connectionCount = 2
    configuration.eventLoops = EventLoopGroup(count: 2)
    let channel = try Channel(
      target: .host("127.0.0.1", port: peer.port), configuration: configuration)
    for round in 0...5 as ClosedRange<UInt64> {
      var calls: UInt32 = 0
      while channel.metrics.connectionsReady < 2, Int(calls) < Self.mostCalls {
        let answer = try await channel.unary(EchoMethods.unary, EchoMessage(number: calls))
        #expect(answer.message.number == calls)
        calls += 1
      }
      #expect(channel.metrics.connectionsOpened == 2 + round)
      let error = await rpcError { _ = try await channel.unary(ScriptedPeer.cut, EchoMessage()) }
      #expect(error?.status.code == .unavailable)
      #expect(error?.delivery == .unknown)
      #expect(channel.metrics.connectionsReady == 1)
    }
    expectNothingLeft(of: channel)
    await channel.shutdown()
  }

  @Test func shutdownClosesAllConnections() async throws {
    try await withProbe(channel: { $0.connectionCount = 3 }) { channel, _ in
      try await Self.connectAll(channel, count: 3)
      await channel.shutdown()
      #expect(channel.metrics.connectionsReady == 0)
      let error = await rpcError { _ = try await Self.peer(channel) }
      #expect(error?.status.code == .unavailable)
    }
  }

  @Test func shutdownTakesNoNewCallOnAnyConnectionWhileCallsRunOn() async throws {
    try await withProbe(channel: { $0.connectionCount = 2 }) { channel, service in
      try await Self.connectAll(channel, count: 2)
      // The lanes take turns: one of the two is on the connection that is shut down first.
      let held = try (0..<2).map { _ in
        try channel.serverStreaming(ProbeService.hold, EchoMessage())
      }
      await service.holds.wait()
      async let stopped: Void = channel.shutdown()
      var calls = 0
      while channel.metrics.connectionsReady > 0, calls < Self.mostCalls {
        _ = await rpcError { _ = try await Self.peer(channel) }
        calls += 1
      }
      #expect(channel.metrics.connectionsReady == 0)
      let error = await rpcError { _ = try await Self.peer(channel) }
      #expect(error?.status.code == .unavailable)
      service.mayGoOn.raise()
      for stream in held { #expect(await failure(of: stream) == nil) }
      await stopped
    }
  }
}
