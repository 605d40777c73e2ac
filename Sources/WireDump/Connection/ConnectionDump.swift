import WireCaptureModel

/// Explains the two directions of a connection, frame after frame.
struct ConnectionDump {
  let number: Int
  let context: DumpContext
  /// What all connections of the dump keep.
  let kept: KeptBytes
  let client: DirectionState
  let server: DirectionState
  var streams: [UInt32: StreamState] = [:]
  static let streamLimit = 4096

  init(number: Int, context: DumpContext, kept: KeptBytes) {
    self.number = number
    self.context = context
    self.kept = kept
    client = DirectionState(context)
    server = DirectionState(context)
  }

  subscript(direction: CaptureDirection) -> DirectionState {
    direction == .clientToServer ? client : server
  }

  mutating func receive(_ captured: CapturedBytes, _ output: inout some DumpOutput) {
    if let gap = captured.gapBefore, gap > 0 { lose(captured, &output) }
    let start = self[captured.direction].append(captured)
    parse(captured.direction, isEnd: false, &output)
    if start < captured.bytes.count {
      self[captured.direction].begin(with: captured)
      parse(captured.direction, from: start, isEnd: false, &output)
    }
    let change = self[captured.direction].countKept()
    kept.change(by: change)
    if change > 0, kept.room < 0 { giveUp(captured, &output) }
  }

  /// More waits than may: what has begun in this direction is given up.
  private mutating func giveUp(_ captured: CapturedBytes, _ output: inout some DumpOutput) {
    let direction = captured.direction
    output.note(
      "a frame of the \(direction.name) is not explained: more than "
        + "\(KeptBytes.most >> 20) MiB would wait to be complete", offset: captured.offset)
    parse(direction, isEnd: true, &output)
    flush(direction, &output)
    self[direction].phase = .searching
    self[direction].headers.forget()
    kept.change(by: self[direction].countKept())
  }

  /// Nothing more comes.
  mutating func end(_ output: inout some DumpOutput) {
    for direction in [CaptureDirection.clientToServer, .serverToClient] {
      parse(direction, isEnd: true, &output)
      flush(direction, &output)
    }
    for stream in streams.keys.sorted() { close(stream, &output) }
    kept.change(by: client.countKept() + server.countKept())
    kept.changeBlocks(by: -client.knownBlocks.size - server.knownBlocks.size)
  }

  /// Explains what both directions have begun and not ended.
  private mutating func flush(
    _ direction: CaptureDirection, _ output: inout some DumpOutput
  ) {
    if let open = self[direction].openBlock {
      self[direction].openBlock = nil
      let block = decode(open, direction)
      output.write(block.unit, block.bytes.span)
    }
    for stream in streams.keys.sorted() {
      guard let message = takeUnfinished(stream, direction) else { continue }
      output.write(message.unit, message.bytes.span)
    }
  }

  /// Bytes are missing: what was begun stays incomplete, and the next frame has to be found.
  private mutating func lose(_ captured: CapturedBytes, _ output: inout some DumpOutput) {
    let direction = captured.direction
    output.note("\(captured.gapBefore ?? 0) bytes are missing", offset: captured.offset)
    parse(direction, isEnd: true, &output)
    flush(direction, &output)
    self[direction].phase = .searching
    self[direction].headers.forget()
    // Data may go on in the middle of a message: what looks like a prefix tells where one begins.
    for state in streams.values { state[direction].isGRPC = nil }
  }

  private mutating func parse(
    _ direction: CaptureDirection, from start: Int = 0, isEnd: Bool,
    _ output: inout some DumpOutput
  ) {
    // Taken out, so that spans of it live while the state changes.
    let buffer = self[direction].takeBuffer()
    var position = start
    while position < buffer.count {
      let next = step(direction, buffer.span, position, isEnd: isEnd, &output)
      guard next > position else { break }
      position = next
    }
    self[direction].putBack(buffer, from: position)
  }

