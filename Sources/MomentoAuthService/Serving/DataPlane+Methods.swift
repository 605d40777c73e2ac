import GRPCCall
import GRPCTransport
import MomentoCacheMessages
import ProtobufWire

extension DataPlane {
  /// Adds the methods of ScsControl, Scs, Pubsub and Ping that this service answers, and refuses the
  /// others by name.
  func register(in router: inout Router) {
    registerControl(in: &router)
    registerItems(in: &router)
    registerTopics(in: &router)
    registerMissing(in: &router)
    router.unary(PingMethods.ping) { [self] _, context in
      _ = try caller(context)
      return ServerResponse(PingResponse())
    }
  }

  /// What a method's success has to do with the file of the caches.
  private enum Keeping {
    /// It changes nothing.
    case nothing
    /// It is to be there soon, as that of an item.
    case soon
    /// It is there before the answer: a cache that was made or deleted is that also after a restart.
    case first
  }

  private func registerControl(in router: inout Router) {
    router.unary(ControlMethods.createCache) { [self] request, context in
      let caller = try caller(context)
      let response = try decide { rules, _ throws(AuthRefusal) in
        try rules.createCache(request, by: caller)
      }
      try await keep(.first)
      return ServerResponse(response)
    }
    router.unary(ControlMethods.listCaches) { [self] _, context in
      let caller = try caller(context)
      return ServerResponse(
        try decide { rules, _ throws(AuthRefusal) in try rules.listCaches(by: caller) })
    }
    router.unary(ControlMethods.deleteCache) { [self] request, context in
      let caller = try caller(context)
      wake(
        try decide { rules, _ throws(AuthRefusal) in try rules.deleteCache(request, by: caller) })
      try await keep(.first)
      return ServerResponse(DeleteCacheResponse())
    }
  }

  private func keep(_ keeping: Keeping) async throws(RPCStatusError) {
    guard let files else { return }
    switch keeping {
    case .nothing: break
    case .soon: files.cachesChanged()
    case .first:
      guard await files.cachesSaved() else {
        throw RPCStatusError(
          .unavailable, "the service cannot write its caches' file, so this may not last")
      }
    }
  }

  private func registerItems(in router: inout Router) {
    answer(CacheMethods.get, in: &router) { rules, request, call, now throws(AuthRefusal) in
      try rules.get(request, call, at: now)
    }
    answer(CacheMethods.set, keeping: .soon, in: &router) {
      rules, request, call, now throws(AuthRefusal) in
      try rules.set(request, call, at: now)
    }
    answer(CacheMethods.delete, keeping: .soon, in: &router) {
      rules, request, call, now throws(AuthRefusal) in
      try rules.delete(request, call, at: now)
    }
  }

  /// Answers a method that is about an item with what the rules say.
  private func answer<Request: WireMessage, Response: WireMessage>(
    _ method: MethodDescriptor<Request, Response>, keeping: Keeping = .nothing,
    in router: inout Router,
    _ question:
      @escaping @Sendable (inout DataRules, Request, DataRules.ItemCall, UInt64)
      throws(AuthRefusal) -> sending Response
  ) {
    router.unary(method) { [self] request, context in
      let call = DataRules.ItemCall(
        caller: try caller(context), cache: context.metadata.first("cache") ?? "")
      let response = try decide { rules, now throws(AuthRefusal) in
        try question(&rules, request, call, now)
      }
      try await keep(keeping)
      return ServerResponse(response)
    }
  }

  private func registerTopics(in router: inout Router) {
    router.unary(PubsubMethods.publish) { [self] request, context in
      let caller = try caller(context)
      wake(try decide { rules, _ throws(AuthRefusal) in try rules.publish(request, by: caller) })
      return ServerResponse(PublishResponse())
    }
    router.serverStreaming(PubsubMethods.subscribe) { [self] request, writer, context in
      let caller = try caller(context)
      let subscriber = try decide { rules, _ throws(AuthRefusal) in
        try rules.subscribe(request, by: caller)
      }
      try await serve(subscriber, writer)
      return [:]
    }
  }

  private func registerMissing(in router: inout Router) {
    for (name, access) in MissingMethods.ofOneKey {
      answer(MissingMethods.keyed(name), in: &router) {
        rules, request, call, _ throws(AuthRefusal) in
        try rules.refuse("\(CacheMethods.service)/\(name)", access, request, call)
      }
    }
    for method in MissingMethods.others {
      router.unary(method) { _, _ in
        throw AuthRefusal.missing(
          "\(method.service)/\(method.method)", instead: MissingMethods.instead(of: method.service)
        ).status
      }
    }
  }
}
