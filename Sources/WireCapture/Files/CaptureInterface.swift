/// What an interface description block of pcapng says.
struct CaptureInterface {
  let link: Int
  /// How many bytes of a packet are kept at most; 0 for all.
  let snapLength: Int
  /// if_tsresol: a power of ten, or with its highest bit set a power of two.
  private var resolution: UInt8 = 6
  /// if_tsoffset: seconds to add.
  private var secondsOffset: UInt64 = 0

  /// - Parameter body: where the block's content is in the bytes.
  init(_ bytes: [UInt8], body: Range<Int>, _ order: ByteOrder) {
    link = body.count < 2 ? 0 : order.integer(bytes, at: body.lowerBound, size: 2) ?? 0
    snapLength = body.count < 8 ? 0 : order.integer(bytes, at: body.lowerBound + 4, size: 4) ?? 0
    var place = body.lowerBound + 8
    while place + 4 <= body.upperBound,
      let code = order.integer(bytes, at: place, size: 2), code != 0,
      let length = order.integer(bytes, at: place + 2, size: 2),
      place + 4 + length <= body.upperBound
    {
      if code == 9, length == 1 { resolution = bytes[place + 4] }
      if code == 14, length == 8 {
        secondsOffset = order.wide(bytes, at: place + 4, size: 8) ?? 0
      }
      // Options are padded to four bytes.
      place += 4 + (length + 3) / 4 * 4
    }
  }

  /// Nanoseconds since 1970; nil if they do not fit into 64 bits.
  func nanoseconds(_ units: UInt64) -> UInt64? {
    let exponent = Int(resolution & 0x7F)
    let time = resolution < 0x80 ? decimal(units, exponent) : binary(units, exponent)
    let offset = secondsOffset.multipliedReportingOverflow(by: 1_000_000_000)
    guard let time, !offset.overflow else { return time }
    let sum = time.addingReportingOverflow(offset.partialValue)
    return sum.overflow ? nil : sum.partialValue
  }

  private func decimal(_ units: UInt64, _ exponent: Int) -> UInt64? {
    guard exponent <= 27 else { return nil }
    var factor: UInt64 = 1
    for _ in 0..<abs(9 - exponent) { factor *= 10 }
    if exponent > 9 { return units / factor }
    let product = units.multipliedReportingOverflow(by: factor)
    return product.overflow ? nil : product.partialValue
  }

  private func binary(_ units: UInt64, _ exponent: Int) -> UInt64? {
    guard exponent < 64 else { return nil }
    let (high, low) = units.multipliedFullWidth(by: 1_000_000_000)
    guard high >> UInt64(exponent) == 0 else { return nil }
    return high << UInt64(64 - exponent) | low >> UInt64(exponent)
  }
}
