import Locking

/// Stands between clients and a server and forwards their bytes unaltered, in both directions: with or
/// without TLS on either side, and whatever the protocol in it is.
///
/// The end of one direction, a reset and backpressure are passed on. What the server picks by ALPN is
/// what the client gets, and the name that the client asks for (SNI) is what the server is asked for.
package final class Relay: Sendable {
  private let core: LoopBound<RelayCore>
  private let configuration: RelayConfiguration

  /// Makes a relay; it listens once it is started.
  ///
  /// - Throws: ``SocketError`` when the system gives no event loop.
  package init(
    _ configuration: RelayConfiguration, observer: any RelayObserver
  ) throws(SocketError) {
    let loop = try EventLoop(busyPolling: false)
    self.configuration = configuration
    core = LoopBound(RelayCore(configuration, observer: observer, loop: loop), on: loop)
  }

  /// Listens, and forwards until ``shutdown()``.
  ///
  /// - Returns: the address that it listens on.
  /// - Throws: ``RelayError`` when the address cannot be listened on.
  package func start() async throws(RelayError) -> SocketAddress {
    let (host, port) = (configuration.listenHost, configuration.listenPort)
    guard let address = SocketAddress(numericHost: host, port: port) else {
      throw RelayError(description: "\(host):\(port) is no numeric address with a port")
    }
    let result: Result<SocketAddress, SocketError> = await withCheckedContinuation { waiter in
      core.submit { relay, core in
        waiter.resume(
          returning: Result { () throws(SocketError) in try relay.start(address, on: core) })
      }
    }
    do {
      return try result.get()
    } catch {
      throw RelayError(description: "cannot listen on \(address): \(error.reason)")
    }
  }

  /// Stops listening and closes every connection. Returns when all are closed.
  package func shutdown() async {
    await withCheckedContinuation { waiter in
      core.submit { relay, core in
        relay.stop(on: core)
        waiter.resume()
      }
    }
    core.loop.shutdown()
  }
}

/// A relay's part on its loop: the listening socket and the connections.
final class RelayCore {
  let configuration: RelayConfiguration
  let observer: any RelayObserver
  let contexts: RelayContexts
  let loop: EventLoop
  let buffers = RelayBuffers()
  private var listener: Listener?
  private var connections: [Int: RelayConnection] = [:]
  private var count = 0

  init(_ configuration: RelayConfiguration, observer: any RelayObserver, loop: EventLoop) {
    self.configuration = configuration
    self.observer = observer
    self.loop = loop
    contexts = RelayContexts(configuration)
  }

  func start(_ address: SocketAddress, on core: LoopCore) throws(SocketError) -> SocketAddress {
    let listener = Listener { [weak self] socket, peer, core in
      self?.accepted(socket, peer, on: core)
    }
    self.listener = listener
    return try listener.start(address, on: core)
  }

  func stop(on core: LoopCore) {
    listener?.stop(on: core)
    listener = nil
    for connection in connections.values { connection.close(.ended, on: core) }
  }

  private func accepted(_ socket: Socket, _ peer: SocketAddress, on core: LoopCore) {
    guard connections.count < configuration.maxConnections else {
      socket.close()
      return observer.refused(
        peer, reason: "more than \(configuration.maxConnections) connections are open")
    }
    let number = count
    count += 1
    observer.accepted(number, from: peer)
    let connection = RelayConnection(number: number, socket: socket, relay: self)
    connections[number] = connection
    connection.start(on: core)
  }

  func closed(_ connection: RelayConnection, failure: String?) {
    connections[connection.number] = nil
    observer.ended(connection.number, failure: failure)
  }
}

/// Memory of a turn, one for all connections of a relay.
final class RelayBuffers {
  let input = ScratchBuffer(count: 65_536)
  let plaintext = ScratchBuffer(count: 16_384)
  let ciphertext = ScratchBuffer(count: 32_768)
}
