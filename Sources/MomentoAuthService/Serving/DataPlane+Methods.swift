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
    answer(PingMethods.ping, in: &router) { rules, _, context, now throws(AuthRefusal) in
      try rules.ping(context.credential, at: now)
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

  /// Answers a method with what the rules say.
  private func answer<Request: WireMessage, Response: WireMessage>(
    _ method: MethodDescriptor<Request, Response>, keeping: Keeping = .nothing,
    in router: inout Router,
    _ question:
      @escaping @Sendable (inout DataRules, Request, ServerContext, UInt64) throws(AuthRefusal) ->
      sending Response
  ) {
    router.unary(method) { [self] request, context in
      let response = try decide { rules, now throws(AuthRefusal) in
        try question(&rules, request, context, now)
      }
      try await keep(keeping)
      return ServerResponse(response)
    }
  }

  private func registerControl(in router: inout Router) {
    answer(ControlMethods.createCache, keeping: .first, in: &router) {
      rules, request, context, now throws(AuthRefusal) in
      try rules.createCache(request, context.credential, at: now)
    }
    answer(ControlMethods.listCaches, in: &router) { rules, _, context, now throws(AuthRefusal) in
      try rules.listCaches(context.credential, at: now)
    }
    router.unary(ControlMethods.deleteCache) { [self] request, context in
      wake(
        try decide { rules, now throws(AuthRefusal) in
          try rules.deleteCache(request, context.credential, at: now)
        })
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
    answer(CacheMethods.get, in: &router) { rules, request, context, now throws(AuthRefusal) in
      try rules.get(request, context.itemCall, at: now)
    }
    answer(CacheMethods.set, keeping: .soon, in: &router) {
      rules, request, context, now throws(AuthRefusal) in
      try rules.set(request, context.itemCall, at: now)
    }
    answer(CacheMethods.delete, keeping: .soon, in: &router) {
      rules, request, context, now throws(AuthRefusal) in
      try rules.delete(request, context.itemCall, at: now)
    }
  }

  private func registerTopics(in router: inout Router) {
    router.unary(PubsubMethods.publish) { [self] request, context in
      wake(
        try decide { rules, now throws(AuthRefusal) in
          try rules.publish(request, context.credential, at: now)
        })
      return ServerResponse(PublishResponse())
    }
    router.serverStreaming(PubsubMethods.subscribe) { [self] request, writer, context in
      let subscriber = try decide { rules, now throws(AuthRefusal) in
        try rules.subscribe(request, context.credential, at: now)
      }
      try await serve(subscriber, writer)
      return [:]
    }
  }

  private func registerMissing(in router: inout Router) {
    for (name, access) in MissingMethods.ofOneKey {
      answer(MissingMethods.keyed(name), in: &router) {
        rules, request, context, now throws(AuthRefusal) in
        try rules.refuse(
          "\(CacheMethods.service)/\(name)", access, request, context.itemCall, at: now)
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

extension ServerContext {
  /// The key or token itself; empty where the caller sent none.
  fileprivate var credential: String { metadata.first("authorization") ?? "" }

  fileprivate var itemCall: DataRules.ItemCall {
    DataRules.ItemCall(credential: credential, cache: metadata.first("cache") ?? "")
  }
}
