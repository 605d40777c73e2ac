import GRPCCall
import GRPCTransport
import MomentoAuth
import MomentoAuthMessages
import MomentoCacheMessages
import ProtobufWire
import Testing

@testable import MomentoAuthService

/// The data plane over real connections.
@Suite struct DataPlaneTests {
  @Test("a value comes back as it was set, and not once it is deleted")
  func items() async throws {
    try await withCache { channel, session in
      let set = SetRequest(cacheKey: [0, 255], cacheBody: [1, 2], ttlMilliseconds: 600_000)
      let stored = try await channel.unary(CacheMethods.set, set, metadata: session.cache("a"))
      #expect(stored.message == SetResponse(result: .ok))
      let get = GetRequest(cacheKey: [0, 255])
      let hit = try await channel.unary(CacheMethods.get, get, metadata: session.cache("a"))
      #expect(hit.message == GetResponse(result: .hit, cacheBody: [1, 2]))
      _ = try await channel.unary(
        CacheMethods.delete, DeleteRequest(cacheKey: [0, 255]), metadata: session.cache("a"))
      let miss = try await channel.unary(CacheMethods.get, get, metadata: session.cache("a"))
      #expect(miss.message == GetResponse(result: .miss))
    }
  }

  @Test("a ping is answered, for whoever has a credential")
  func ping() async throws {
    try await withCache { channel, session in
      _ = try await channel.unary(PingMethods.ping, PingRequest(), metadata: session.metadata)
      let error = await #expect(throws: RPCError.self) {
        try await channel.unary(PingMethods.ping, PingRequest())
      }
      #expect(error?.code == .unauthenticated)
    }
  }

  @Test("a subscription begins with a heartbeat, and brings values with the publisher's token id")
  func topics() async throws {
    try await withCache { channel, session in
      var stream = try subscription(channel, session).makeAsyncIterator()
      #expect(try await stream.next()?.kind == .heartbeat(Heartbeat()))
      let token = try await channel.unary(
        TokenMethods.generateDisposableToken,
        GenerateDisposableTokenRequest(
          expires: .init(validForSeconds: 600), authToken: session.token,
          permissions: .list([.topic(.named("a"), .named("t"), .writeOnly)]), tokenID: "user-7")
      ).message.apiKey
      for caller in [Caller(token), session] {
        _ = try await channel.unary(
          PubsubMethods.publish,
          PublishRequest(cacheName: "a", topic: "t", value: .init(kind: .text("hi"))),
          metadata: caller.metadata)
      }
      let first = try await nextItem(&stream)
      #expect(first?.publisherID == "user-7")
      #expect(first?.topicSequenceNumber == 1)
      #expect(first?.value == TopicValue(kind: .text("hi")))
      #expect(try await nextItem(&stream)?.publisherID == "")
    }
  }

  @Test("while nothing is published, heartbeats come")
  func heartbeats() async throws {
    try await withCache(heartbeat: .milliseconds(20)) { channel, session in
      var stream = try subscription(channel, session).makeAsyncIterator()
      for _ in 0..<4 { #expect(try await stream.next()?.kind == .heartbeat(Heartbeat())) }
    }
  }

  @Test("subscribing to a topic of no cache, or without the right to, fails at once")
  func refusedSubscriptions() async throws {
    try await withCache { channel, session in
      for (caller, cache, code) in [
        (session, "b", .notFound), (Caller("none"), "a", .unauthenticated),
      ] as [(Caller, String, StatusCode)] {
        let error = await #expect(throws: RPCError.self) {
          var stream = try subscription(channel, caller, cache: cache).makeAsyncIterator()
          _ = try await stream.next()
        }
        #expect(error?.code == code)
      }
    }
  }

  @Test("a subscriber that goes makes room for another")
  func leaving() async throws {
    try await withCache(configure: { $0.mostSubscriptions = 1 }) { channel, session in
      let (beats, beat) = AsyncStream.makeStream(of: Void.self)
      let reader = Task {
        for try await _ in try subscription(channel, session) { beat.yield() }
      }
      for await _ in beats { break }
      #expect(try await refusal(of: channel, session) == .resourceExhausted)
      reader.cancel()
      // The service hears of it some calls later.
      while try await refusal(of: channel, session) == .resourceExhausted {}
    }
  }

  @Test("a subscription ends when its cache is deleted, and when its token expires")
  func endedSubscriptions() async throws {
    let time = ManualTime()
    try await withCache(time, heartbeat: .milliseconds(20)) { channel, session in
      var stream = try subscription(channel, session).makeAsyncIterator()
      _ = try await stream.next()
      _ = try await channel.unary(
        ControlMethods.deleteCache, DeleteCacheRequest(cacheName: "a"), metadata: session.metadata)
      #expect(await end(&stream)?.code == .notFound)
      _ = try await channel.unary(
        ControlMethods.createCache, CreateCacheRequest(cacheName: "a"), metadata: session.metadata)
      var next = try subscription(channel, session).makeAsyncIterator()
      _ = try await next.next()
      time.advance(by: 3_600)
      #expect(await end(&next)?.code == .unauthenticated)
    }
  }

  @Test("a service that stops ends its subscriptions with UNAVAILABLE, and does not wait for them")
  func shutdown() async throws {
    let service = try EmbeddedAuthService()
    let channel = try connect(try await service.start(), tls: nil)
    let session = Caller(try await login(channel))
    _ = try await channel.unary(
      ControlMethods.createCache, CreateCacheRequest(cacheName: "a"), metadata: session.metadata)
    var stream = try subscription(channel, session).makeAsyncIterator()
    _ = try await stream.next()
    await service.shutdown()
    #expect(await end(&stream) == Status(.unavailable, "the service is stopping"))
    await channel.shutdown()
  }

  @Test("a method that the service has not got is told from one that never was")
  func missingMethods() async throws {
    try await withCache { channel, session in
      let methods =
        MissingMethods.others + MissingMethods.ofOneKey.map { MissingMethods.keyed($0.0) }
      #expect(Set(methods.map(\.path)).count == 51)
      for method in methods {
        let error = await #expect(throws: RPCError.self) {
          try await channel.unary(
            method, KeyedRequest(cacheKey: [1]), metadata: session.cache("a"))
        }
        #expect(error?.code == .unimplemented)
        let name = "this service has no \(method.service)/\(method.method);"
        #expect(error?.status.message.hasPrefix(name) == true)
      }
      let unknown = MissingMethods.Keyed(
        service: "cache_client.Other", method: "Get", kind: .unary)
      let error = await #expect(throws: RPCError.self) {
        try await channel.unary(unknown, KeyedRequest())
      }
      #expect(error?.status.message == "unknown service: /cache_client.Other/Get")
    }
  }

  @Test("what a service keeps can be given to another one")
  func snapshots() async throws {
    let first = try EmbeddedAuthService()
    let snapshot = DataSnapshot(caches: [
      .init(name: "a", items: [.init(key: [1], value: [2], expiresAt: .max)])
    ])
    try first.restore(snapshot)
    #expect(first.dataSnapshot() == snapshot)
    var configuration = AuthServiceConfiguration()
    configuration.mostMemory = 100
    let small = try EmbeddedAuthService(configuration: configuration)
    #expect(throws: EmbeddedAuthServiceError.self) { try small.restore(snapshot) }
  }

  // MARK: Steps

  /// Runs a body against a service with the cache `a`.
  private func withCache(
    _ time: ManualTime = ManualTime(), heartbeat: Duration = .seconds(3_600),
    configure: @escaping (inout AuthServiceConfiguration) -> Void = { _ in },
    _ body: (Channel, Caller) async throws -> Void
  ) async throws {
    try await withService(
      .plaintext,
      configure: {
        $0.heartbeatInterval = heartbeat
        $0.now = { time.seconds }
        configure(&$0)
      }
    ) { channel in
      let session = Caller(try await login(channel))
      _ = try await channel.unary(
        ControlMethods.createCache, CreateCacheRequest(cacheName: "a"), metadata: session.metadata)
      try await body(channel, session)
    }
  }

  private func subscription(
    _ channel: Channel, _ caller: Caller, cache: String = "a"
  ) throws -> ResponseStream<SubscriptionItem> {
    try channel.serverStreaming(
      PubsubMethods.subscribe, SubscriptionRequest(cacheName: cache, topic: "t"),
      metadata: caller.metadata)
  }

  /// How subscribing fails; nil where it does not.
  private func refusal(of channel: Channel, _ caller: Caller) async throws -> StatusCode? {
    var stream = try subscription(channel, caller).makeAsyncIterator()
    do {
      _ = try await stream.next()
      return nil
    } catch {
      return error.code
    }
  }

  private func nextItem(
    _ stream: inout ResponseStream<SubscriptionItem>.AsyncIterator
  ) async throws -> TopicItem? {
    while let item = try await stream.next() {
      if case .item(let item) = item.kind { return item }
    }
    return nil
  }

  /// How a subscription ends, after what heartbeats there are.
  private func end(
    _ stream: inout ResponseStream<SubscriptionItem>.AsyncIterator
  ) async -> Status? {
    do {
      while try await stream.next() != nil {}
      return nil
    } catch {
      return error.status
    }
  }
}

/// Who calls.
private struct Caller {
  let token: String

  init(_ token: String) { self.token = token }

  var metadata: Metadata { ["authorization": token] }

  func cache(_ name: String) -> Metadata { ["authorization": token, "cache": name] }
}
