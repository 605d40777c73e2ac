import GRPCCall
import GRPCTransport
import TLSSession
import Testing

/// Tests that use a port again listen on loopback addresses of their own, where no other test takes it.
@Suite struct ConnectionTests {
  @Test func aRefusedConnectionNamesItsPhaseAndAddress() async throws {
    // A port that was free a moment ago and that nobody listens on.
    let server = try Server(
      configuration: ServerConfiguration(host: "127.0.0.2", port: 0), services: [])
    let address = try await server.start()
    await server.shutdown()
    let channel = try Channel(target: .host("127.0.0.2", port: address.port))
    let error = await rpcError { _ = try await channel.unary(EchoMethods.unary, EchoMessage()) }
    #expect(error?.status.code == .unavailable)
    #expect(error?.phase == .connect)
    #expect(error?.delivery == .notSent)
    #expect(error?.status.message.contains("127.0.0.2:\(address.port)") == true)
    await channel.shutdown()
  }

  @Test func aNameWithoutAddressNamesItsPhase() async throws {
    let channel = try Channel(target: .host("no-such-host.invalid", port: 1))
    let error = await rpcError { _ = try await channel.unary(EchoMethods.unary, EchoMessage()) }
    #expect(error?.phase == .resolve)
    #expect(error?.status.message.contains("no-such-host.invalid") == true)
    await channel.shutdown()
  }

  @Test func aNameIsConnectedByAnyOfItsAddresses() async throws {
    try await withEcho { channel, _, _ in
      let byName = try Channel(target: .host("localhost", port: channel.target.port))
      let response = try await byName.unary(EchoMethods.unary, EchoMessage(number: 1))
      #expect(response.message.number == 1)
      await byName.shutdown()
    }
  }

  @Test func waitForReadyOutlastsAServerThatIsNotThereYet() async throws {
    let first = try Server(
      configuration: ServerConfiguration(host: "127.0.0.3", port: 0), services: [EchoService()])
    let address = try await first.start()
    await first.shutdown()
    let channel = try Channel(target: .host("127.0.0.3", port: address.port))
    let refused = await rpcError { _ = try await channel.unary(EchoMethods.unary, EchoMessage()) }
    #expect(refused?.status.code == .unavailable)
    async let response = channel.unary(
      EchoMethods.unary, EchoMessage(number: 3), options: CallOptions(waitForReady: true))
    let second = try Server(
      configuration: ServerConfiguration(host: "127.0.0.3", port: address.port),
      services: [EchoService()])
    _ = try await second.start()
    #expect(try await response.message.number == 3)
    await channel.shutdown()
    await second.shutdown()
  }

  @Test func aChannelConnectsAgainAfterItsServerHasGone() async throws {
    let first = try Server(
      configuration: ServerConfiguration(host: "127.0.0.4", port: 0), services: [EchoService()])
    let address = try await first.start()
    let channel = try Channel(target: .host("127.0.0.4", port: address.port))
    _ = try await channel.unary(EchoMethods.unary, EchoMessage())
    await first.shutdown()
    let second = try Server(
      configuration: ServerConfiguration(host: "127.0.0.4", port: address.port),
      services: [EchoService()])
    _ = try await second.start()
    let response = try await channel.unary(
      EchoMethods.unary, EchoMessage(number: 8), options: CallOptions(waitForReady: true))
    #expect(response.message.number == 8)
    await channel.shutdown()
    await second.shutdown()
  }

  @Test func aGracefulShutdownLetsTheCallsThatRunFinish() async throws {
    try await withEcho { channel, server, _ in
      let (requests, responses) = try channel.bidirectionalStreaming(EchoMethods.chat)
      try await requests.send(EchoMessage(number: 1))
      var iterator = responses.makeAsyncIterator()
      #expect(try await iterator.next()?.number == 1)
      async let stopped: Void = server.shutdown()
      for number in 2..<10 as Range<UInt32> {
        try await requests.send(EchoMessage(number: number))
        #expect(try await iterator.next()?.number == number)
      }
      requests.finish()
      #expect(try await iterator.next() == nil)
      await stopped
    }
  }

  @Test func aChannelThatIsShutDownTakesNoCall() async throws {
    try await withEcho { channel, _, _ in
      await channel.shutdown()
      let error = await rpcError { _ = try await channel.unary(EchoMethods.unary, EchoMessage()) }
      #expect(error?.status.code == .unavailable)
      #expect(error?.delivery == .notSent)
    }
  }

  @Test func aCertificateForAnotherNameIsRefusedInThePhaseOfTLS() async throws {
    try await withEcho(.tls) { channel, _, _ in
      let other = try CertificateAuthority(commonName: "another")
      var configuration = ChannelConfiguration()
      configuration.transportSecurity = .tls(
        TLSClientConfiguration(trustRoots: .pem(other.certificatePEM)))
      let stranger = try Channel(target: channel.target, configuration: configuration)
      let error = await rpcError { _ = try await stranger.unary(EchoMethods.unary, EchoMessage()) }
      #expect(error?.status.code == .unavailable)
      #expect(error?.phase == .tls)
      await stranger.shutdown()
    }
  }

  @Test func callersOnTheLoopGetTheSameAnswers() async throws {
    let loop = try EventLoop()
    try await withEcho(channel: { $0.eventLoop = loop }) { channel, _, _ in
      try await withTaskExecutorPreference(loop) {
        for number in 0..<100 as Range<UInt32> {
          let response = try await channel.unary(EchoMethods.unary, EchoMessage(number: number))
          #expect(response.message.number == number)
        }
      }
    }
  }
}
