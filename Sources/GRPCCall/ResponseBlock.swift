/// One header block of a response, as far as it has come: initial headers or trailers.
///
/// The fields of the protocol are recognised as bytes, so that a usual block allocates nothing.
struct ResponseBlock: Sendable {
  enum GRPCStatusField: Sendable, Equatable {
    case absent
    case number(Int)
    case malformed
    /// Several that differ: one field has one value (RFC 9110 §5.3).
    case contradictory
  }

  /// What a usual block does not have: behind one word, so that a usual block is cheap to make, to
  /// move and to forget.
  private indirect enum Rarities: Sendable {
    case none
    case some(Rare)

    var value: Rare {
      get { if case .some(let value) = self { value } else { Rare() } }
      set { self = .some(newValue) }
    }
  }

  private struct Rare: Sendable {
    var encoding: String?
    var defect: String?
    var foreignType: String?
    var message = ""
    var details: [UInt8] = []
  }

  private(set) var httpStatus: Int?
  private(set) var grpcStatus = GRPCStatusField.absent
  private(set) var metadata = Metadata()
  private var hasContentType = false
  private var isGRPCType = false
  private var rarities = Rarities.none

  /// What the peer said in `grpc-encoding`, unless that was `identity`.
  var encoding: String? {
    if case .some(let rare) = rarities { rare.encoding } else { nil }
  }
  /// Why the block cannot be taken as it is.
  var defect: String? {
    if case .some(let rare) = rarities { rare.defect } else { nil }
  }

  /// Hands over the metadata.
  mutating func takeMetadata() -> Metadata {
    var taken = Metadata()
    swap(&taken, &metadata)
    return taken
  }

  /// Forgets the block: the next one may begin.
  mutating func clear() {
    httpStatus = nil
    grpcStatus = .absent
    hasContentType = false
    isGRPCType = false
    if case .some = rarities { rarities = .none }
    if !metadata.isEmpty { metadata = Metadata() }
  }

  mutating func receive(name: Span<UInt8>, value: Span<UInt8>) {
    switch name.count {
    case 7 where name.equals(":status"): httpStatus = value.decimal
    case 11 where name.equals("grpc-status"):
      let status = value.decimal.map { GRPCStatusField.number($0) } ?? .malformed
      grpcStatus = grpcStatus == .absent || grpcStatus == status ? status : .contradictory
    case 12 where name.equals("content-type"): receiveContentType(value)
    case 12 where name.equals("grpc-message"):
      rarities.value.message = PercentEncoding.decode(value)
    case 13 where name.equals("grpc-encoding"):
      rarities.value.encoding = value.equals("identity") ? nil : value.text
    // We send no compressed message, so that what the peer could decompress tells us nothing.
    case 20 where name.equals("grpc-accept-encoding"): break
    // Details that cannot be read must not hide the status that they belong to.
    case 23 where name.equals("grpc-status-details-bin"):
      rarities.value.details = Base64.decode(value) ?? []
    default: receiveMetadata(name: name, value: value)
    }
  }

  private mutating func receiveContentType(_ value: Span<UInt8>) {
    hasContentType = true
    switch ContentType(value) {
    case .grpc: isGRPCType = true
    case .absent: hasContentType = false
    case .other(let type):
      isGRPCType = false
      rarities.value.foreignType = type
    }
  }

  private mutating func receiveMetadata(name: Span<UInt8>, value: Span<UInt8>) {
    guard !metadata.appendReceived(name: name, value: value) else { return }
    rarities.value.defect = defect ?? "header \"\(name.text)\" is not valid base64"
  }

  /// Whether these are the headers of a gRPC response.
  var isGRPC: Bool { httpStatus == 200 && isGRPCType }

  /// Whether this is an interim response (RFC 9110 §15.2).
  var isInformational: Bool { httpStatus.map { 100...199 ~= $0 } ?? false }

  /// The status in the block, or what its absence means.
  func status(isTrailersOnly: Bool) -> Status {
    switch grpcStatus {
    case .number(0):
      guard case .some(let rare) = rarities else { return .ok }
      return Status(.ok, rare.message, details: rare.details)
    case .number(let number):
      let (message, details) = (rarities.value.message, rarities.value.details)
      let code = StatusCode(wire: number)
      let isDefined = code.rawValue == number
      let text =
        isDefined || !message.isEmpty ? message : "server sent the undefined grpc-status \(number)"
      return Status(code, text, details: details)
    case .malformed:
      let message = rarities.value.message
      return Status(.unknown, message.isEmpty ? "server sent an invalid grpc-status" : message)
    case .contradictory: return Status(.unknown, "server sent more than one grpc-status")
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
      if !hasContentType {
        "no content-type"
      } else if isGRPCType {
        "content-type application/grpc"
      } else {
        "content-type \"\(rarities.value.foreignType ?? "")\""
      }
    guard let httpStatus else { return Status(.unknown, "response has no valid HTTP status") }
    return Status(
      HTTPStatusMapping.code(forHTTPStatus: httpStatus),
      "expected a gRPC response, got HTTP status \(httpStatus) with \(type)")
  }
}
