/// How much of a stream's window the reader has not given back yet.
struct ReceiveWindow {
  /// An eighth of the smallest window that HTTP/2 begins with (RFC 9113 §6.9.2), so that a peer
  /// never runs dry for what is kept back here.
  private static let step = 8_192

  /// Kept back while the reader is behind.
  private var withheld = 0
  /// To be given back with the next step: most messages are over before the first.
  private var unannounced = 0

  /// Takes bytes that came.
  ///
  /// - Parameter isFull: the reader is behind, and will say when it has caught up.
  /// - Returns: how many bytes to give back now; 0 for none.
  mutating func received(_ count: Int, isFull: Bool) -> Int {
    if isFull {
      withheld += count
      return 0
    }
    unannounced += count + withheld
    withheld = 0
    guard unannounced >= Self.step else { return 0 }
    defer { unannounced = 0 }
    return unannounced
  }

  /// The reader has caught up.
  ///
  /// - Returns: how many bytes to give back now; 0 for none.
  mutating func release() -> Int {
    defer { withheld = 0 }
    return withheld
  }
}
