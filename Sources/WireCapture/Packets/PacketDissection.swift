/// What a packet turned out to be.
enum PacketContent {
  case tcp(TCPSegment)
  /// Something other than TCP.
  case other
  /// It may be TCP, but cannot be used, and why.
  case unusable(String)
}

/// Finds the TCP segment within one packet.
struct PacketDissection {
  let bytes: [UInt8]
  let packet: Packet
  private let order = ByteOrder.big

  init(_ bytes: [UInt8], _ packet: Packet) {
    self.bytes = bytes
    self.packet = packet
  }

  /// What the packet is.
  var content: PacketContent {
    let start = packet.bytes.lowerBound
    switch packet.link {
    case 1: return ethernet(start + 12)
    // BSD loopback: a protocol family in either byte order; the IP version says the same.
    case 0, 108: return internet(start + 4)
    case 12, 14, 101, 228, 229: return internet(start)
    // Linux cooked capture, versions 1 and 2.
    case 113: return internet(start + 16, ifType: start + 14)
    case 276: return internet(start + 20, ifType: start)
    default: return .unusable("packets of link type \(packet.link) are not understood")
    }
  }

  /// A number of the packet; nil if it is beyond what was kept of it.
  private func number(_ offset: Int, _ size: Int) -> Int? {
    guard offset >= packet.bytes.lowerBound, offset + size <= packet.bytes.upperBound else {
      return nil
    }
    return order.integer(bytes, at: offset, size: size)
  }

  private func ethernet(_ type: Int) -> PacketContent {
    var type = type
    // VLAN tags (IEEE 802.1Q, 802.1ad) push the type back by four bytes each.
    while let value = number(type, 2), [0x8100, 0x88A8, 0x9100].contains(value) { type += 4 }
    return internet(type + 2, ifType: type)
  }

  private func internet(_ start: Int, ifType place: Int) -> PacketContent {
    guard let type = number(place, 2) else { return .other }
    return type == 0x0800 || type == 0x86DD ? internet(start) : .other
  }

  private func internet(_ start: Int) -> PacketContent {
    guard let first = number(start, 1) else { return .other }
    switch first >> 4 {
    case 4: return version4(start, headerSize: (first & 0x0F) * 4)
    case 6: return version6(start)
    default: return .other
    }
  }

  private func version4(_ start: Int, headerSize: Int) -> PacketContent {
    guard let total = number(start + 2, 2), let fragment = number(start + 6, 2),
      let transport = number(start + 9, 1),
      let source = number(start + 12, 4), let target = number(start + 16, 4)
    else { return .unusable("an IPv4 header is cut off") }
    guard transport == 6 else { return .other }
    guard headerSize >= 20 else { return .unusable("an IPv4 header is shorter than 20 bytes") }
    guard fragment & 0x3FFF == 0 else {
      return .unusable("an IPv4 packet is a fragment; fragments are not put together")
    }
    // A total length of 0 stands for a packet that the network card will split up.
    let end = total == 0 ? packet.bytes.lowerBound + packet.originalLength : start + total
    return transmission(
      start + headerSize, end: end, from: (0, UInt64(source)), to: (0, UInt64(target)))
  }

  private func version6(_ start: Int) -> PacketContent {
    guard let length = number(start + 4, 2), var next = number(start + 6, 1),
      start + 40 <= packet.bytes.upperBound
    else { return .unusable("an IPv6 header is cut off") }
    var place = start + 40
    // RFC 8200, section 4: headers that may stand before the transport's.
    while [0, 43, 44, 51, 60].contains(next) {
      guard let following = number(place, 1), let size = number(place + 1, 1) else {
        return .unusable("an IPv6 extension header is cut off")
      }
      if next == 44, let fragment = number(place + 2, 2), fragment & 0xFFF9 != 0 {
        return .unusable("an IPv6 packet is a fragment; fragments are not put together")
      }
      place += next == 44 ? 8 : next == 51 ? (size + 2) * 4 : (size + 1) * 8
      next = following
    }
    guard next == 6 else { return .other }
    let end = length == 0 ? packet.bytes.lowerBound + packet.originalLength : start + 40 + length
    return transmission(place, end: end, from: address6(start + 8), to: address6(start + 24))
  }

  private func address6(_ place: Int) -> (UInt64, UInt64) {
    (order.wide(bytes, at: place, size: 8) ?? 0, order.wide(bytes, at: place + 8, size: 8) ?? 0)
  }

  private func transmission(
    _ start: Int, end: Int, from: (UInt64, UInt64), to: (UInt64, UInt64)
  ) -> PacketContent {
    guard let sourcePort = number(start, 2), let targetPort = number(start + 2, 2),
      let sequence = number(start + 4, 4), let acknowledged = number(start + 8, 4),
      let size = number(start + 12, 1).map({ ($0 >> 4) * 4 }), let bits = number(start + 13, 1)
    else { return .unusable("a TCP header is cut off") }
    guard size >= 20, start + size <= end else {
      return .unusable("a TCP header claims a length that does not fit its packet")
    }
    let source = FlowEnd(high: from.0, low: from.1, port: UInt16(truncatingIfNeeded: sourcePort))
    let target = FlowEnd(high: to.0, low: to.1, port: UInt16(truncatingIfNeeded: targetPort))
    let flags = TCPSegment.Flags(rawValue: UInt8(truncatingIfNeeded: bits))
    let kept = min(end, packet.bytes.upperBound)
    let payload = min(start + size, kept)..<kept
    return .tcp(
      TCPSegment(
        key: source < target
          ? FlowKey(first: source, second: target) : FlowKey(first: target, second: source),
        isFromFirst: source < target,
        sequence: UInt32(truncatingIfNeeded: sequence),
        acknowledged: flags.contains(.ack) ? UInt32(truncatingIfNeeded: acknowledged) : nil,
        flags: flags, payload: payload, cut: end - start - size - payload.count,
        time: packet.time))
  }
}
