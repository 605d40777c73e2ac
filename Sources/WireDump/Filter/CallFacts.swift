import GRPCCall

/// What is known of a call while its frames come.
struct CallFacts: Sendable {
  private(set) var path: String?
  private(set) var authority: String?
  private(set) var headers: [String: [String]] = [:]
  private(set) var status: StatusCode?
  private(set) var latency: UInt64?
  private(set) var size = 0
  /// Whether all of it is known.
  private(set) var isOver = false
  /// How much is remembered of header fields.
  private static let headerLimit = 256

  /// Takes what a unit says in header fields; whether it said anything.
  mutating func take(_ unit: Unit) -> Bool {
    guard unit.item.children.contains(where: { $0.layer == .hpack }) else { return false }
    for item in unit.item.children where item.layer == .hpack && item.kind == "field" {
      guard let name = item.text("name"), let value = item.text("value"),
        headers.count < Self.headerLimit
      else { continue }
      if headers[name, default: []].count < Self.headerLimit {
        headers[name, default: []].append(value)
      }
      if name == ":path", path == nil { path = value }
      if name == ":authority", authority == nil { authority = value }
    }
    return true
  }

  /// The call is over, or nothing more is known of it.
  mutating func take(_ call: CallRecord) {
    path = path ?? call.path
    status = call.status.flatMap { StatusCode(name: $0) }
    if let start = call.start, let end = call.end { latency = end >= start ? end - start : 0 }
    size = call.requestBytes + call.responseBytes
    isOver = true
  }
}

/// What a frame says of itself.
struct FrameFacts: Sendable {
  var connection: Int
  var stream: UInt32
  /// Nil for a call as a whole.
  var direction: String?
  var type: String?
  var time: UInt64?

  init(_ unit: Unit) {
    connection = unit.connection
    stream = unit.stream
    direction = unit.direction.verb
    time = unit.time
    // What several frames carry together counts as the frame that ended it.
    switch unit.item.layer {
    case .http2: type = unit.item.kind
    case .hpack: type = "HEADERS"
    case .grpc, .protobuf, .raw: type = "DATA"
    }
  }

  init(_ call: CallRecord) {
    connection = call.connection
    stream = call.stream
  }
}
