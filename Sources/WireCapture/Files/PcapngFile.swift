/// The pcapng format (draft-ietf-opsawg-pcapng): blocks of sections.
struct PcapngFile {
  static let sectionHeader = 0x0A0D_0D0A
  private static let byteOrderMagic = 0x1A2B_3C4D
  /// "TLSK": the secrets of a decryption secrets block are a TLS key log.
  private static let tlsKeyLog = 0x544C_534B

  private var order = ByteOrder.little
  private var interfaces: [CaptureInterface] = []

  /// What stands at a place of the buffer, which starts anywhere in the file.
  mutating func next(_ bytes: [UInt8], at start: Int) -> CaptureStep {
    // The type of a section header reads the same in both orders, and its order has to be known
    // before its length.
    guard let type = order.integer(bytes, at: start, size: 4), bytes.count >= start + 12 else {
      return .incomplete
    }
    if type == Self.sectionHeader, !readOrder(bytes, at: start + 8) {
      return .damaged("a section header has no byte-order magic; the file is damaged here")
    }
    guard let length = order.integer(bytes, at: start + 4, size: 4) else { return .incomplete }
    guard length >= 12, length % 4 == 0, length <= longestRecord else {
      return .damaged("a block claims \(length) bytes; the file is damaged here")
    }
    guard start + length <= bytes.count else { return .incomplete }
    guard order.integer(bytes, at: start + length - 4, size: 4) == length else {
      return .damaged("the two lengths of a block differ; the file is damaged here")
    }
    return read(type, bytes, body: start + 8..<start + length - 4, next: start + length)
  }

  private mutating func readOrder(_ bytes: [UInt8], at place: Int) -> Bool {
    for candidate in [ByteOrder.little, .big]
    where candidate.integer(bytes, at: place, size: 4) == Self.byteOrderMagic {
      order = candidate
      return true
    }
    return false
  }

  private mutating func read(
    _ type: Int, _ bytes: [UInt8], body: Range<Int>, next: Int
  ) -> CaptureStep {
    switch type {
    case Self.sectionHeader: interfaces = []
    case 1: interfaces.append(CaptureInterface(bytes, body: body, order))
    case 2, 6: return packet(bytes, body: body, isObsolete: type == 2, next: next)
    case 3: return simplePacket(bytes, body: body, next: next)
    case 10: return secrets(bytes, body: body, next: next)
    default: break
    }
    return .skipped(next: next)
  }

  /// An enhanced packet block, or the obsolete packet block, whose interface number is shorter.
  private func packet(
    _ bytes: [UInt8], body: Range<Int>, isObsolete: Bool, next: Int
  ) -> CaptureStep {
    let start = body.lowerBound
    guard body.count >= 20,
      let number = order.integer(bytes, at: start, size: isObsolete ? 2 : 4),
      let high = order.wide(bytes, at: start + 4, size: 4),
      let low = order.wide(bytes, at: start + 8, size: 4),
      let kept = order.integer(bytes, at: start + 12, size: 4),
      let original = order.integer(bytes, at: start + 16, size: 4),
      kept <= body.count - 20
    else { return .damaged("a packet block is shorter than its packet; the file is damaged here") }
    guard number < interfaces.count else {
      return .damaged("a packet names interface \(number), which the file does not describe")
    }
    return .packet(
      Packet(
        bytes: start + 20..<start + 20 + kept, originalLength: max(kept, original),
        time: interfaces[number].nanoseconds(high << 32 | low), link: interfaces[number].link),
      next: next)
  }

  private func simplePacket(_ bytes: [UInt8], body: Range<Int>, next: Int) -> CaptureStep {
    guard let interface = interfaces.first, body.count >= 4,
      let original = order.integer(bytes, at: body.lowerBound, size: 4)
    else { return .damaged("a simple packet block stands before any interface") }
    let limit = interface.snapLength == 0 ? original : min(original, interface.snapLength)
    let first = body.lowerBound + 4
    return .packet(
      Packet(
        bytes: first..<first + min(limit, body.count - 4), originalLength: original, time: nil,
        link: interface.link),
      next: next)
  }

  private func secrets(_ bytes: [UInt8], body: Range<Int>, next: Int) -> CaptureStep {
    guard body.count >= 8,
      order.integer(bytes, at: body.lowerBound, size: 4) == Self.tlsKeyLog,
      let length = order.integer(bytes, at: body.lowerBound + 4, size: 4),
      length <= body.count - 8
    else { return .skipped(next: next) }
    return .keyLog(body.lowerBound + 8..<body.lowerBound + 8 + length, next: next)
  }
}
