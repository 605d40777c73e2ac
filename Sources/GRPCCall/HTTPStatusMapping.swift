/// What a response means that is not one of gRPC (gRPC `http-grpc-status-mapping.md`).
package enum HTTPStatusMapping {
  package static func code(forHTTPStatus status: Int) -> StatusCode {
    switch status {
    case 400: .internalError
    case 401: .unauthenticated
    case 403: .permissionDenied
    case 404: .unimplemented
    case 429, 502, 503, 504: .unavailable
    default: .unknown
    }
  }
}

/// What a reset of a stream means (gRPC over HTTP/2, Errors).
package enum ResetMapping {
  package static func code(forHTTP2Error code: UInt32) -> StatusCode {
    switch code {
    case refusedStream: .unavailable
    case cancel: .cancelled
    case 0xb: .resourceExhausted
    case 0xc: .permissionDenied
    default: .internalError
    }
  }

  /// The name of RFC 9113 §7 and the number.
  package static func name(ofHTTP2Error code: UInt32) -> String {
    let number = "0x" + String(code, radix: 16)
    return code < names.count ? "\(names[Int(code)]) (\(number))" : "error \(number)"
  }

  static let refusedStream: UInt32 = 0x7
  static let cancel: UInt32 = 0x8

  private static let names = [
    "NO_ERROR", "PROTOCOL_ERROR", "INTERNAL_ERROR", "FLOW_CONTROL_ERROR", "SETTINGS_TIMEOUT",
    "STREAM_CLOSED", "FRAME_SIZE_ERROR", "REFUSED_STREAM", "CANCEL", "COMPRESSION_ERROR",
    "CONNECT_ERROR", "ENHANCE_YOUR_CALM", "INADEQUATE_SECURITY", "HTTP_1_1_REQUIRED",
  ]
}
