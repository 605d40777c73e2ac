/// An HTTP/2 error code (RFC 9113 §7). Codes that nobody has defined are kept as they came.
public struct HTTP2ErrorCode: RawRepresentable, Sendable, Hashable, CustomStringConvertible {
  /// The code as it stands on the wire.
  public var rawValue: UInt32

  /// Makes a code of the number on the wire; every number is a code.
  public init(rawValue: UInt32) {
    self.rawValue = rawValue
  }

  /// The associated condition is not an error: a graceful end.
  public static let noError = HTTP2ErrorCode(rawValue: 0x0)
  /// An unspecific violation of the protocol.
  public static let protocolError = HTTP2ErrorCode(rawValue: 0x1)
  /// An unexpected internal error.
  public static let internalError = HTTP2ErrorCode(rawValue: 0x2)
  /// The peer broke flow control.
  public static let flowControlError = HTTP2ErrorCode(rawValue: 0x3)
  /// SETTINGS were not acknowledged in time.
  public static let settingsTimeout = HTTP2ErrorCode(rawValue: 0x4)
  /// A frame came for a stream that was half-closed.
  public static let streamClosed = HTTP2ErrorCode(rawValue: 0x5)
  /// A frame of an invalid size.
  public static let frameSizeError = HTTP2ErrorCode(rawValue: 0x6)
  /// The stream was refused before any processing.
  public static let refusedStream = HTTP2ErrorCode(rawValue: 0x7)
  /// The stream is no longer needed.
  public static let cancel = HTTP2ErrorCode(rawValue: 0x8)
  /// The state of header compression was lost.
  public static let compressionError = HTTP2ErrorCode(rawValue: 0x9)
  /// The connection of a CONNECT request broke.
  public static let connectError = HTTP2ErrorCode(rawValue: 0xa)
  /// The peer does something that may cause excessive load.
  public static let enhanceYourCalm = HTTP2ErrorCode(rawValue: 0xb)
  /// The transport's security does not suffice.
  public static let inadequateSecurity = HTTP2ErrorCode(rawValue: 0xc)
  /// The endpoint wants HTTP/1.1.
  public static let http11Required = HTTP2ErrorCode(rawValue: 0xd)

  private static let names = [
    "NO_ERROR", "PROTOCOL_ERROR", "INTERNAL_ERROR", "FLOW_CONTROL_ERROR", "SETTINGS_TIMEOUT",
    "STREAM_CLOSED", "FRAME_SIZE_ERROR", "REFUSED_STREAM", "CANCEL", "COMPRESSION_ERROR",
    "CONNECT_ERROR", "ENHANCE_YOUR_CALM", "INADEQUATE_SECURITY", "HTTP_1_1_REQUIRED",
  ]

  /// The name that RFC 9113 gives the code, or the number in hexadecimal.
  public var description: String {
    rawValue < Self.names.count
      ? Self.names[Int(rawValue)] : "0x" + String(rawValue, radix: 16)
  }
}
