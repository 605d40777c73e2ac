import GRPCTransport
import Locking

/// Keeps the state of a client's streams by RFC 9113 §5.1, as the client has read and written frames, and
/// the rules that it broke.
final class FrameLedger: WireTap {
  fileprivate struct Stream {
    var clientHasEnded = false
    var serverHasEnded = false
    var isReset = false
    /// By the client.
    var isTakenBack = false

    var isClosed: Bool { isReset || clientHasEnded && serverHasEnded }
  }

  fileprivate struct Connection {
    var sent = FrameScanner(preface: 24)
    var received = FrameScanner(preface: 0)
    var streams: [Int32: Stream] = [:]
    var lastStream: Int32 = 0
    var limit = Int.max
    var goAway: Int32?
    var hasSaidGoodbye = false
    var mayBeLate = false

    var openCount: Int { streams.values.count { !$0.isClosed } }
  }

  private struct State {
    var connections: [UInt64: Connection] = [:]
    var violations: [String] = []
    var newest: UInt64?
    var mayBeLate = false
  }

  private let state = Locked(State())

  /// What the client did that it must not do.
  var violations: [String] { state.withLock { $0.violations } }

  /// The connection that sent last.
  var newest: UInt64? { state.withLock { $0.newest } }

  /// The network does not take what the client sends: some of it comes late.
  func networkIsBlocked() { state.withLock { $0.mayBeLate = true } }

  func openStreams(of connection: UInt64) -> Int {
    state.withLock { $0.connections[connection]?.openCount ?? 0 }
  }

  func observed(_ bytes: RawSpan, _ direction: WireDirection, connection: UInt64) {
    let bytes = unsafe bytes.withUnsafeBytes { unsafe Array($0) }
    state.withLock { state in
      var entry = state.connections[connection] ?? Connection()
      entry.mayBeLate = state.mayBeLate
      switch direction {
      case .sent:
        state.newest = connection
        for frame in entry.sent.scan(bytes) {
          guard let violation = entry.send(frame) else { continue }
          state.violations.append("\(violation): \(frame)")

        }
      case .received: for frame in entry.received.scan(bytes) { entry.receive(frame) }
      }
      state.connections[connection] = entry
    }
  }
}

extension FrameLedger.Connection {
  /// - Returns: the rule that the frame breaks.
  fileprivate mutating func send(_ frame: ScriptedFrame) -> String? {
    if frame.kind == ScriptedFrame.Kind.goAway { hasSaidGoodbye = true }
    guard frame.stream != 0 else { return nil }
    guard let stream = streams[frame.stream] else { return open(frame) }
    if stream.isClosed {
      // One that waited for the network while the stream came to its end (RFC 9113 §5.1).
      guard mayBeLate, frame.kind == ScriptedFrame.Kind.resetStream, !stream.isTakenBack else {
        return "a frame on a stream that is closed"
      }
    }
    switch frame.kind {
    case ScriptedFrame.Kind.headers: return "headers in the middle of a request"
    case ScriptedFrame.Kind.data:
      if stream.clientHasEnded { return "data behind END_STREAM" }
      if frame.endsStream { streams[frame.stream]?.clientHasEnded = true }
    case ScriptedFrame.Kind.resetStream:
      streams[frame.stream]?.isReset = true
      streams[frame.stream]?.isTakenBack = true
    default: break
    }
    return nil
  }

  private mutating func open(_ frame: ScriptedFrame) -> String? {
    guard frame.kind == ScriptedFrame.Kind.headers else {
      return "a frame on a stream that is idle"
    }
    defer {
      lastStream = frame.stream
      streams[frame.stream] = FrameLedger.Stream(clientHasEnded: frame.endsStream)
    }
    if frame.stream % 2 == 0 { return "a client's stream that is even" }
    if frame.stream <= lastStream { return "a stream below another" }
    if openCount >= limit { return "more streams than the server allows, which is \(limit)" }
    if goAway != nil { return "a new stream after the server's GOAWAY" }
    if hasSaidGoodbye { return "a new stream after GOAWAY" }
    return nil
  }

  fileprivate mutating func receive(_ frame: ScriptedFrame) {
    switch frame.kind {
    case ScriptedFrame.Kind.headers, ScriptedFrame.Kind.data:
      if frame.endsStream { streams[frame.stream]?.serverHasEnded = true }
    case ScriptedFrame.Kind.resetStream: streams[frame.stream]?.isReset = true
    case ScriptedFrame.Kind.settings:
      for offset in stride(from: 0, to: frame.payload.count, by: 6)
      where frame.payload[offset + 1] == 3 {
        limit = Int(frame.number(at: offset + 2))
      }
    case ScriptedFrame.Kind.goAway:
      let last = Int32(frame.number(at: 0) & 0x7fff_ffff)
      goAway = last
      for id in streams.keys where id > last { streams[id]?.isReset = true }
    default: break
    }
  }
}
