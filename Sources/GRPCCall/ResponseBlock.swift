/// One header block of a response, as far as it has come: initial headers or trailers.
///
/// The fields of the protocol are recognised as bytes, so that a usual block allocates nothing.
struct ResponseBlock: Sendable {
  enum GRPCStatusField: Sendable, Equatable {
    case absent
    case number(Int)
    case malformed
  }

  private(set) var httpStatus: Int?
  private(set) var contentType = ContentType.absent
  private(set) var grpcStatus = GRPCStatusField.absent
  private(set) var encoding: String?
  private(set) var metadata = Metadata()
  /// Why the block cannot be taken as it is.
  private(set) var defect: String?
  private var message = ""
  private var details: [UInt8] = []

  mutating func receive(name: Span<UInt8>, value: Span<UInt8>) {
    switch name.count {
    case 7 where name.equals(":status"): httpStatus = value.decimal
    case 11 where name.equals("grpc-status"):
      grpcStatus = value.decimal.map { .number($0) } ?? .malformed
    case 12 where name.equals("content-type"): contentType = ContentType(value)
    case 12 where name.equals("grpc-message"): message = PercentEncoding.decode(value)
    case 13 where name.equals("grpc-encoding"):
      encoding = value.equals("identity") ? nil : value.text
    // We send no compressed message, so that what the peer could decompress tells us nothing.
    case 20 where name.equals("grpc-accept-encoding"): break
    // Details that cannot be read must not hide the status that they belong to.
    case 23 where name.equals("grpc-status-details-bin"): details = Base64.decode(value) ?? []
    default: receiveMetadata(name: name, value: value)
    }
  }

  private mutating func receiveMetadata(name: Span<UInt8>, value: Span<UInt8>) {
    guard !metadata.appendReceived(name: name, value: value) else { return }
    defect = defect ?? "header \"\(name.text)\" is not valid base64"
  }

  /// Whether these are the headers of a gRPC response.
  var isGRPC: Bool { httpStatus == 200 && contentType == .grpc }

  /// Whether this is an interim response (RFC 9110 §15.2).
  var isInformational: Bool { httpStatus.map { 100...199 ~= $0 } ?? false }

  /// The status in the block, or what its absence means.
  func status(isTrailersOnly: Bool) -> Status {
    switch grpcStatus {
    case .number(let number):
      let code = StatusCode(wire: number)
      let isDefined = code.rawValue == number
      let text =
        isDefined || !message.isEmpty ? message : "server sent the undefined grpc-status \(number)"
      return Status(code, text, details: details)
    case .malformed:
      return Status(.unknown, message.isEmpty ? "server sent an invalid grpc-status" : message)
    case .absent where isTrailersOnly && !isGRPC:
      return statusOfForeignResponse
    case .absent:
      return Status(.unknown, "server ended the response without grpc-status")
    }
  }

  /// What a response means that does not come from a gRPC server. Its body is not shown: it may
  /// be long, and it may repeat parts of the request.
  var statusOfForeignResponse: Status {
    let type =
      switch contentType {
      case .absent: "no content-type"
      case .grpc: "content-type application/grpc"
      case .other(let type): "content-type \"\(type)\""
      }
    guard let httpStatus else { return Status(.unknown, "response has no valid HTTP status") }
    return Status(
      HTTPStatusMapping.code(forHTTPStatus: httpStatus),
      "expected a gRPC response, got HTTP status \(httpStatus) with \(type)")
  }
}
