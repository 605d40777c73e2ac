import WireCaptureModel

extension ConnectionDump {
  /// DATA: messages and parts of them.
  mutating func data(
    _ item: inout Item, _ direction: CaptureDirection, _ header: FrameHeader,
    _ bytes: Span<UInt8>, _ map: OffsetMap
  ) -> [Assembled] {
    let (range, padding) = PaddedPayload.strip(
      &item, header, bytes, reveals: context.redactor.reveals)
    defer { if let padding { item.children.append(padding) } }
    let state = state(of: header.stream)
    state.touch(direction, self[direction].time)
    state.countData(direction, range.count, self[direction].time)
    guard !context.framesOnly, !range.isEmpty else { return [] }
    guard isGRPC(state[direction], bytes, range) else {
      item.children.append(context.messages.hidden(range, "\(range.count) bytes that are no gRPC"))
      return []
    }
    return messages(&item, state, direction, header, bytes, range, map)
  }

  /// What is known of a stream; from now on, if nothing was.
  mutating func state(of stream: UInt32) -> StreamState {
    if let known = streams[stream] { return known }
    let state = StreamState()
    streams[stream] = state
    kept.change(by: KeptBytes.ofStream)
    return state
  }

  /// Whether the data is gRPC's. Without headers, the five bytes before a message have to look so.
  private func isGRPC(
    _ side: StreamState.Side, _ bytes: Span<UInt8>, _ range: Range<Int>
  ) -> Bool {
    if let known = side.isGRPC { return known }
    guard !side.assembler.isInMessage else { return true }
    guard range.count >= MessageAssembler.prefix else { return false }
    let length = bytes.number(at: range.lowerBound + 1, 4)
    let looksSo = bytes[range.lowerBound] <= 1 && length <= MessageAssembler.sizeLimit
    if looksSo { side.isGRPC = true }
    return looksSo
  }

  private mutating func messages(
    _ item: inout Item, _ state: StreamState, _ direction: CaptureDirection,
    _ header: FrameHeader, _ bytes: Span<UInt8>, _ range: Range<Int>, _ map: OffsetMap
  ) -> [Assembled] {
    var assembled: [Assembled] = []
    var position = range.lowerBound
    let type = state.type(direction)
    while position < range.upperBound {
      let before = state[direction].assembler.reserved
      let step = state[direction].assembler.next(
        bytes, position..<range.upperBound, map, room: kept.room)
      kept.change(by: state[direction].assembler.reserved - before)
      let number = state[direction].assembler.count
      switch step.piece {
      case .whole(let message):
        item.children.append(
          context.messages.item(
            bytes, message, number: number, type: type,
            mayGuess: state.path == nil, isWhole: true))
        position = message.upperBound
      case .part(let part, let from, let total, let isKept):
        item.children.append(piece(part, number, from: from, total: total, isKept: isKept))
        position = part.upperBound
      }
      if let finished = step.finished {
        let message = context.messages.item(
          finished.bytes.span, finished.bytes.indices, number: number, type: type,
          mayGuess: state.path == nil, isWhole: false, storage: finished.bytes)
        assembled.append(
          Assembled(
            unit: self.assembled(message, header.stream, finished.map, direction),
            bytes: finished.bytes))
      }
    }
    return assembled
  }

  private func piece(
    _ range: Range<Int>, _ number: Int, from: Int, total: Int?, isKept: Bool
  ) -> Item {
    let text =
      "gRPC message \(number), bytes \(from) to \(from + range.count - 1)"
      + (total.map { " of \($0)" } ?? "")
    var item = Item(.grpc, "part", range, text)
    item.add("message", number)
    item.isDeferred = isKept
    if !isKept, !context.redactor.reveals { item.secret = range }
    return item
  }

  /// What is there of a message that will not be complete.
  mutating func takeUnfinished(_ stream: UInt32, _ direction: CaptureDirection) -> Assembled? {
    guard let state = streams[stream] else { return nil }
    let progress = state[direction].assembler.progress
    kept.change(by: -state[direction].assembler.reserved)
    guard progress.received > 0, let rest = state[direction].assembler.take() else { return nil }
    let number = state[direction].assembler.count
    var item = context.messages.item(
      rest.bytes.span, rest.bytes.indices, number: number,
      type: state.type(direction), mayGuess: state.path == nil,
      isWhole: false)
    item.violations.append(
      Violation(
        rest.bytes.count,
        "message \(number) ends after \(progress.received)"
          + (progress.total.map { " of \($0)" } ?? "") + " bytes",
        "gRPC PROTOCOL-HTTP2 Length-Prefixed-Message"))
    return Assembled(unit: assembled(item, stream, rest.map, direction), bytes: rest.bytes)
  }

  /// What the end of a stream means, once the frame that brings it has been told.
  mutating func finish(
    _ direction: CaptureDirection, _ header: FrameHeader, _ output: inout some DumpOutput
  ) {
    guard header.stream > 0, let state = streams[header.stream] else { return }
    let endsStream = (header.type == .data || header.type == .headers) && header.has(1)
    if endsStream { state[direction].hasEnded = true }
    if endsStream || header.type == .rstStream {
      for side in [CaptureDirection.clientToServer, .serverToClient]
      where side == direction || header.type == .rstStream {
        if let rest = takeUnfinished(header.stream, side) {
          output.write(rest.unit, rest.bytes.span)
        }
      }
    }
    if state.isClosed { close(header.stream, &output) }
    if streams.count > Self.streamLimit || kept.room < 0 && streams.count > 1,
      let oldest = streams.keys.min()
    {
      close(oldest, &output)
    }
  }

  mutating func close(_ stream: UInt32, _ output: inout some DumpOutput) {
    guard let state = streams.removeValue(forKey: stream) else { return }
    kept.change(
      by: -KeptBytes.ofStream - state.client.assembler.reserved - state.server.assembler.reserved)
    guard output.takesCalls else { return }
    var record = state.record(connection: number, stream: stream)
    if let path = record.path.map({ Array($0.utf8) }), context.redactor.isSecret(in: path) {
      record.path = context.redactor.tag(path)
    }
    output.write(record)
  }
}
