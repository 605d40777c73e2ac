import GRPCCall
import HTTP2Session

/// The server's end of one connection: knows what the client asked for, and sends what it is told to.
final class OrderPeer {
  struct Stream {
    let call: Int
    /// The server said that it did not look at the request.
    var isRefused = false
    /// The server has said its last word, or the client has taken its own back.
    var isOver = false
    var hasHeaders = false
    var messages = 0
  }

  let connection: MemoryConnection
  /// By stream.
  private(set) var streams: [Int32: Stream] = [:]
  private(set) var goAway: Int32?
  private(set) var hasSentSettings = false
  private var owesAcknowledgement = false
  /// The client has had time to notice that it is connected; that the server's settings have come.
  var isSettled = false
  var isProved = false
  /// The server's own rules, which are its client's: what breaks them.
  private(set) var violations: [String] = []
  /// How the tap names the connection, once something has been sent on it.
  var tapName: UInt64?
  private let session: HTTP2Session
  private var scanner = FrameScanner(preface: 0)
  private var preface = 24
  private var paths: [Int32: String] = [:]
  /// Told of the call of each request that is looked at.
  var requested: ((Int) -> Void)?

  init(_ connection: MemoryConnection) throws {
    self.connection = connection
    session = try HTTP2Session(role: .server)
  }

  // MARK: What the client sends

  func received(_ bytes: [UInt8]) {
    let head = min(preface, bytes.count)
    preface -= head
    feed(Array(bytes[..<head]))
    for frame in scanner.scan(Array(bytes[head...])) {
      // The session does not know of the settings that the script sends.
      if frame.kind == ScriptedFrame.Kind.settings {
        guard !frame.endsStream else { continue }
        if hasSentSettings { send(.settingsAcknowledgement) } else { owesAcknowledgement = true }
      }
      if frame.kind == ScriptedFrame.Kind.resetStream { streams[frame.stream]?.isOver = true }
      feed(frame.bytes)
    }
  }

  private func feed(_ bytes: [UInt8]) {
    var batch = HTTP2EventBatch()
    var output: [UInt8] = []
    do {
      try unsafe bytes.withUnsafeBytes { try unsafe session.receive($0, into: &batch) }
      // What it would answer is for the script to say.
      try session.drainOutput(into: &output, events: &batch)
    } catch {
      violations.append("\(error)")
    }
    for event in batch.events { handle(event, batch) }
  }

  private func handle(_ event: HTTP2Event, _ batch: HTTP2EventBatch) {
    switch event {
    case .headerField(let stream, let name, let value) where batch.text(name) == ":path":
      paths[stream.id] = batch.text(value)
    case .headersEnded(let stream, _):
      guard let call = paths[stream.id].flatMap(Self.call) else { return }
      // What is above GOAWAY's last stream is not looked at, whenever it comes.
      let isBeyond = goAway.map { stream.id > $0 } ?? false
      if !isBeyond { requested?(call) }
      streams[stream.id] = Stream(call: call, isRefused: isBeyond, isOver: isBeyond)
    case .violation(let code, let reason): violations.append("\(code) \(batch.text(reason))")
    default: break
    }
  }

  /// Calls are told apart by their methods.
  static func method(of call: Int, kind: CallKind) -> EchoMethods.Method {
    EchoMethods.Method(service: "order", method: "\(call)", kind: kind)
  }

  static func call(of path: String) -> Int? {
    path.split(separator: "/").last.flatMap { Int($0) }
  }

  // MARK: What the server sends

  /// The stream on which a call can be answered.
  func liveStream(of call: Int) -> Int32? {
    guard connection.isOpen else { return nil }
    return streams.first { $0.value.call == call && !$0.value.isOver }?.key
  }

  func sendSettings(streams: UInt32?, window: UInt32?) {
    hasSentSettings = true
    send(.settings(maxConcurrentStreams: streams, initialWindowSize: window))
    if owesAcknowledgement { send(.settingsAcknowledgement) }
    owesAcknowledgement = false
  }

  func sendHeaders(on stream: Int32) {
    streams[stream]?.hasHeaders = true
    send(.responseHeaders(stream))
  }

  func sendMessage(on stream: Int32, endsStream: Bool = false) {
    streams[stream]?.messages += 1
    send(.message(stream, endsStream: endsStream))
    if endsStream { streams[stream]?.isOver = true }
  }

  func sendLast(_ frame: ScriptedFrame, isRefusal: Bool = false) {
    streams[frame.stream]?.isOver = true
    streams[frame.stream]?.isRefused = isRefusal
    send(frame)
  }

  /// - Returns: the calls whose streams this leaves out, for certain unprocessed.
  func sendGoAway(last: Int32, _ code: UInt32) -> [Int] {
    goAway = last
    send(.goAway(last, code))
    let beyond = streams.filter { $0.key > last && !$0.value.isOver }
    for stream in beyond.keys {
      streams[stream]?.isOver = true
      streams[stream]?.isRefused = true
    }
    return beyond.values.map(\.call).sorted()
  }

  /// The greatest number that a GOAWAY may name, and the least: what has been answered was processed.
  func lastStream(_ place: OrderEvent.Place) -> Int32 {
    let newest = streams.keys.max() ?? 0
    let answered =
      streams.filter { $0.value.hasHeaders || $0.value.isOver && !$0.value.isRefused }.keys.max()
      ?? 0
    let wanted: Int32 =
      switch place {
      case .all: .max
      case .newest: newest
      case .belowNewest: max(0, newest - 2)
      case .none: 0
      }
    return min(goAway ?? .max, max(wanted, answered))
  }

  /// DATA on stream 0, which is a connection error (RFC 9113 §6.1).
  func sendViolation() { send(ScriptedFrame(kind: ScriptedFrame.Kind.data, payload: [0])) }

  func send(_ frame: ScriptedFrame) {
    guard connection.isOpen else { return }
    // A connection begins with them (RFC 9113 §3.4).
    if !hasSentSettings { sendSettings(streams: nil, window: nil) }
    connection.deliver(frame.bytes)
  }
}
