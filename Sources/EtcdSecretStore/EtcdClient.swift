import GRPCCall
import GRPCTransport
import Locking
import MomentoAuth
import ProtobufWire
import SecretStores

/// The calls of one secret to its cluster. The members are tried in turn, beginning with the one that
/// answered last.
final class EtcdClient: Sendable {
  private struct State: Sendable {
    /// The index of the member to begin with.
    var member = 0
    var token: String?
    var isClosed = false
    var watches: [Int: Task<Void, Never>] = [:]
    var lastWatch = 0
  }

  /// How long one member may take to answer.
  let patience: Duration

  private let location: StoreLocation
  private let channels: [Channel]
  private let user: EtcdConfiguration.User?
  private let state = Locked(State())

  init(
    _ configuration: EtcdConfiguration, location: StoreLocation
  ) throws(SecretStoreError) {
    self.location = location
    user = configuration.user
    patience = configuration.patience
    var settings = ChannelConfiguration()
    settings.transportSecurity = configuration.transportSecurity
    settings.connectTimeout = configuration.connectTimeout
    // A watch has no end; every other call brings its deadline.
    settings.defaultDeadline = nil
    settings.keepalive = KeepaliveConfiguration(time: .seconds(20), timeout: .seconds(10))
    do {
      var channels: [Channel] = []
      for target in configuration.endpoints {
        channels.append(try Channel(target: target, configuration: settings))
      }
      self.channels = channels
    } catch {
      throw SecretStoreError(
        .misconfigured, at: location, operation: "open", error.message, delivery: .notSent)
    }
  }

  var isClosed: Bool { state.withLock { $0.isClosed } }

  func close() async {
    let watches = state.withLock { state in
      state.isClosed = true
      defer { state.watches = [:] }
      return state.watches
    }
    // A channel waits for its calls, and a watch would go on for ever.
    for watch in watches.values { watch.cancel() }
    for watch in watches.values { await watch.value }
    for channel in channels { await channel.shutdown() }
  }

  /// Makes a call with one answer.
  ///
  /// - Parameter changes: whether it changes something: then it is made again only where it has
  ///   certainly not been done.
  func call<Request: WireMessage, Response: WireMessage>(
    _ method: MethodDescriptor<Request, Response>, _ request: Request, changes: Bool
  ) async throws(SecretStoreError) -> Response {
    try await perform(method.method, changes: changes) {
      (channel, metadata) async throws(RPCError) in
      try await channel.unary(
        method, request, metadata: metadata, options: CallOptions(deadline: patience)
      ).message
    }
  }

  /// Does something at one member after the other until it is done, or may have been.
  func perform<Result: Sendable>(
    _ operation: String, changes: Bool,
    _ body: (Channel, Metadata) async throws(RPCError) -> Result
  ) async throws(SecretStoreError) -> Result {
    let first = state.withLock { $0.member }
    var failure: EtcdFailure?
    for offset in 0..<channels.count {
      let index = (first + offset) % channels.count
      do throws(RPCError) {
        let result = try await performOnce(channels[index], body)
        state.withLock { $0.member = index }
        return result
      } catch {
        let found = EtcdFailure(
          error: error, location: location, operation: operation, changes: changes)
        failure = found
        // Where it may have been done, whoever looks what has become of it had better ask another.
        if found.isOfTheMember { state.withLock { $0.member = (index + 1) % channels.count } }
        guard found.mayBeRepeatedElsewhere, !Task.isCancelled else { break }
      }
    }
    guard let failure else {
      throw SecretStoreError(
        .misconfigured, at: location, operation: operation, "no endpoint is given",
        delivery: .notSent)
    }
    throw failure.storeError
  }

  /// Keeps a watch's task until it ends, so that ``close()`` can end it.
  func keepWatch(_ body: @escaping @Sendable () async -> Void) -> Task<Void, Never> {
    state.withLock { state in
      state.lastWatch += 1
      let number = state.lastWatch
      let isClosed = state.isClosed
      let task = Task { [self] in
        if !isClosed { await body() }
        self.state.withLock { $0.watches[number] = nil }
      }
      if !isClosed { state.watches[number] = task }
      return task
    }
  }

  // MARK: Inner

  private func performOnce<Result: Sendable>(
    _ channel: Channel, _ body: (Channel, Metadata) async throws(RPCError) -> Result
  ) async throws(RPCError) -> Result {
    guard let user else { return try await body(channel, [:]) }
    let token: String?
    if let known = state.withLock({ $0.token }) {
      token = known
    } else {
      token = try await authenticate(user, at: channel)
    }
    do {
      return try await body(channel, Self.metadata(token))
    } catch {
      let failure = EtcdFailure(error: error, location: location, operation: "", changes: false)
      guard failure.wantsNewToken else { throw error }
      state.withLock { if $0.token == token { $0.token = nil } }
      return try await body(channel, Self.metadata(try await authenticate(user, at: channel)))
    }
  }

  /// - Returns: nil where the cluster asks nobody who they are.
  private func authenticate(
    _ user: EtcdConfiguration.User, at channel: Channel
  ) async throws(RPCError) -> String? {
    do {
      let request = AuthenticateRequest(name: user.name, password: user.password.reveal())
      let answer = try await channel.unary(
        EtcdMethods.authenticate, request, options: CallOptions(deadline: patience))
      state.withLock { $0.token = answer.message.token }
      return answer.message.token
    } catch {
      if error.code == .failedPrecondition, error.message.contains("not enabled") { return nil }
      // What was to be done has not even been asked for.
      var error = error.hiding([user.password])
      error.delivery = .notSent
      throw error
    }
  }

  private static func metadata(_ token: String?) -> Metadata {
    guard let token else { return [:] }
    return ["token": token]
  }
}
