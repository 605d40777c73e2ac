import WireCaptureModel

/// Hands on what is inside the TLS connections of a capture, and other connections as they are.
struct TLSOpening<Inner: CaptureSink>: CaptureSink {
  private enum Content {
    case plain
    case tls(TLSConnection)
    /// It cannot be opened, which has been said.
    case closed
  }

  var inner: Inner
  var keyLog = KeyLog()
  private var contents: [Int: Content] = [:]

  init(_ inner: Inner) { self.inner = inner }

  mutating func receive(_ captured: CapturedBytes) {
    let known = contents[captured.connection]
    switch known ?? Self.content(captured.bytes) {
    case .plain:
      if known == nil { contents[captured.connection] = .plain }
      inner.receive(captured)
    case .closed: return
    case .tls(var connection):
      // Emptied first, so that the connection is changed in place and not copied.
      contents[captured.connection] = .closed
      if let gap = captured.gapBefore {
        return fail(captured, "\(gap) bytes were not captured, and later records need them")
      }
      let outcomes = connection.receive(
        captured.bytes, offset: captured.offset, time: captured.time,
        isClient: captured.direction == .clientToServer, keyLog)
      contents[captured.connection] = .tls(connection)
      for outcome in outcomes { hand(outcome, of: captured) }
    }
  }

  mutating func endOfConnection(_ connection: Int) {
    contents[connection] = nil
    inner.endOfConnection(connection)
  }

  mutating func note(_ text: String, offset: UInt64) { inner.note(text, offset: offset) }

  /// The first byte of a TLS record is its type; a frame of HTTP/2 that began with it would be
  /// longer than a megabyte.
  private static func content(_ bytes: [UInt8]) -> Content {
    guard let first = bytes.first, (20...23).contains(first),
      bytes.dropFirst().first ?? 3 == 3
    else { return .plain }
    return .tls(TLSConnection())
  }

  private mutating func hand(_ outcome: TLSConnection.Outcome, of captured: CapturedBytes) {
    switch outcome {
    case .failed(let reason): fail(captured, reason)
    case .data(let bytes, let offset, let time):
      guard !bytes.isEmpty else { return }
      inner.receive(
        CapturedBytes(
          connection: captured.connection, direction: captured.direction, time: time,
          offset: offset, bytes: bytes))
    }
  }

  private mutating func fail(_ captured: CapturedBytes, _ reason: String) {
    contents[captured.connection] = .closed
    inner.note(
      "connection \(captured.connection) is TLS and is not read any further: \(reason)",
      offset: captured.offset)
  }
}
