import GRPCCall
import GRPCTransport
import Testing

/// Connections that a server ends because they are old.
@Suite("age of a server's connections", .timeLimit(.minutes(5))) struct ConnectionAgeTests {
  @Test("calls go on over ever new connections") func newConnections() async throws {
    try await withEcho(server: { $0.maxConnectionAge = .milliseconds(20) }) { channel, _, _ in
      while channel.metrics.connectionsOpened < 5 {
        let answer = try await channel.unary(EchoMethods.unary, EchoMessage(number: 3))
        #expect(answer.message.number == 3)
      }
    }
  }

  @Test("a call that runs is served to its end") func runningCall() async throws {
    try await withEcho(server: { $0.maxConnectionAge = .milliseconds(1) }) { channel, _, _ in
      let (requests, responses) = try channel.bidirectionalStreaming(EchoMethods.chat)
      var iterator = responses.makeAsyncIterator()
      for number in 0..<20 as Range<UInt32> {
        try await requests.send(EchoMessage(number: number))
        #expect(try await iterator.next()?.number == number)
        _ = try await channel.unary(EchoMethods.unary, EchoMessage())
      }
      requests.finish()
      #expect(try await iterator.next() == nil)
    }
  }

  @Test("a call that outlasts the grace is cut off") func grace() async throws {
    try await withEcho(server: {
      $0.maxConnectionAge = .milliseconds(1)
      $0.maxConnectionAgeGrace = .milliseconds(20)
    }) { channel, _, _ in
      let error = await rpcError { _ = try await channel.unary(EchoMethods.wait, EchoMessage()) }
      #expect(error?.code == .unavailable)
      #expect(error?.message.contains("GOAWAY NO_ERROR") == true, "\(String(describing: error))")
    }
  }

  @Test("a shutdown does not wait for the calls of a connection that was too old")
  func shutdown() async throws {
    try await withEcho(server: {
      $0.maxConnectionAge = .milliseconds(1)
      $0.shutdownGrace = .milliseconds(20)
    }) { channel, server, service in
      async let error = rpcError { _ = try await channel.unary(EchoMethods.wait, EchoMessage()) }
      await service.waitBegan.wait()
      // The call's connection takes no other.
      while channel.metrics.connectionsOpened < 2 {
        _ = try await channel.unary(EchoMethods.unary, EchoMessage())
      }
      await server.shutdown()
      #expect(await error?.code == .unavailable)
    }
  }
}