  /// Does the next thing at a position.
  ///
  /// - Returns: where to go on; the same position if more bytes are needed.
  private mutating func step(
    _ direction: CaptureDirection, _ bytes: Span<UInt8>, _ position: Int, isEnd: Bool,
    _ output: inout some DumpOutput
  ) -> Int {
    switch self[direction].phase {
    case .start: return begin(direction, bytes, position, isEnd: isEnd, &output)
    case .searching: return search(direction, bytes, position, isEnd: isEnd, &output)
    case .frames:
      guard bytes.count - position >= FrameHeader.size else {
        return isEnd ? cut(direction, bytes, position, "frame header", &output) : position
      }
      let header = FrameHeader(bytes, at: position)
      let end = position + FrameHeader.size + header.length
      guard end <= bytes.count else {
        guard isEnd else { return position }
        frame(direction, header, bytes, position..<bytes.count, &output)
        return bytes.count
      }
      frame(direction, header, bytes, position..<end, &output)
      return end
    }
  }

  private mutating func begin(
    _ direction: CaptureDirection, _ bytes: Span<UInt8>, _ position: Int, isEnd: Bool,
    _ output: inout some DumpOutput
  ) -> Int {
    let preface = FrameScanner.preface
    if direction == .clientToServer {
      let count = min(preface.count, bytes.count - position)
      if bytes.bytes(position..<(position + count)).elementsEqual(preface.prefix(count)) {
        guard count == preface.count else {
          return isEnd ? cut(direction, bytes, position, "connection preface", &output) : position
        }
        self[direction].phase = .frames
        let item = Item(.http2, "PREFACE", 0..<count, "connection preface")
        emit(direction, item, stream: 0, bytes, position..<(position + count), &output)
        return position + count
      }
    } else {
      guard bytes.count - position >= FrameHeader.size || isEnd else { return position }
      if bytes.count - position >= FrameHeader.size,
        case let header = FrameHeader(bytes, at: position), header.type == .settings,
        header.isPlausible
      {
        self[direction].phase = .frames
        return step(direction, bytes, position, isEnd: isEnd, &output)
      }
    }
    self[direction].phase = .searching
    self[direction].headers.forget()
    output.note(
      "the \(direction.name)'s bytes begin in the middle of the connection: "
        + "header fields that came before are unknown",
      offset: self[direction].map.offset(position))
    return step(direction, bytes, position, isEnd: isEnd, &output)
  }

  private mutating func search(
    _ direction: CaptureDirection, _ bytes: Span<UInt8>, _ position: Int, isEnd: Bool,
    _ output: inout some DumpOutput
  ) -> Int {
    let found = FrameScanner.resynchronise(bytes, from: position)
    let isEnough = found != nil || isEnd || bytes.count - position > DirectionState.searchLimit
    guard isEnough else { return position }
    if found != nil { self[direction].phase = .frames }
    let end = found ?? bytes.count
    guard end > position else {
      return step(direction, bytes, position, isEnd: isEnd, &output)
    }
    let item = context.messages.hidden(
      0..<(end - position), "\(end - position) bytes before the first frame that can be recognised")
    emit(direction, item, stream: 0, bytes, position..<end, &output)
    return end
  }

  /// The bytes that are left at the end, too few for what begins there.
  private mutating func cut(
    _ direction: CaptureDirection, _ bytes: Span<UInt8>, _ position: Int, _ what: String,
    _ output: inout some DumpOutput
  ) -> Int {
    let count = bytes.count - position
    self[direction].frame += 1
    var item = Item(.http2, "cut", 0..<count, "the bytes end in a \(what)")
    item.violations = [
      Violation(0, "\(what): the bytes end after \(count)", "RFC 9113 §4.1", .frameSizeError)
    ]
    if !context.redactor.reveals { item.secret = 0..<count }
    emit(direction, item, stream: 0, bytes, position..<bytes.count, &output)
    return bytes.count
  }

  /// Hands an item on, whose ranges count from the start of a range.
  mutating func emit(
    _ direction: CaptureDirection, _ item: consuming Item, stream: UInt32, _ bytes: Span<UInt8>,
    _ range: Range<Int>, _ output: inout some DumpOutput
  ) {
    output.write(
      Unit(
        connection: number, direction: direction, time: self[direction].time,
        frame: self[direction].frame, stream: stream, map: self[direction].map.extracting(range),
        item: item),
      bytes.extracting(range))
  }
}

extension CaptureDirection {
  /// Who sent it.
  package var name: String { self == .clientToServer ? "client" : "server" }
  /// As a client's log has it.
  package var verb: String { self == .clientToServer ? "send" : "recv" }
}
