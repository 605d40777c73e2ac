import FoundationEssentials

/// This machine's clock, in whole seconds since 1970.
@Sendable func systemTime() -> UInt64 {
  UInt64(max(0, Date().timeIntervalSince1970))
}
