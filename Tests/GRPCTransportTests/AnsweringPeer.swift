import Glibc
import Locking

/// A server that does what a case says on its first connection, and serves well on every other one and
/// once the script is over.
final class AnsweringPeer: Sendable {
  private struct Counts {
    var connections = 0
    var open = 0
    var requests = 0
    var ended: Signal?
  }

  private let counts = Locked(Counts())
  private let peer: ScriptedPeer
  /// Raised once the first connection has come to the end of its script.
  let followed = Signal()

  init(_ steps: [AnswerStep]) throws {
    let (counts, followed) = (counts, followed)
    peer = try ScriptedPeer { connection in
      let number = counts.withLock { counts in
        counts.connections += 1
        counts.open += 1
        return counts.connections
      }
      defer {
        let ended = counts.withLock { counts -> Signal? in
          counts.open -= 1
          return counts.open == 0 ? counts.ended : nil
        }
        ended?.raise()
      }
      var reader = RawReader(
        descriptor: connection.descriptor,
        requestBegan: { counts.withLock { $0.requests += 1 } },
        scriptEnded: { followed.raise() })
      reader.follow(number == 1 ? steps : [.settings])
    }
  }

  var port: Int { peer.port }
  var connections: Int { counts.withLock { $0.connections } }
  /// How many requests have begun, on all connections.
  var requests: Int { counts.withLock { $0.requests } }

  /// Waits until the client has closed what it had opened.
  func waitUntilLeft() async {
    let signal = Signal()
    let isLeft = counts.withLock { counts in
      counts.ended = signal
      return counts.open == 0
    }
    if !isLeft { await signal.wait() }
  }
}

/// The server's side of one connection in raw frames.
private struct RawReader {
  let descriptor: Int32
  let requestBegan: () -> Void
  let scriptEnded: () -> Void
  private var input: [UInt8] = []
  private var toSkip = 24
  /// SETTINGS and PING that are not answered yet.
  private var owed: [UInt8] = []

  init(
    descriptor: Int32, requestBegan: @escaping () -> Void, scriptEnded: @escaping () -> Void
  ) {
    self.descriptor = descriptor
    self.requestBegan = requestBegan
    self.scriptEnded = scriptEnded
  }

  /// Does the steps, then answers every request.
  mutating func follow(_ steps: [AnswerStep]) {
    var stream: UInt32 = 1
    var output: [UInt8] = []
    for step in steps {
      if case .send(let bytes) = step {
        output += bytes(stream)
        continue
      }
      // What stands together is sent together, so that no end overtakes it.
      guard sendAll(output, on: descriptor) else { return discard() }
      output = []
      switch step {
      case .request:
        guard let next = nextRequest() else { return }
        stream = next
      case .refusal:
        while let frame = nextFrame(), frame.type != RawFrame.Kind.resetStream.rawValue {}
      case .silence: return fallSilent()
      case .close: return end()
      case .reset: return abort()
      case .send: break
      }
    }
    guard sendAll(output, on: descriptor) else { return discard() }
    scriptEnded()
    serve()
  }

  private mutating func serve() {
    while sendAll(owed, on: descriptor) {
      owed = []
      guard let stream = nextRequest(answering: true) else { return }
      guard sendAll(AnswerStep.answer(on: stream), on: descriptor) else { break }
    }
    discard()
  }

  /// The stream of the next request that has come whole; nil at the connection's end.
  private mutating func nextRequest(answering: Bool = false) -> UInt32? {
    while let frame = nextFrame() {
      let isEnd = frame.flags & 1 != 0
      switch frame.type {
      case 0 where isEnd: return frame.stream
      case 1:
        requestBegan()
        if isEnd { return frame.stream }
      case 4 where !isEnd: owed += RawFrame(.settings, flags: 1, stream: 0).bytes(on: 0)
      case 6 where !isEnd:
        owed += RawFrame(.ping, flags: 1, stream: 0, payload: frame.payload).bytes(on: 0)
      default: break
      }
      guard answering else { continue }
      guard sendAll(owed, on: descriptor) else { return nil }
      owed = []
    }
    return nil
  }

  private mutating func nextFrame() -> RawFrame? {
    while true {
      let skipped = min(toSkip, input.count)
      input.removeFirst(skipped)
      toSkip -= skipped
      if let frame = RawFrame(takingFrom: &input) { return frame }
      guard receive() else { return nil }
    }
  }

  private mutating func receive() -> Bool {
    var buffer = [UInt8](repeating: 0, count: 16_384)
    let count = unsafe recv(descriptor, &buffer, buffer.count, 0)
    guard count > 0 else { return false }
    input += buffer[..<count]
    return true
  }

  private mutating func fallSilent() {
    scriptEnded()
    discard()
  }

  /// Until the client goes.
  private mutating func discard() {
    while receive() { input = [] }
  }

  /// Ends this side. What has come is read first: closed with unread bytes, TCP would send a reset.
  private mutating func end() {
    shutdown(descriptor, Int32(SHUT_WR))
    discard()
  }

  private func abort() {
    var linger = linger(l_onoff: 1, l_linger: 0)
    unsafe setsockopt(
      descriptor, SOL_SOCKET, SO_LINGER, &linger, socklen_t(MemoryLayout<Glibc.linger>.size))
  }
}

extension RawFrame {
  /// Takes a whole frame from the front of what has come.
  fileprivate init?(takingFrom input: inout [UInt8]) {
    guard input.count >= 9 else { return nil }
    let number = input[..<9].map { UInt32($0) }
    let length = Int(number[0] << 16 | number[1] << 8 | number[2])
    guard input.count >= 9 + length else { return nil }
    type = input[3]
    flags = input[4]
    stream = number[5] << 24 | number[6] << 16 | number[7] << 8 | number[8]
    payload = Array(input[9..<(9 + length)])
    input.removeFirst(9 + length)
  }
}
