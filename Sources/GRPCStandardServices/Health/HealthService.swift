import GRPCCall
public import GRPCTransport
import Locking

/// Whether calls to a service are answered.
public enum ServingStatus: Int32, Sendable {
  /// It is not known yet.
  case unknown = 0
  /// They are.
  case serving = 1
  /// They are refused.
  case notServing = 2
  /// There is no such service: what `Watch` says until there is one.
  case serviceUnknown = 3
}

/// gRPC's standard health service, `grpc.health.v1.Health`.
///
/// Load balancers and orchestrators ask it whether the server can be used. The server as a whole has the
/// empty name. Call ``drain()`` before the server shuts down, so that clients go elsewhere and no `Watch`
/// holds the shutdown up. See "GRPC Health Checking Protocol".
public final class HealthService: GRPCService {
  private struct State {
    var statuses: [String: ServingStatus]
    var watches: [Int: Watch] = [:]
    var nextWatch = 0
    var isDraining = false
  }

  private struct Watch {
    let service: String
    let statuses: AsyncStream<ServingStatus>.Continuation
  }

  private let state: Locked<State>

  /// A health service for which the server and the named services are serving.
  ///
  /// - Parameter services: full names, such as `auth.Auth`.
  public init(services: [String]) {
    let names = [""] + services
    state = Locked(State(statuses: Dictionary(names.map { ($0, .serving) }) { first, _ in first }))
  }

  /// Says how a service is from now on, to watchers too; while the server drains, nothing changes.
  ///
  /// - Parameter service: a full name, or the empty one for the server as a whole.
  public func set(_ service: String, _ status: ServingStatus) {
    state.withLock { state in
      guard !state.isDraining else { return }
      state.statuses[service] = status
      for watch in state.watches.values where watch.service == service {
        watch.statuses.yield(status)
      }
    }
  }

  /// Says that nothing is served any more, and ends every watch.
  public func drain() {
    state.withLock { state in
      state.isDraining = true
      state.statuses = state.statuses.mapValues { _ in .notServing }
      for watch in state.watches.values {
        watch.statuses.yield(state.statuses[watch.service] ?? .serviceUnknown)
        watch.statuses.finish()
      }
    }
  }

  /// Adds Check and Watch.
  public func register(in router: inout Router) {
    router.unary(HealthMethods.check) { [self] request, _ in
      guard let status = state.withLock({ $0.statuses[request.service] }) else {
        throw RPCStatusError(.notFound, "unknown service: \(request.service)")
      }
      return ServerResponse(HealthCheckResponse(status: status.rawValue))
    }
    router.serverStreaming(HealthMethods.watch) { [self] request, writer, _ in
      let (number, statuses) = watch(request.service)
      defer { state.withLock { $0.watches[number] = nil } }
      var last: ServingStatus?
      for await status in statuses where status != last {
        try await writer.send(HealthCheckResponse(status: status.rawValue))
        last = status
      }
      try Task.checkCancellation()
      throw RPCStatusError(.unavailable, "the server is shutting down")
    }
  }

  /// The status as it is, then its changes; only the newest waits for a slow watcher.
  private func watch(_ service: String) -> (Int, AsyncStream<ServingStatus>) {
    let (statuses, continuation) = AsyncStream.makeStream(
      of: ServingStatus.self, bufferingPolicy: .bufferingNewest(1))
    let number = state.withLock { state in
      continuation.yield(state.statuses[service] ?? .serviceUnknown)
      if state.isDraining { continuation.finish() }
      state.watches[state.nextWatch] = Watch(service: service, statuses: continuation)
      state.nextWatch += 1
      return state.nextWatch - 1
    }
    return (number, statuses)
  }
}
