/// Why a stream or a connection ended (RFC 9113 §7).
package enum ErrorCode: UInt32, Sendable, CaseIterable {
  case noError, protocolError, internalError, flowControlError, settingsTimeout, streamClosed
  case frameSizeError, refusedStream, cancel, compressionError, connectError, enhanceYourCalm
  case inadequateSecurity, http11Required

  package var name: String {
    switch self {
    case .noError: "NO_ERROR"
    case .protocolError: "PROTOCOL_ERROR"
    case .internalError: "INTERNAL_ERROR"
    case .flowControlError: "FLOW_CONTROL_ERROR"
    case .settingsTimeout: "SETTINGS_TIMEOUT"
    case .streamClosed: "STREAM_CLOSED"
    case .frameSizeError: "FRAME_SIZE_ERROR"
    case .refusedStream: "REFUSED_STREAM"
    case .cancel: "CANCEL"
    case .compressionError: "COMPRESSION_ERROR"
    case .connectError: "CONNECT_ERROR"
    case .enhanceYourCalm: "ENHANCE_YOUR_CALM"
    case .inadequateSecurity: "INADEQUATE_SECURITY"
    case .http11Required: "HTTP_1_1_REQUIRED"
    }
  }

  package var meaning: String {
    switch self {
    case .noError: "a graceful end; no fault of anybody"
    case .protocolError: "the peer broke a rule that has no code of its own"
    case .internalError: "the sender met an unexpected condition of its own"
    case .flowControlError: "the peer sent more than the flow-control window allows"
    case .settingsTimeout: "SETTINGS was not acknowledged in time"
    case .streamClosed: "a frame came on a stream that was half-closed already"
    case .frameSizeError: "a frame has a size that is not valid"
    case .refusedStream: "nothing was done with the stream: the call is safe to repeat"
    case .cancel: "the stream is not needed any more; gRPC cancels calls with it"
    case .compressionError: "the HPACK state cannot be kept: the connection is lost"
    case .connectError: "the connection made for CONNECT was reset"
    case .enhanceYourCalm: "the peer causes too much load; in gRPC: pings too often"
    case .inadequateSecurity: "the TLS parameters are too weak"
    case .http11Required: "the peer wants HTTP/1.1"
    }
  }

  /// The name of any number.
  static func name(_ number: UInt32) -> String {
    ErrorCode(rawValue: number)?.name ?? "UNKNOWN(0x\(Hex.short(UInt64(number))))"
  }
}
