import GRPCCall

/// What gRPC asks of the header blocks of a call (gRPC over HTTP/2), and what they say about it.
enum CallRules {
  private static let document = "gRPC PROTOCOL-HTTP2"

  static func request(
    _ block: HeaderBlock, _ item: inout Item, _ state: StreamState, _ methods: MethodTypes
  ) {
    if let path = block.value(":path") {
      let text = String(decoding: path, as: UTF8.self)
      state.path = text
      if let types = methods[text] { (state.request, state.response) = types }
    }
    guard let isGRPC = contentType(block) else { return }
    state.client.isGRPC = isGRPC
    guard isGRPC, block.failure == nil else { return }
    if let method = block.value(":method"), !method.span.equalsText("POST") {
      violate(&item, ":method is not POST", "Requests")
    }
    if !block.hasUnknown, block.value("te").map({ $0.span.equalsText("trailers") }) != true {
      violate(&item, "te: trailers is missing", "Requests")
    }
    if let path = state.path, path.utf8.count(where: { $0 == UInt8(ascii: "/") }) != 2 {
      violate(&item, ":path is not /service/method", "Requests")
    }
  }

  static func response(
    _ block: HeaderBlock, _ item: inout Item, _ state: StreamState, endsStream: Bool
  ) {
    if let isGRPC = contentType(block) { state.server.isGRPC = isGRPC }
    if let status = block.value("grpc-status") {
      state.server.hasStatus = true
      let number = Int(String(decoding: status, as: UTF8.self))
      state.status = StatusCode(wire: number ?? -1).name
    }
    if let status = block.value(":status"), status.first != UInt8(ascii: "1") {
      state.server.hasFinalHeaders = true
      if !status.span.equalsText("200"), state.server.isGRPC ?? false {
        violate(&item, ":status is not 200", "Responses")
      }
    }
    guard endsStream, !state.server.hasStatus, block.failure == nil, !block.hasUnknown else {
      return
    }
    if state.server.isGRPC ?? false {
      violate(&item, "grpc-status is missing in the trailers", "Responses")
    }
  }

  private static func contentType(_ block: HeaderBlock) -> Bool? {
    block.value("content-type").map { $0.span.hasPrefix("application/grpc") }
  }

  static func violate(_ item: inout Item, _ what: String, _ section: String) {
    item.violations.append(Violation(0, what, "\(document) \(section)"))
  }
}
