/// What unknown fields must be, where a capture begins after they went into the table: gRPC peers send
/// the same fields in the same order in every call (seen with grpc-core).
enum HeaderInference {
  private static let request = [
    ":path", ":authority", "content-type", "te", "grpc-accept-encoding", "user-agent",
  ]
  private static let response = ["content-type", "grpc-accept-encoding"]
  private static let trailers = ["grpc-status", "grpc-message"]

  /// A block whose unknown fields are named, and marked, as far as they can be.
  static func applied(to block: HeaderBlock, direction isRequest: Bool) -> HeaderBlock {
    guard block.hasUnknown else { return block }
    var block = block
    apply(to: &block, direction: isRequest)
    return block
  }

  private static func apply(to block: inout HeaderBlock, direction isRequest: Bool) {
    let names = block.fields.compactMap { field in
      field.name.map { String(decoding: $0, as: UTF8.self) }
    }
    let isGRPC =
      isRequest
      ? names.contains(":method") || names.contains(":scheme")
      : true
    guard isGRPC else { return }
    let expected =
      isRequest ? request : names.contains(":status") ? response : trailers
    var candidates = expected.filter { !names.contains($0) }[...]
    for index in block.fields.indices {
      let field = block.fields[index]
      guard field.representation != .sizeUpdate, field.name == nil,
        let name = candidates.popFirst()
      else { continue }
      block.fields[index].name = Array(name.utf8)
      block.fields[index].isInferred = true
      if field.value == nil { block.fields[index].value = value(of: name) }
    }
  }

  /// The only value that gRPC gives a field, if there is one.
  private static func value(of name: String) -> [UInt8]? {
    switch name {
    case "content-type": Array("application/grpc".utf8)
    case "te": Array("trailers".utf8)
    default: nil
    }
  }
}
