import WireCaptureModel

/// A span of time in which nothing went on, and why. Times are nanoseconds of the capture, or, where it
/// has none, numbers of frames.
struct Stall: Sendable, Equatable {
  enum Reason: Sendable, Equatable {
    /// The stream's flow-control window of a sender was used up.
    case streamWindow(CaptureDirection)
    /// The connection's was.
    case connectionWindow(CaptureDirection)
    /// The client began with the server's SETTINGS, not before.
    case settings
    /// The request was complete, and the response had not begun.
    case server

    var text: String {
      switch self {
      case .streamWindow(let sender): "the \(sender.name)'s window of the stream was 0"
      case .connectionWindow(let sender): "the \(sender.name)'s window of the connection was 0"
      case .settings: "waited for SETTINGS"
      case .server: "waited for the server"
      }
    }
  }

  var reason: Reason
  var start: UInt64
  var end: UInt64

  var count: UInt64 { end >= start ? end - start : 0 }
}

/// When what happened on a stream.
struct Timeline: Sendable {
  /// What one peer sent.
  struct Side: Sendable {
    var headers: UInt64?
    var firstData: UInt64?
    var lastData: UInt64?
    var trailers: UInt64?
    var end: UInt64?
    var dataCount = 0

    var first: UInt64? { [headers, firstData, trailers].compactMap(\.self).min() }
    var last: UInt64? { [headers, lastData, trailers, end].compactMap(\.self).max() }
  }

  var connection: Int
  var stream: UInt32
  var path: String?
  /// The name of the gRPC status; nil if there was none.
  var status: String?
  var start: UInt64
  var client = Side()
  var server = Side()
  var reset: UInt64?
  var stalls: [Stall] = []
  /// How many stalls were not kept.
  var stallsLost = 0
  private static let stallLimit = 64

  init(connection: Int, stream: UInt32, start: UInt64) {
    self.connection = connection
    self.stream = stream
    self.start = start
  }

  subscript(direction: CaptureDirection) -> Side {
    get { direction == .clientToServer ? client : server }
    _modify {
      if direction == .clientToServer { yield &client } else { yield &server }
    }
  }

  var end: UInt64 {
    max(start, [client.last, server.last, reset].compactMap(\.self).max() ?? start)
  }
  var latency: UInt64 { end - start }

  mutating func add(_ stall: Stall) {
    guard stall.count > 0 else { return }
    if stalls.count < Self.stallLimit { stalls.append(stall) } else { stallsLost += 1 }
  }

  /// The end status, as far as one was seen.
  var outcome: String {
    if let status { return status }
    if reset != nil { return "RST_STREAM" }
    return client.end != nil && server.end != nil ? "ended" : "open"
  }

  /// The stalls, and the wait for the server if there was one.
  var allStalls: [Stall] {
    guard let sent = client.end ?? client.lastData, let answered = server.first ?? reset,
      answered > sent
    else { return stalls }
    return stalls + [Stall(reason: .server, start: sent, end: answered)]
  }
}
