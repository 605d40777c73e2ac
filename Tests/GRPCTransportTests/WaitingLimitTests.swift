import GRPCCall
import GRPCTransport
import HTTP2Session
import Locking
import TLSSession
import Testing

@Suite struct WaitingLimitTests {
  /// A channel whose calls wait: its peer never answers the TLS handshake.
  private static func waitingChannel(
    limit: Int, connections: Int = 1, to peer: MutePeer, tracer: (any CallTracer)? = nil
  ) throws -> Channel {
    let authority = try CertificateAuthority(commonName: "test")
    var configuration = ChannelConfiguration()
    configuration.transportSecurity = .tls(
      TLSClientConfiguration(trustRoots: .pem(authority.certificatePEM)))
    configuration.maxWaitingCalls = limit
    configuration.connectTimeout = .seconds(600)
    configuration.connectionCount = connections
    configuration.tracer = tracer
    return try Channel(target: .host("127.0.0.1", port: peer.port), configuration: configuration)
  }

  private static func start(
    _ count: Int, on channel: Channel, options: CallOptions = CallOptions()
  ) throws -> [ResponseStream<EchoMessage>] {
    try (0..<count).map { _ in
      try channel.serverStreaming(EchoMethods.count, EchoMessage(), options: options)
    }
  }

  @Test(arguments: [(1, 1), (3, 1), (3, 2), (5, 4)])
  func theCallBeyondTheBoundFailsAtOnce(limit: Int, connections: Int) async throws {
    let peer = try MutePeer()
    let channel = try Self.waitingChannel(limit: limit, connections: connections, to: peer)
    let streams = try Self.start(limit, on: channel)
    #expect(channel.metrics.callsWaiting == limit)
    let error = await rpcError { _ = try await channel.unary(EchoMethods.unary, EchoMessage()) }
    #expect(error?.status.code == .resourceExhausted)
    #expect(error?.status.message.contains("\(limit) calls") == true)
    #expect(error?.status.message.contains("maxWaitingCalls") == true)
    #expect(error?.fault == .caller)
    #expect(error?.delivery == .notSent)
    #expect(channel.metrics.callsWaiting == limit)
    #expect(channel.metrics.callsFinished == [.resourceExhausted: 1])
    await channel.shutdown()
    for stream in streams { #expect(await failure(of: stream)?.status.code == .unavailable) }
    expectNothingLeft(of: channel)
  }

  @Test func cancelledCallsMakeRoom() async throws {
    let peer = try MutePeer()
    let channel = try Self.waitingChannel(limit: 4, to: peer)
    for _ in 0..<3 {
      let streams = try Self.start(4, on: channel)
      for stream in streams { stream.cancel() }
      for stream in streams { #expect(await failure(of: stream)?.status.code == .cancelled) }
      #expect(channel.metrics.callsWaiting == 0)
    }
    #expect(channel.metrics.callsFinished == [.cancelled: 12])
    await channel.shutdown()
  }

  @Test func callsThatAreCancelledBeforeTheyComeToTheLoopMakeRoom() async throws {
    let peer = try MutePeer()
    let channel = try Self.waitingChannel(limit: 1, to: peer)
    for _ in 0..<20 {
      let task = Task {
        unsafe withUnsafeCurrentTask { unsafe $0?.cancel() }
        return await rpcError { _ = try await channel.unary(EchoMethods.unary, EchoMessage()) }
      }
      #expect(await task.value?.status.code == .cancelled)
      #expect(channel.metrics.callsWaiting == 0)
    }
    await channel.shutdown()
    expectNothingLeft(of: channel)
  }

  @Test func callsWhoseDeadlinePassesMakeRoom() async throws {
    let peer = try MutePeer()
    let channel = try Self.waitingChannel(limit: 2, to: peer)
    for _ in 0..<2 {
      let streams = try Self.start(
        2, on: channel, options: CallOptions(deadline: .milliseconds(5)))
      for stream in streams { #expect(await failure(of: stream)?.status.code == .deadlineExceeded) }
      #expect(channel.metrics.callsWaiting == 0)
    }
    await channel.shutdown()
  }

  @Test func callsThatAreRefusedAConnectionMakeRoom() async throws {
    // An address that no other test listens on: the port is free again.
    let host = "127.0.0.6"
    var peer: MutePeer? = try MutePeer(host: host)
    let port = peer?.port ?? 0
    peer = nil
    var configuration = ChannelConfiguration()
    configuration.maxWaitingCalls = 1
    let channel = try Channel(target: .host(host, port: port), configuration: configuration)
    for _ in 0..<5 {
      let error = await rpcError { _ = try await channel.unary(EchoMethods.unary, EchoMessage()) }
      #expect(error?.status.code == .unavailable)
    }
    expectNothingLeft(of: channel)
    await channel.shutdown()
  }

  @Test func aFullServerMakesCallsWaitUpToTheBound() async throws {
    try await withProbe(
      server: { $0.http2.maxConcurrentStreams = 1 }, channel: { $0.maxWaitingCalls = 2 }
    ) { channel, service in
      _ = try await channel.unary(ProbeService.peer, EchoMessage())
      let held = try channel.serverStreaming(ProbeService.hold, EchoMessage())
      await service.holds.wait()
      let waiting = try (0..<2).map {
        try channel.serverStreaming(ProbeService.note, EchoMessage(number: $0))
      }
      let error = await rpcError { _ = try await channel.unary(ProbeService.peer, EchoMessage()) }
      #expect(error?.status.code == .resourceExhausted)
      #expect(channel.metrics.callsWaiting == 2)
      #expect(channel.metrics.callsOnStreams == 1)
      service.mayGoOn.raise()
      for stream in [held] + waiting { #expect(await failure(of: stream) == nil) }
      #expect(service.noted.withLock { $0 } == [0, 1])
    }
  }

  /// Before the server has said how many streams it takes, a hundred are taken to be welcome.
  @Test func aServerWithoutSettingsGetsAHundredCallsAndTheRestWaits() async throws {
    let peer = try MutePeer()
    let tracer = RecordingTracer()
    var configuration = ChannelConfiguration()
    configuration.tracer = tracer
    configuration.maxWaitingCalls = 105
    configuration.connectTimeout = .seconds(600)
    let channel = try Channel(
      target: .host("127.0.0.1", port: peer.port), configuration: configuration)
    let streams = try Self.start(105, on: channel)
    await tracer.waitForAttempts(100)
    for stream in streams.prefix(50) { stream.cancel() }
    for stream in streams.prefix(50) {
      #expect(await failure(of: stream)?.status.code == .cancelled)
    }
    await channel.shutdownAfterCancelling(streams)
    expectNothingLeft(of: channel)
  }
}

extension Channel {
  fileprivate func shutdownAfterCancelling(_ streams: [ResponseStream<EchoMessage>]) async {
    for stream in streams { stream.cancel() }
    for stream in streams { _ = await failure(of: stream) }
    await shutdown()
  }
}
