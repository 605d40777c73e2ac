import WireCaptureModel

/// The connections of a capture: takes packets, and hands each direction's bytes on in order.
struct TCPReassembly<Sink: CaptureSink> {
  /// How many connections are known at most; the least lately used quarter is then ended.
  private static var mostConnections: Int { 16_384 }

  /// How many bytes wait for missing ones at most, in all connections.
  private static var mostWaiting: Int { 8 << 20 }

  var sink: Sink
  private var waiting = 0
  private var connections: [FlowKey: TCPConnection] = [:]
  private var connectionCount = 0
  private var packetCount = 0
  private var began: UInt64?
  private var told: Set<String> = []

  init(_ sink: Sink) { self.sink = sink }

  /// Takes a packet whose bytes are in a buffer that starts at `base` of the file.
  mutating func receive(_ packet: Packet, _ bytes: [UInt8], base: UInt64) {
    packetCount += 1
    var packet = packet
    if let time = packet.time {
      let start = began ?? time
      began = start
      // Packets of several interfaces may be out of order; none is before the first.
      packet.time = time > start ? time - start : 0
    }
    switch PacketDissection(bytes, packet).content {
    case .other: return
    case .tcp(let segment): receive(segment, bytes, base: base)
    case .unusable(let reason):
      // Said once: a whole capture may consist of such packets.
      guard told.count < 64, told.insert(reason).inserted else { return }
      sink.note(
        "packet \(packetCount): \(reason) (this is said once)",
        offset: base + UInt64(packet.bytes.lowerBound))
    }
  }

  /// Nothing follows.
  mutating func finish() {
    for key in connections.keys.sorted(by: { age($0) < age($1) }) { end(key) }
  }

  private func age(_ key: FlowKey) -> Int { connections[key]?.number ?? 0 }

  private mutating func receive(_ segment: TCPSegment, _ bytes: [UInt8], base: UInt64) {
    if let index = connections.index(forKey: segment.key),
      connections.values[index].isReused(by: segment)
    {
      end(segment.key)
    }
    if connections.index(forKey: segment.key) == nil {
      // What is left of a connection that was already closed when the capture began.
      if segment.flags.contains(.rst) { return }
      makeRoom()
      connections[segment.key] = TCPConnection(number: connectionCount)
      connectionCount += 1
    }
    change(segment.key) { [packetCount] connection, sink in
      connection.lastUse = packetCount
      connection.receive(segment, bytes, base: base, to: &sink)
    }
    guard waiting > Self.mostWaiting else { return }
    change(segment.key) { $0.giveUp(to: &$1) }
  }

  /// Changes a connection in place, and counts what waits in it.
  private mutating func change(_ key: FlowKey, _ body: (inout TCPConnection, inout Sink) -> Void) {
    guard let index = connections.index(forKey: key) else { return }
    waiting += Self.change(&connections.values[index], &sink, body)
  }

  /// - Returns: how many bytes more wait in it.
  private static func change(
    _ connection: inout TCPConnection, _ sink: inout Sink,
    _ body: (inout TCPConnection, inout Sink) -> Void
  ) -> Int {
    let before = connection.waitingBytes
    body(&connection, &sink)
    return connection.waitingBytes - before
  }

  private mutating func end(_ key: FlowKey) {
    change(key) { $0.end(to: &$1) }
    connections[key] = nil
  }

  private mutating func makeRoom() {
    guard connections.count >= Self.mostConnections else { return }
    let oldest = connections.sorted { $0.value.lastUse < $1.value.lastUse }
    for (key, connection) in oldest.prefix(Self.mostConnections / 4) {
      if !connection.isClosed {
        sink.note(
          "connection \(connection.number) is given up: more than \(Self.mostConnections) are open",
          offset: 0)
      }
      end(key)
    }
  }
}
