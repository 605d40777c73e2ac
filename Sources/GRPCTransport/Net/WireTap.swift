/// Which way bytes went, as seen from our end.
public enum WireDirection: Sendable {
  /// From the peer to us.
  case received
  /// From us to the peer.
  case sent
}

/// Sees the HTTP/2 bytes of connections, before TLS, as they pass. For debugging: the bytes hold
/// every secret that the calls hold.
public protocol WireTap: Sendable {
  /// Called on the connection's loop with bytes in their order. It must not block.
  ///
  /// - Parameters:
  ///   - bytes: valid during the call only.
  ///   - connection: a number that tells the process's connections apart.
  func observed(_ bytes: RawSpan, _ direction: WireDirection, connection: UInt64)
}
