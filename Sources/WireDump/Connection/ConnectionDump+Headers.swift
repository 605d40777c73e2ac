import WireCaptureModel

extension ConnectionDump {
  /// HEADERS or PUSH_PROMISE.
  mutating func headers(
    _ item: inout Item, _ direction: CaptureDirection, _ header: FrameHeader,
    _ bytes: Span<UInt8>, _ map: OffsetMap
  ) {
    var (range, padding) = PaddedPayload.strip(
      &item, header, bytes, reveals: context.redactor.reveals)
    if header.type == .pushPromise, range.count >= 4 {
      let promised = bytes.number(at: range.lowerBound, 4) & 0x7fff_ffff
      item.children.append(
        FramePayload.part(
          "promised stream", range.lowerBound..<(range.lowerBound + 4),
          "promised_stream_id=\(promised)"))
      range = (range.lowerBound + 4)..<range.upperBound
    }
    let isPromise = header.type == .pushPromise
    let endsStream = !isPromise && header.has(1)
    if header.has(4) {
      let explained = explained(bytes, range, direction)
      if item.children.isEmpty {
        item.children = explained.items
      } else {
        item.children += explained.items
      }
      took(
        explained.block, &item, header.stream, direction, endsStream: endsStream,
        isPromise: isPromise)
    } else {
      item.children.append(fragment(range))
      self[direction].openBlock = .init(
        stream: header.stream, bytes: bytes.bytes(range), map: map.extracting(range),
        endsStream: endsStream, isPromise: isPromise)
    }
    if let padding { item.children.append(padding) }
  }

  private func fragment(_ range: Range<Int>) -> Item {
    var item = Item(.hpack, "fragment", range, "\(range.count) bytes of a header block")
    item.isDeferred = true
    return item
  }

  /// CONTINUATION.
  mutating func continuation(
    _ item: inout Item, _ direction: CaptureDirection, _ header: FrameHeader,
    _ bytes: Span<UInt8>, _ map: OffsetMap
  ) -> [Assembled] {
    let range = FrameHeader.size..<bytes.count
    guard var open = self[direction].openBlock, open.stream == header.stream,
      open.bytes.count + range.count <= DirectionState.blockLimit
    else {
      item.children.append(
        context.messages.hidden(range, "\(range.count) bytes of no header block"))
      self[direction].headers.forget()
      return []
    }
    item.children.append(fragment(range))
    open.map.append(map.extracting(range), at: open.bytes.count)
    open.bytes += bytes.bytes(range)
    self[direction].openBlock = header.has(4) ? nil : open
    return header.has(4) ? [decode(open, direction)] : []
  }

  /// Explains a block that stood in several frames.
  mutating func decode(
    _ open: DirectionState.OpenBlock, _ direction: CaptureDirection
  ) -> Assembled {
    let bytes = open.bytes
    let explained = explained(bytes.span, bytes.indices, direction)
    var item = Item(
      .hpack, "block", bytes.indices, "header block of stream \(open.stream), \(bytes.count) bytes")
    item.children = explained.items
    took(
      explained.block, &item, open.stream, direction, endsStream: open.endsStream,
      isPromise: open.isPromise)
    return Assembled(unit: assembled(item, open.stream, open.map, direction), bytes: bytes)
  }

  func assembled(
    _ item: Item, _ stream: UInt32, _ map: OffsetMap, _ direction: CaptureDirection
  ) -> Unit {
    var unit = Unit(
      connection: number, direction: direction, time: self[direction].time,
      frame: self[direction].frame, stream: stream, map: map, item: item)
    unit.isAssembled = true
    return unit
  }

  /// Decodes a block and tells what is in it, or takes what was told of the same one before.
  private func explained(
    _ bytes: Span<UInt8>, _ range: Range<Int>, _ direction: CaptureDirection
  ) -> ExplainedBlock {
    let state = self[direction]
    let version = state.headers.table.version
    let before = state.knownBlocks.size
    defer { kept.changeBlocks(by: state.knownBlocks.size - before) }
    if let known = state.knownBlocks.explained(bytes, range, tableVersion: version) {
      return known
    }
    let block = HeaderInference.applied(
      to: state.headers.decode(bytes, range), direction: direction == .clientToServer)
    let explained = ExplainedBlock(block, context.headers.items(of: block, bytes, range))
    if state.headers.table.version == version, kept.hasRoomForBlocks {
      state.knownBlocks.add(explained, bytes, range, tableVersion: version)
    }
    return explained
  }

  /// Remembers what a block says of the call, and checks it against gRPC's rules.
  private mutating func took(
    _ block: HeaderBlock, _ item: inout Item, _ stream: UInt32, _ direction: CaptureDirection,
    endsStream: Bool, isPromise: Bool
  ) {
    guard !isPromise, stream > 0 else { return }
    let state = state(of: stream)
    let isFirst = !state[direction].hasHeaders
    state[direction].hasHeaders = true
    state.touch(direction, self[direction].time)
    if direction == .clientToServer {
      if isFirst { CallRules.request(block, &item, state, context.methods) }
    } else {
      if state.headersTime == nil { state.headersTime = self[direction].time }
      CallRules.response(block, &item, state, endsStream: endsStream)
    }
  }
}
