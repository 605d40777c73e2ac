import GRPCCall
import GRPCTransport
import MomentoCacheMessages

extension DataPlane {
  /// Adds the methods of ScsControl, Scs, Pubsub and Ping that this service answers, and refuses the
  /// others by name.
  func register(in router: inout Router) {
    registerControl(in: &router)
    registerItems(in: &router)
    registerTopics(in: &router)
    registerMissing(in: &router)
    router.unary(PingMethods.ping) { [self] _, context in
      ServerResponse(
        try decide { rules, now throws(AuthRefusal) in try rules.ping(context.credential, at: now) }
      )
    }
  }

  private func registerControl(in router: inout Router) {
    router.unary(ControlMethods.createCache) { [self] request, context in
      let response = try decide { rules, now throws(AuthRefusal) in
        try rules.createCache(request, context.credential, at: now)
      }
      try await keepCaches()
      return ServerResponse(response)
    }
    router.unary(ControlMethods.deleteCache) { [self] request, context in
      wake(
        try decide { rules, now throws(AuthRefusal) in
          try rules.deleteCache(request, context.credential, at: now)
        })
      try await keepCaches()
      return ServerResponse(DeleteCacheResponse())
    }
    router.unary(ControlMethods.listCaches) { [self] _, context in
      ServerResponse(
        try decide { rules, now throws(AuthRefusal) in
          try rules.listCaches(context.credential, at: now)
        })
    }
  }

  /// A cache that was made or deleted is that also after a restart.
  private func keepCaches() async throws(RPCStatusError) {
    guard await files?.cachesSaved() ?? true else {
      throw RPCStatusError(
        .unavailable, "the service cannot write its caches' file, so this may not last")
    }
  }

  private func registerItems(in router: inout Router) {
    router.unary(CacheMethods.get) { [self] request, context in
      ServerResponse(
        try decide { rules, now throws(AuthRefusal) in
          try rules.get(request, context.itemCall, at: now)
        })
    }
    router.unary(CacheMethods.set) { [self] request, context in
      let response = try decide { rules, now throws(AuthRefusal) in
        try rules.set(request, context.itemCall, at: now)
      }
      files?.cachesChanged()
      return ServerResponse(response)
    }
    router.unary(CacheMethods.delete) { [self] request, context in
      let response = try decide { rules, now throws(AuthRefusal) in
        try rules.delete(request, context.itemCall, at: now)
      }
      files?.cachesChanged()
      return ServerResponse(response)
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
      router.unary(MissingMethods.keyed(name)) { [self] request, context in
        ServerResponse(
          try decide { rules, now throws(AuthRefusal) in
            try rules.refuse(
              "\(CacheMethods.service)/\(name)", access, request, context.itemCall, at: now)
          })
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
