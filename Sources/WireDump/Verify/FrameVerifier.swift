/// What a usual sender would have written otherwise in a frame (RFC 9113 §4.1, §6).
enum FrameVerifier {
  /// How large a header block may be for one frame: what every peer takes, less a priority.
  static let blockLimit = 16_384 - 5

  static func findings(_ bytes: Span<UInt8>) -> [VerifyFinding] {
    let header = FrameHeader(bytes, at: 0)
    guard header.length == bytes.count - FrameHeader.size else {
      return [VerifyFinding(0, "the frame is not whole", .unknown)]
    }
    guard let type = header.type else {
      let what = "a frame of type 0x\(Hex.short(UInt64(header.typeNumber))), which is not defined"
      return [VerifyFinding(3, what, .unknown)]
    }
    var findings = headerFindings(header, type)
    if header.has(8), [.data, .headers, .pushPromise].contains(type), header.length > 0 {
      findings.append(
        VerifyFinding(FrameHeader.size, "padding of \(bytes[FrameHeader.size]) bytes"))
    }
    if [.windowUpdate, .goAway, .pushPromise].contains(type), let word = word(bytes, header, type),
      word >> 31 == 1
    {
      findings.append(VerifyFinding(FrameHeader.size, "the reserved bit of \(type.name) is set"))
    }
    return findings
  }

  /// What stands in a frame's header and need not.
  private static func headerFindings(
    _ header: FrameHeader, _ type: FrameType
  ) -> [VerifyFinding] {
    var findings: [VerifyFinding] = []
    let undefined = header.flags & ~type.flagMask
    if undefined != 0 {
      let bits = Hex.padded(UInt64(undefined), 2)
      findings.append(VerifyFinding(4, "flags 0x\(bits), which \(type.name) does not define"))
    }
    if header.isReservedBitSet {
      findings.append(VerifyFinding(5, "the reserved bit of the stream identifier is set"))
    }
    return findings
  }

  /// The first number of a payload, behind the length of its padding.
  private static func word(
    _ bytes: Span<UInt8>, _ header: FrameHeader, _ type: FrameType
  ) -> UInt32? {
    let start = FrameHeader.size + (type == .pushPromise && header.has(8) ? 1 : 0)
    return start + 4 <= bytes.count ? bytes.number(at: start, 4) : nil
  }
}
