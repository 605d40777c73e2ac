import FoundationEssentials

/// This machine's clock, in whole milliseconds since 1970.
@Sendable func systemMilliseconds() -> UInt64 {
  UInt64(max(0, Date().timeIntervalSince1970 * 1_000))
}

extension UInt64 {
  /// The product, or the greatest number where that is greater.
  func multipliedOrMost(by factor: UInt64) -> UInt64 {
    let (product, overflow) = multipliedReportingOverflow(by: factor)
    return overflow ? .max : product
  }
}
