/// What a server knows of a request once its headers are complete.
package struct RequestHead: Sendable, Equatable {
  /// `/service/method`, as sent.
  package var path: String
  /// `:authority`, or `host` when the peer sent only that (RFC 9113 §8.3.1).
  package var authority: String
  /// The custom metadata, and `user-agent` among it.
  package var metadata: Metadata
  /// How long the client will wait, from now on.
  package var timeout: Duration?

  package init(
    path: String, authority: String = "", metadata: Metadata = Metadata(), timeout: Duration? = nil
  ) {
    self.path = path
    self.authority = authority
    self.metadata = metadata
    self.timeout = timeout
  }
}

/// The header block of a request, as far as it has come.
struct RequestBlock: Sendable {
  private(set) var head = RequestHead(path: "")
  private(set) var isPost = false
  private(set) var contentType = ContentType.absent
  private var encoding: String?
  private var malformedTimeout = false
  private var defect: String?

  mutating func receive(name: Span<UInt8>, value: Span<UInt8>) {
    switch name.count {
    case 5 where name.equals(":path"): head.path = value.text
    case 7 where name.equals(":method"): isPost = value.equals("POST")
    case 7 where name.equals(":scheme"): break
    case 10 where name.equals(":authority"): head.authority = value.text
    case 4 where name.equals("host"):
      if head.authority.isEmpty { head.authority = value.text }
    case 12 where name.equals("content-type"): contentType = ContentType(value)
    case 12 where name.equals("grpc-timeout"):
      head.timeout = GRPCTimeout.parse(value)
      malformedTimeout = malformedTimeout || head.timeout == nil
    case 13 where name.equals("grpc-encoding"):
      encoding = value.equals("identity") ? nil : value.text
    // We compress nothing, so that what the client could decompress tells us nothing.
    case 20 where name.equals("grpc-accept-encoding"): break
    // Its absence tells of a proxy that may drop trailers, which is the client's to find out.
    case 2 where name.equals("te"): break
    default: receiveMetadata(name: name, value: value)
    }
  }

  private mutating func receiveMetadata(name: Span<UInt8>, value: Span<UInt8>) {
    guard !head.metadata.appendReceived(name: name, value: value) else { return }
    defect = defect ?? "header \"\(name.text)\" is not valid base64"
  }

  /// Why a request of gRPC cannot be served, whatever method it names.
  var refusal: Status? {
    if let encoding {
      // compression.md: an encoding that the server does not know is UNIMPLEMENTED.
      return Status(
        .unimplemented, "grpc-encoding \"\(encoding)\" is not supported; only identity is")
    }
    // PROTOCOL-HTTP2 names no code for a malformed header; grpc-go and grpc-java use INTERNAL.
    if malformedTimeout {
      return Status(.internalError, "grpc-timeout is not one to eight digits and a unit")
    }
    if let defect { return Status(.internalError, defect) }
    guard head.path.hasPrefix("/") else {
      return Status(.unimplemented, "path is not of the form /service/method")
    }
    return nil
  }
}
