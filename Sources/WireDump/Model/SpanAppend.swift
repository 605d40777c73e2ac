extension [UInt8] {
  /// A run of bytes at once.
  mutating func append(_ bytes: Span<UInt8>) {
    // The buffer is copied before the closure ends.
    unsafe bytes.withUnsafeBufferPointer { unsafe append(contentsOf: $0) }
  }
}
