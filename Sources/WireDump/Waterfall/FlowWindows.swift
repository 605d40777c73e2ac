import WireCaptureModel

/// How much the senders of a connection may send (RFC 9113 §5.2), as far as a capture that has the
/// beginning of the connection tells.
struct FlowWindows: Sendable {
  /// A window, and since when it has been used up.
  struct Window: Sendable {
    var size: Int
    var emptySince: UInt64?
    /// When it was used up last, and until when.
    var lastEmpty: (start: UInt64, end: UInt64)?

    mutating func change(by count: Int, at time: UInt64) {
      let sum = size.addingReportingOverflow(count)
      size = sum.overflow ? (count > 0 ? Int.max : Int.min) : sum.partialValue
      if size <= 0 {
        emptySince = emptySince ?? time
      } else if let since = emptySince {
        lastEmpty = (since, time)
        emptySince = nil
      }
    }
  }

  /// What one peer may send.
  private struct Sender: Sendable {
    var connection = Window(size: 65_535)
    var initial = 65_535
    var streams: [UInt32: Window] = [:]
  }

  private var client = Sender()
  private var server = Sender()
  private static let streamLimit = 8192

  private subscript(direction: CaptureDirection) -> Sender {
    get { direction == .clientToServer ? client : server }
    _modify {
      if direction == .clientToServer { yield &client } else { yield &server }
    }
  }

  /// DATA was sent, padding included.
  ///
  /// - Returns: what the sender had to wait for since `last`, when it sent on the stream before.
  mutating func sent(
    _ direction: CaptureDirection, _ count: Int, stream: UInt32, since last: UInt64?,
    at time: UInt64
  ) -> [Stall] {
    let fresh = Window(size: self[direction].initial)
    var window = self[direction].streams[stream] ?? fresh
    var stalls: [Stall] = []
    if let last {
      let waits: [(Stall.Reason, (start: UInt64, end: UInt64)?)] = [
        (.streamWindow(direction), window.lastEmpty),
        (.connectionWindow(direction), self[direction].connection.lastEmpty),
      ]
      for (reason, wait) in waits {
        guard let wait, wait.end > last, wait.end <= time else { continue }
        stalls.append(Stall(reason: reason, start: max(wait.start, last), end: wait.end))
      }
    }
    window.lastEmpty = nil
    window.change(by: -count, at: time)
    if self[direction].streams.count < Self.streamLimit {
      self[direction].streams[stream] = window
    }
    self[direction].connection.change(by: -count, at: time)
    return stalls
  }

  /// A peer lets the other one send more.
  mutating func update(
    by direction: CaptureDirection, _ count: Int, stream: UInt32, at time: UInt64
  ) {
    let sender = direction.reversed
    guard stream > 0 else { return self[sender].connection.change(by: count, at: time) }
    // Before its first DATA, a stream's window may grow, too.
    guard self[sender].streams.count < Self.streamLimit || self[sender].streams[stream] != nil
    else { return }
    let fresh = Window(size: self[sender].initial)
    self[sender].streams[stream, default: fresh].change(by: count, at: time)
  }

  /// INITIAL_WINDOW_SIZE changes the windows of all streams (RFC 9113 §6.9.2).
  mutating func setInitial(by direction: CaptureDirection, _ size: Int, at time: UInt64) {
    let sender = direction.reversed
    let change = size - self[sender].initial
    self[sender].initial = size
    for stream in self[sender].streams.keys {
      self[sender].streams[stream]?.change(by: change, at: time)
    }
  }

  /// The stream is over.
  ///
  /// - Returns: what its senders that had not ended were still waiting for.
  mutating func close(_ stream: UInt32, open: [CaptureDirection], at time: UInt64) -> [Stall] {
    var stalls: [Stall] = []
    for direction in open {
      guard let window = self[direction].streams[stream] else { continue }
      if let since = window.emptySince {
        stalls.append(Stall(reason: .streamWindow(direction), start: since, end: time))
      } else if let since = self[direction].connection.emptySince {
        stalls.append(Stall(reason: .connectionWindow(direction), start: since, end: time))
      }
    }
    client.streams[stream] = nil
    server.streams[stream] = nil
    return stalls
  }
}

extension CaptureDirection {
  var reversed: CaptureDirection {
    self == .clientToServer ? .serverToClient : .clientToServer
  }
}
