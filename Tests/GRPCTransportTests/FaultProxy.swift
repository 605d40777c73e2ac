import Glibc
import Locking

@testable import GRPCTransport

/// What goes wrong with the bytes of one direction of a connection, from a position on.
struct Fault: Sendable, CustomStringConvertible {
  enum Kind: String, CaseIterable, Sendable {
    /// The connection ends in order.
    case cut
    /// The connection ends with a reset.
    case reset
    /// Nothing comes any more, and the connection stays.
    case silence
    /// What follows comes later.
    case delay
    /// One byte has another value.
    case corruption
    /// Each byte comes by itself, from the first on.
    case pieces
  }

  enum Direction: String, CaseIterable, Sendable { case toServer, toClient }

  var kind: Kind
  var direction: Direction
  var position: Int

  var description: String { "\(kind) \(direction) at \(position)" }
}

/// Stands between a client and a server, takes one connection, and does to it what a fault says.
final class FaultProxy: Sendable {
  let port: Int
  private let listener: Int32
  private let upstream: Int
  private let fault: Fault?
  /// What has been carried, so that a first run without a fault tells where faults can be.
  private let carried = Locked((toServer: 0, toClient: 0))
  private let ends = Locked<[Int32]>([])

  init(to upstream: Int, _ fault: Fault?) throws {
    let address = SocketAddress(.v4(address: UInt32(0x7f00_0001).bigEndian, port: 0))
    let socket = try Socket.listening(on: address, backlog: 4)
    port = socket.localAddress?.port ?? 0
    listener = socket.detach()
    self.upstream = upstream
    self.fault = fault
    guard fcntl(listener, F_SETFL, 0) == 0 else {
      throw SocketError(operation: "fcntl", code: errno)
    }
    try startThread(named: "fault-proxy") { [self] in serve() }
  }

  /// How many bytes have gone each way.
  var counts: (toServer: Int, toClient: Int) { carried.withLock { $0 } }

  /// Ends all of it. The threads close what they own.
  func close() {
    Glibc.shutdown(listener, Int32(SHUT_RDWR))
    // With the lock, so that none is closed, and its number another's, between the two.
    ends.withLock { ends in
      for descriptor in ends { Glibc.shutdown(descriptor, Int32(SHUT_RDWR)) }
    }
  }

  private func serve() {
    defer { Glibc.close(listener) }
    // A client may try again: the fault is done to each connection.
    while true {
      let client = accept(listener, nil, nil)
      guard client >= 0 else { return }
      guard let server = try? PlainHTTPClient.connected(to: upstream) else {
        Glibc.close(client)
        continue
      }
      ends.withLock { $0 += [client, server] }
      let both = BothWays(client: client, server: server)
      try? startThread(named: "fault-to-server") { [self] in carry(both, .toServer) }
      try? startThread(named: "fault-to-client") { [self] in carry(both, .toClient) }
    }
  }

  /// Two descriptors that are closed once both directions are over.
  private final class BothWays: Sendable {
    let client: Int32
    let server: Int32
    private let left = Locked(2)

    init(client: Int32, server: Int32) {
      self.client = client
      self.server = server
    }

    func end(_ forget: (Int32) -> Void) {
      let isLast = left.withLock { left in
        left -= 1
        return left == 0
      }
      guard isLast else { return }
      for descriptor in [client, server] {
        forget(descriptor)
        Glibc.close(descriptor)
      }
    }
  }

  private func carry(_ both: BothWays, _ direction: Fault.Direction) {
    let (source, target) =
      direction == .toServer ? (both.client, both.server) : (both.server, both.client)
    var buffer = [UInt8](repeating: 0, count: 16_384)
    var position = 0
    while true {
      let count = unsafe recv(source, &buffer, buffer.count, 0)
      guard count > 0, pass(buffer[..<count], direction, &position, target) else { break }
    }
    Glibc.shutdown(target, Int32(SHUT_WR))
    Glibc.shutdown(source, Int32(SHUT_RD))
    both.end { descriptor in ends.withLock { $0.removeAll { $0 == descriptor } } }
  }

  /// - Returns: whether the connection goes on.
  private func pass(
    _ bytes: ArraySlice<UInt8>, _ direction: Fault.Direction, _ position: inout Int,
    _ target: Int32
  ) -> Bool {
    var bytes = Array(bytes)
    let start = position
    position += bytes.count
    carried.withLock {
      if direction == .toServer { $0.toServer += bytes.count } else { $0.toClient += bytes.count }
    }
    guard let fault, fault.direction == direction else { return sendAll(bytes, on: target) }
    let place = fault.position - start
    switch fault.kind {
    case .pieces: return bytes.allSatisfy { sendAll([$0], on: target) }
    case .corruption:
      if bytes.indices.contains(place) { bytes[place] ^= 0xff }
      return sendAll(bytes, on: target)
    case .delay:
      guard bytes.indices.contains(place) else { return sendAll(bytes, on: target) }
      guard sendAll(Array(bytes[..<place]), on: target) else { return false }
      usleep(1_000)
      return sendAll(Array(bytes[place...]), on: target)
    case .cut, .reset, .silence:
      guard place < bytes.count else { return sendAll(bytes, on: target) }
      _ = sendAll(Array(bytes.prefix(max(0, place))), on: target)
      return fault.kind == .silence || end(target, isReset: fault.kind == .reset)
    }
  }

  private func end(_ target: Int32, isReset: Bool) -> Bool {
    if isReset {
      var linger = linger(l_onoff: 1, l_linger: 0)
      unsafe setsockopt(
        target, SOL_SOCKET, SO_LINGER, &linger, socklen_t(MemoryLayout<Glibc.linger>.size))
    }
    return false
  }
}
