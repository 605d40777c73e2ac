import Glibc

/// Makes the packets of a capture file whose connections exist as numbers only.
package struct TapPackets: Sendable {
  /// A pcap file in little-endian order with nanoseconds, of packets that begin with an IP header
  /// (LINKTYPE_RAW, 101).
  package static let fileHeader: [UInt8] =
    [0x4D, 0x3C, 0xB2, 0xA1, 2, 0, 4, 0] + [UInt8](repeating: 0, count: 8)
    + [0xFF, 0xFF, 0, 0, 101, 0, 0, 0]

  /// 16 bytes of record, 20 of IPv4, 20 of TCP.
  private static let headerSize = 56
  /// A packet's length is told in 16 bits.
  package static let longestPayload = 32_768
  private static let (syn, ack) = (UInt8(0x02), UInt8(0x10))
  private static let mostConnections = 65_536

  /// How far the two directions of a connection are.
  private struct Progress {
    var client: UInt32 = 0
    var server: UInt32 = 0
  }

  private let sentByClient: Bool
  private var connections: [UInt64: Progress] = [:]

  package init(_ role: FileWireTap.Role) { sentByClient = role == .client }

  /// Appends the packets of some bytes.
  ///
  /// - Parameter time: when, in nanoseconds since 1970; now if it is nil.
  /// - Returns: false if they do not fit into the space; they are then a gap to whoever reads.
  package mutating func append(
    _ bytes: RawSpan, _ direction: WireDirection, _ connection: UInt64, space: Int = .max,
    time: UInt64? = nil, to buffer: inout [UInt8]
  ) -> Bool {
    let packets = bytes.byteCount / Self.longestPayload + 2
    let fits = bytes.byteCount + packets * Self.headerSize <= space
    var progress = connections[connection] ?? Progress()
    if connections[connection] == nil {
      guard fits, connections.count < Self.mostConnections else { return false }
      open(connection, time: time, to: &buffer)
      progress = Progress(client: 1, server: 1)
    }
    let isClient = (direction == .sent) == sentByClient
    var place = 0
    while place < bytes.byteCount {
      let count = min(Self.longestPayload, bytes.byteCount - place)
      if fits {
        put(count, Self.ack, isClient: isClient, connection, progress, time, to: &buffer)
        for index in place..<place + count {
          unsafe buffer.append(bytes.unsafeLoad(fromByteOffset: index, as: UInt8.self))
        }
      }
      let step = UInt32(truncatingIfNeeded: count)
      if isClient { progress.client &+= step } else { progress.server &+= step }
      place += count
    }
    connections[connection] = progress
    return fits
  }

  /// Appends the packet that begins a connection: a SYN tells readers who the client is.
  package mutating func open(
    _ connection: UInt64, time: UInt64?, to buffer: inout [UInt8]
  ) {
    put(0, Self.syn, isClient: true, connection, Progress(), time, to: &buffer)
    connections[connection] = Progress(client: 1, server: 1)
  }

  /// Leaves bytes out: a gap to whoever reads.
  package mutating func skip(_ count: Int, isClient: Bool, _ connection: UInt64) {
    let step = UInt32(truncatingIfNeeded: count)
    if isClient {
      connections[connection]?.client &+= step
    } else {
      connections[connection]?.server &+= step
    }
  }

  /// Nanoseconds since 1970.
  private static var now: UInt64 {
    var now = timespec()
    unsafe clock_gettime(CLOCK_REALTIME, &now)
    return UInt64(clamping: now.tv_sec) &* 1_000_000_000 &+ UInt64(clamping: now.tv_nsec)
  }

  private func put(
    _ count: Int, _ flags: UInt8, isClient: Bool, _ connection: UInt64, _ progress: Progress,
    _ time: UInt64?, to buffer: inout [UInt8]
  ) {
    let (seconds, rest) = (time ?? Self.now).quotientAndRemainder(dividingBy: 1_000_000_000)
    let size = count + 40
    for number in [Int(clamping: seconds), Int(clamping: rest), size, size] {
      buffer += Self.bytes(UInt32(truncatingIfNeeded: number)).reversed()
    }
    let client = Self.bytes(10 << 24 | UInt32(truncatingIfNeeded: connection >> 15) & 0xFF_FFFF)
    let server = Self.bytes(127 << 24 | 1)
    buffer += [0x45, 0] + Self.bytes(UInt32(truncatingIfNeeded: size)).suffix(2)
    buffer += [0, 0, 0x40, 0, 64, 6, 0, 0]
    buffer += isClient ? client + server : server + client
    let port = Self.bytes(32_768 + UInt32(truncatingIfNeeded: connection & 0x7FFF)).suffix(2)
    // Port 80, where every reader looks for HTTP/2 without TLS.
    buffer += isClient ? port + [0, 80] : [0, 80] + port
    let numbers =
      isClient ? (progress.client, progress.server) : (progress.server, progress.client)
    buffer += Self.bytes(numbers.0) + (flags == Self.syn ? [0, 0, 0, 0] : Self.bytes(numbers.1))
    buffer += [0x50, flags, 0xFF, 0xFF, 0, 0, 0, 0]
  }

  private static func bytes(_ number: UInt32) -> [UInt8] {
    [24, 16, 8, 0].map { UInt8(truncatingIfNeeded: number >> UInt32($0)) }
  }
}
