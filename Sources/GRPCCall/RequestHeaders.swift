/// The header list of a request, in the order of the specification (gRPC over HTTP/2, Requests).
package enum RequestHeaders {
  /// What is the same in every call of a method over a channel.
  package static func constant(
    path: String, scheme: String, authority: String, userAgent: String
  ) -> [HeaderField] {
    [
      HeaderField(":method", "POST"),
      HeaderField(":scheme", scheme),
      HeaderField(":path", path),
      HeaderField(":authority", authority),
      HeaderField("te", "trailers"),
      HeaderField("content-type", "application/grpc"),
      HeaderField("user-agent", userAgent),
    ]
  }

  /// What differs from call to call; it stands behind the constant part.
  ///
  /// - Parameters:
  ///   - timeout: what is left until the call's deadline.
  ///   - previousAttempts: how often the call was tried before (gRPC A6).
  package static func variable(
    timeout: Duration?, previousAttempts: Int = 0, metadata: Metadata
  ) -> [HeaderField] {
    var fields: [HeaderField] = []
    if let timeout { fields.append(HeaderField("grpc-timeout", GRPCTimeout.encode(timeout))) }
    if previousAttempts > 0 {
      fields.append(HeaderField("grpc-previous-rpc-attempts", String(previousAttempts)))
    }
    fields.append(metadata)
    return fields
  }
}
