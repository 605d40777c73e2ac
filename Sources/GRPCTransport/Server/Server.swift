import GRPCCall
import HTTP2Session
import Locking
import Synchronization
import TLSSession

/// A gRPC server: any number of connections, each served by one of its loops, with handlers that
/// are `async` and run as tasks of their own.
public final class Server: Sendable {
  private enum State {
    case idle
    case running(LoopBound<Listener>, [LoopBound<ServerLoop>])
    case stopped
  }

  private let configuration: ServerConfiguration
  private let router: Router
  private let tlsContext: TLSContext?
  private let state = Locked(State.idle)

  /// Makes a server; it listens once it is started.
  ///
  /// - Throws: ``ServerError`` when the certificate or key cannot be used.
  public init(
    configuration: ServerConfiguration, services: [any GRPCService]
  ) throws(ServerError) {
    self.configuration = configuration
    var router = Router()
    for service in services { service.register(in: &router) }
    self.router = router
    switch configuration.transportSecurity {
    case .plaintext: tlsContext = nil
    case .tls(let tls):
      do {
        tlsContext = try TLSContext(server: tls)
      } catch {
        throw ServerError("the server's TLS cannot be set up: \(error)")
      }
    }
  }

  /// Listens, and serves until ``shutdown()``.
  ///
  /// - Returns: the address that it listens on, with the port that the system chose where the
  ///   configuration's is 0.
  /// - Throws: ``ServerError`` when the address cannot be listened on.
  public func start() async throws(ServerError) -> SocketAddress {
    guard let address = SocketAddress(numericHost: configuration.host, port: configuration.port)
    else {
      throw ServerError(
        "\(configuration.host):\(configuration.port) is no numeric address with a port; "
          + "use 127.0.0.1, ::1, 0.0.0.0 or :: and a port from 0 to 65535")
    }
    do {
      return try await listen(on: address)
    } catch let error as SocketError {
      throw ServerError("cannot listen on \(address): \(error.reason)")
    } catch let error as ServerError {
      throw error
    } catch {
      throw ServerError("cannot listen on \(address): \(error)")
    }
  }

  private func listen(on address: SocketAddress) async throws -> SocketAddress {
    let group = configuration.eventLoops
    var loops: [LoopBound<ServerLoop>] = []
    for _ in 0..<group.count {
      let loop = try group.next()
      let server = ServerLoop(
        loop: loop, router: router, configuration: configuration, tlsContext: tlsContext)
      loops.append(LoopBound(server, on: loop))
    }
    let dealer = ConnectionDealer(loops: loops, configuration: configuration)
    let listener = LoopBound(
      Listener { socket, peer, _ in dealer.deal(socket, peer) }, on: loops[0].loop)
    let isFirst = state.withLock { state in
      guard case .idle = state else { return false }
      state = .running(listener, loops)
      return true
    }
    guard isFirst else { throw ServerError("the server has been started already") }
    return try await withCheckedContinuation { continuation in
      listener.submit { listener, core in
        continuation.resume(returning: Result { try listener.start(address, on: core) })
      }
    }.get()
  }

  /// Stops listening, lets the calls that run finish within the grace time, and closes every
  /// connection. Returns when all are closed.
  public func shutdown() async {
    let previous = state.withLock { state in
      defer { state = .stopped }
      return state
    }
    guard case .running(let listener, let loops) = previous else { return }
    await withCheckedContinuation { continuation in
      listener.submit { listener, core in
        listener.stop(on: core)
        continuation.resume()
      }
    }
    await withTaskGroup { group in
      for loop in loops {
        group.addTask {
          await withCheckedContinuation { continuation in
            loop.submit { server, core in server.shutDown(continuation, on: core) }
          }
        }
      }
    }
  }
}

/// Deals connections out to the loops of a server in turn. It belongs to the listener's loop.
final class ConnectionDealer {
  private let loops: [LoopBound<ServerLoop>]
  private let limit: Int
  private let openConnections = ConnectionCount()
  private var next = 0

  init(loops: [LoopBound<ServerLoop>], configuration: ServerConfiguration) {
    self.loops = loops
    limit = configuration.maxConnections
  }

  func deal(_ socket: Socket, _ peer: SocketAddress) {
    guard openConnections.value < limit else { return socket.close() }
    openConnections.add(1)
    let descriptor = socket.detach()
    let count = openConnections
    next = (next + 1) % loops.count
    loops[next].submit { server, core in
      server.serve(Socket(adopting: descriptor), peer, count, on: core)
    }
  }
}

/// How many connections a server has open, on all of its loops.
final class ConnectionCount: Sendable {
  private let count = Atomic<Int>(0)

  var value: Int { count.load(ordering: .relaxed) }
  func add(_ difference: Int) { count.add(difference, ordering: .relaxed) }
}

/// A server's part on one loop: the connections that the loop serves.
final class ServerLoop {
  private let loop: EventLoop
  private let router: Router
  private let configuration: ServerConfiguration
  private let tlsContext: TLSContext?
  private var connections: [ObjectIdentifier: ServerConnection] = [:]
  private var shutdownWaiter: CheckedContinuation<Void, Never>?
  private var isShuttingDown = false

  init(
    loop: EventLoop, router: Router, configuration: ServerConfiguration, tlsContext: TLSContext?
  ) {
    self.loop = loop
    self.router = router
    self.configuration = configuration
    self.tlsContext = tlsContext
  }

  func serve(_ socket: Socket, _ peer: SocketAddress, _ count: ConnectionCount, on core: LoopCore) {
    guard !isShuttingDown else {
      socket.close()
      return count.add(-1)
    }
    let connection = ServerConnection(
      loop: loop, router: router, peer: peer, configuration: configuration
    ) { [weak self] connection in
      count.add(-1)
      self?.closed(connection)
    }
    connections[ObjectIdentifier(connection)] = connection
    do {
      let tls = try tlsContext.map { (context) throws(TLSError) in
        try TLSSession(context: context, role: .server)
      }
      try connection.start(socket, tls: tls, on: core)
    } catch {
      socket.close()
      count.add(-1)
      closed(connection)
    }
  }

  private func closed(_ connection: ServerConnection) {
    connections[ObjectIdentifier(connection)] = nil
    finishShutdownIfDone()
  }

  func shutDown(_ waiter: CheckedContinuation<Void, Never>, on core: LoopCore) {
    isShuttingDown = true
    shutdownWaiter = waiter
    for connection in connections.values { connection.shutDown(on: core) }
    finishShutdownIfDone()
  }

  private func finishShutdownIfDone() {
    guard isShuttingDown, connections.isEmpty, let waiter = shutdownWaiter else { return }
    shutdownWaiter = nil
    waiter.resume()
  }
}
