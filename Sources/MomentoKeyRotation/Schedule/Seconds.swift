extension Duration {
  /// The duration as a number of seconds.
  var inSeconds: Double {
    let (seconds, attoseconds) = components
    return Double(seconds) + Double(attoseconds) * 1e-18
  }
}

extension UInt64 {
  /// The nearest moment that can be written, in epoch seconds.
  init(clampingSeconds seconds: Double) {
    self =
      seconds.isNaN || seconds <= 0
      ? 0 : UInt64(exactly: seconds.rounded(.down)) ?? UInt64(Int64.max)
  }
}
