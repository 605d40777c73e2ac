/// Which of the two peers of a connection sent something.
package enum CaptureDirection: Sendable, Hashable {
  /// From the peer that opened the connection.
  case clientToServer
  /// From the peer that accepted it.
  case serverToClient

  /// Compared for each frame many times, and so not through a witness.
  @inlinable
  package static func == (left: CaptureDirection, right: CaptureDirection) -> Bool {
    switch left {
    case .clientToServer: if case .clientToServer = right { true } else { false }
    case .serverToClient: if case .serverToClient = right { true } else { false }
    }
  }
}

/// A run of bytes of one direction of a connection, in the order in which that direction sent them.
package struct CapturedBytes: Sendable {
  /// The connection's number in the capture, from 0.
  package var connection: Int
  package var direction: CaptureDirection
  /// Nanoseconds since the capture began; nil where the capture has no times.
  package var time: UInt64?
  /// Where the first of the bytes stands in the input file, or in what was decrypted from it.
  package var offset: UInt64
  package var bytes: [UInt8]
  /// How many bytes of this direction are missing just before these; nil if none are.
  package var gapBefore: Int?

  package init(
    connection: Int = 0, direction: CaptureDirection, time: UInt64? = nil, offset: UInt64,
    bytes: [UInt8], gapBefore: Int? = nil
  ) {
    self.connection = connection
    self.direction = direction
    self.time = time
    self.offset = offset
    self.bytes = bytes
    self.gapBefore = gapBefore
  }
}

/// Takes what a capture holds, one run after the other.
package protocol CaptureSink {
  /// The next bytes of a connection.
  mutating func receive(_ captured: CapturedBytes)

  /// Nothing follows on a connection.
  mutating func endOfConnection(_ connection: Int)

  /// Something about the capture itself that its reader should know, such as a packet that was cut:
  /// where in the file, and what.
  mutating func note(_ text: String, offset: UInt64)
}
