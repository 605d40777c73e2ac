import WireCaptureModel

/// One connection of a capture: both its directions, and which of its ends is the client.
struct TCPConnection {
  let number: Int
  /// The number of the packet that used it last.
  var lastUse = 0
  private(set) var isClosed = false
  private var fromFirst = StreamAssembly()
  private var fromSecond = StreamAssembly()
  private var isFirstClient: Bool?
  private var hasToldOfLateBytes = false

  init(number: Int) { self.number = number }

  /// How many bytes wait for missing ones.
  var waitingBytes: Int { fromFirst.waitingBytes + fromSecond.waitingBytes }

  /// Gives up all that is missing, and hands on what waits for it.
  mutating func giveUp<Sink: CaptureSink>(to sink: inout Sink) {
    fromFirst.end()
    fromSecond.end()
    for isFirst in [true, false] { hand(isFromFirst: isFirst, to: &sink) }
  }

  /// Whether a segment opens a new connection between the same two ends.
  func isReused(by segment: TCPSegment) -> Bool {
    guard segment.flags.contains(.syn), !segment.flags.contains(.ack) else { return false }
    let stream = segment.isFromFirst ? fromFirst : fromSecond
    return stream.isOther(start: segment.sequence) || isClosed && !stream.hasStarted
  }

  /// Takes a segment, and hands on what it completes.
  mutating func receive<Sink: CaptureSink>(
    _ segment: TCPSegment, _ bytes: [UInt8], base: UInt64, to sink: inout Sink
  ) {
    if isClosed { return late(segment, base: base, to: &sink) }
    findClient(segment, bytes)
    if let acknowledged = segment.acknowledged {
      change(segment, ofPeer: true) { $0.acknowledge(acknowledged) }
      hand(isFromFirst: !segment.isFromFirst, to: &sink)
    }
    change(segment) { $0.receive(segment, bytes, base: base) }
    hand(isFromFirst: segment.isFromFirst, to: &sink)
    if segment.flags.contains(.rst) || fromFirst.isFinished && fromSecond.isFinished {
      end(to: &sink)
    }
  }

  /// Nothing follows.
  mutating func end<Sink: CaptureSink>(to sink: inout Sink) {
    guard !isClosed else { return }
    isClosed = true
    for isFirst in [true, false] {
      if isFirst { fromFirst.end() } else { fromSecond.end() }
      hand(isFromFirst: isFirst, to: &sink)
      let missing = isFirst ? fromFirst.missingAtEnd : fromSecond.missingAtEnd
      if missing > 0 {
        sink.note(
          "connection \(number): the last \(missing) bytes of the "
            + "\(isFirst == isFirstClient ? "client" : "server") were not captured", offset: 0)
      }
    }
    sink.endOfConnection(number)
  }

  private mutating func change(
    _ segment: TCPSegment, ofPeer: Bool = false, _ body: (inout StreamAssembly) -> Void
  ) {
    if segment.isFromFirst != ofPeer { body(&fromFirst) } else { body(&fromSecond) }
  }

  private mutating func late<Sink: CaptureSink>(
    _ segment: TCPSegment, base: UInt64, to sink: inout Sink
  ) {
    guard !segment.payload.isEmpty, !hasToldOfLateBytes else { return }
    var place = 0
    var position = 0
    change(segment) {
      place = $0.place(of: segment.sequence)
      position = $0.nextPosition
    }
    guard place >= position else { return }
    hasToldOfLateBytes = true
    sink.note(
      "connection \(number): bytes that follow its end are left out",
      offset: base + UInt64(segment.payload.lowerBound))
  }

  /// Who opened the connection is known from its SYN; if that was not captured, from what only a
  /// client sends first; else the end with the higher port is taken for it.
  private mutating func findClient(_ segment: TCPSegment, _ bytes: [UInt8]) {
    guard isFirstClient == nil else { return }
    if segment.flags.contains(.syn) {
      isFirstClient = segment.isFromFirst != segment.flags.contains(.ack)
    } else if !segment.payload.isEmpty {
      isFirstClient = ClientStart.matches(bytes[segment.payload]) && segment.isFromFirst
    }
  }

  private mutating func hand<Sink: CaptureSink>(isFromFirst: Bool, to sink: inout Sink) {
    let taken = isFromFirst ? fromFirst.take() : fromSecond.take()
    let isClient = isFromFirst == (isFirstClient ?? false)
    for (run, gap) in taken {
      sink.receive(
        CapturedBytes(
          connection: number, direction: isClient ? .clientToServer : .serverToClient,
          time: run.time, offset: run.offset, bytes: run.bytes, gapBefore: gap))
    }
    let complaint = isFromFirst ? fromFirst.takeComplaint() : fromSecond.takeComplaint()
    if let complaint {
      sink.note("connection \(number): \(complaint.text)", offset: complaint.offset)
    }
  }
}

extension StreamAssembly {
  /// Takes the parts of a segment that concern its sender's bytes.
  fileprivate mutating func receive(_ segment: TCPSegment, _ bytes: [UInt8], base: UInt64) {
    var first = segment.sequence
    if segment.flags.contains(.syn) {
      start(after: segment.sequence)
      first &+= 1
    }
    let isEnd = segment.flags.contains(.fin)
    guard !segment.payload.isEmpty || segment.cut > 0 || isEnd else { return }
    let run = Run(
      position: place(of: first), bytes: Array(bytes[segment.payload]), cut: segment.cut,
      offset: base + UInt64(segment.payload.lowerBound), time: segment.time)
    if isEnd { finish(at: run.end) }
    receive(run)
  }
}

/// What only a client sends first.
enum ClientStart {
  private static let preface = Array("PRI * HTTP/2.0\r\n".utf8)

  /// Whether bytes begin with HTTP/2's preface (RFC 9113, section 3.4) or a TLS ClientHello.
  static func matches(_ bytes: ArraySlice<UInt8>) -> Bool {
    if bytes.starts(with: preface) { return true }
    let start = Array(bytes.prefix(6))
    return start.count == 6 && start[0] == 22 && start[1] == 3 && start[5] == 1
  }
}
