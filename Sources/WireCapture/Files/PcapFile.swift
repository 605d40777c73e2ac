/// The classic capture format (draft-ietf-opsawg-pcap), past its file header.
struct PcapFile {
  static let headerSize = 24
  private static let recordHeaderSize = 16

  private let order: ByteOrder
  /// How many nanoseconds one unit of a record's fraction of a second is.
  private let fraction: UInt64
  private let link: Int

  /// Reads a file header of ``headerSize`` bytes; nil if it is none.
  init?(header bytes: [UInt8]) {
    switch ByteOrder.big.integer(bytes, at: 0, size: 4) {
    case 0xA1B2_C3D4: (order, fraction) = (.big, 1000)
    case 0xD4C3_B2A1: (order, fraction) = (.little, 1000)
    case 0xA1B2_3C4D: (order, fraction) = (.big, 1)
    case 0x4D3C_B2A1: (order, fraction) = (.little, 1)
    default: return nil
    }
    guard let network = order.integer(bytes, at: 20, size: 4) else { return nil }
    // The upper bits tell of a frame check sequence; the length of what IP says excludes it.
    link = network & 0xFFFF
  }

  /// What stands at a place of the buffer, which starts anywhere in the file.
  func next(_ bytes: [UInt8], at start: Int) -> CaptureStep {
    guard let seconds = order.wide(bytes, at: start, size: 4),
      let part = order.wide(bytes, at: start + 4, size: 4),
      let kept = order.integer(bytes, at: start + 8, size: 4),
      let original = order.integer(bytes, at: start + 12, size: 4)
    else { return .incomplete }
    guard kept <= longestRecord else {
      return .damaged("a packet record claims \(kept) bytes; the file is damaged here")
    }
    let first = start + Self.recordHeaderSize
    guard first + kept <= bytes.count else { return .incomplete }
    return .packet(
      Packet(
        bytes: first..<first + kept, originalLength: max(kept, original),
        time: seconds * 1_000_000_000 + part * fraction, link: link),
      next: first + kept)
  }
}
