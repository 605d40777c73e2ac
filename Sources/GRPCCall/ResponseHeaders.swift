/// The header lists of a response (gRPC over HTTP/2, Responses).
package enum ResponseHeaders {
  /// The headers ahead of the first message.
  package static func initial(metadata: Metadata = Metadata()) -> [HeaderField] {
    var fields = beginning
    fields.append(metadata)
    return fields
  }

  /// The trailers behind the last message.
  package static func trailers(
    _ status: Status, metadata: Metadata = Metadata()
  ) -> [HeaderField] {
    var fields: [HeaderField] = []
    fields.append(status)
    fields.append(metadata)
    return fields
  }

  /// Headers and trailers in one block, for a response without messages.
  package static func trailersOnly(
    _ status: Status, metadata: Metadata = Metadata()
  ) -> [HeaderField] {
    var fields = beginning
    fields.append(status)
    // compression.md: a server that does not know the request's encoding tells which it knows.
    if status.code == .unimplemented {
      fields.append(HeaderField("grpc-accept-encoding", "identity"))
    }
    fields.append(metadata)
    return fields
  }

  /// The answer to what is not a request of gRPC. A 405 names the method that would be right
  /// (RFC 9110 §15.5.6).
  package static func httpRejection(status: Int) -> [HeaderField] {
    var fields = [HeaderField(":status", String(status))]
    if status == 405 { fields.append(HeaderField("allow", "POST")) }
    return fields
  }

  private static let beginning = [
    HeaderField(":status", "200"), HeaderField("content-type", "application/grpc"),
  ]
}
