import WireCaptureModel

/// Something that several frames together carry.
struct Assembled {
  var unit: Unit
  var bytes: [UInt8]
}

extension ConnectionDump {
  /// Explains a frame; its range is shorter than its header says if the bytes end in it.
  mutating func frame(
    _ direction: CaptureDirection, _ header: FrameHeader, _ buffer: Span<UInt8>,
    _ range: Range<Int>, _ output: inout some DumpOutput
  ) {
    self[direction].frame += 1
    let bytes = buffer.extracting(range)
    let map = self[direction].map.extracting(range)
    var item = Item.frame(header, count: bytes.count)
    let missing = FrameHeader.size + header.length - bytes.count
    if missing > 0 {
      item.violate(
        0, "\(item.kind): \(missing) bytes of it are missing", "RFC 9113 §4.1", .frameSizeError)
    }
    checkOrder(&item, direction, header)
    FramePayload.explain(&item, header, bytes, context.redactor)
    var assembled: [Assembled] = []
    let isBlock = [.headers, .pushPromise, .continuation].contains(header.type)
    switch header.type {
    case .data: assembled = data(&item, direction, header, bytes, map)
    case .headers, .pushPromise: headers(&item, direction, header, bytes, map)
    case .continuation: assembled = continuation(&item, direction, header, bytes, map)
    case .settings where !header.has(1): adopt(direction, bytes)
    case .rstStream:
      let state = streams[header.stream]
      state?.isReset = true
      let time = self[direction].time
      state?.touch(direction, time)
    default: break
    }
    emit(direction, item, stream: header.stream, buffer, range, &output)
    for one in assembled { output.write(one.unit, one.bytes.span) }
    if isBlock, header.has(4), context.showsTables { output.write(table(direction)) }
    finish(direction, header, &output)
  }

  /// The rules about what may follow what.
  private mutating func checkOrder(
    _ item: inout Item, _ direction: CaptureDirection, _ header: FrameHeader
  ) {
    if let limit = self[direction].frameSizeLimit, header.length > limit {
      item.violate(
        0, "\(item.kind) of \(header.length) bytes, the peer takes \(limit)", "RFC 9113 §4.2",
        .frameSizeError)
    }
    if let open = self[direction].openBlock?.stream {
      if header.type != .continuation || header.stream != open {
        item.violate(
          3, "\(item.kind) on stream \(header.stream) inside the header block of \(open)",
          "RFC 9113 §6.10", .protocolError)
      }
    } else if header.type == .continuation {
      item.violate(3, "CONTINUATION without a header block", "RFC 9113 §6.10", .protocolError)
    }
    if direction == .clientToServer, header.type == .pushPromise {
      item.violate(3, "a client pushes", "RFC 9113 §8.4", .protocolError)
    }
    checkStream(&item, direction, header)
  }

  private mutating func checkStream(
    _ item: inout Item, _ direction: CaptureDirection, _ header: FrameHeader
  ) {
    guard header.type == .data || header.type == .headers else { return }
    let state = streams[header.stream]
    if state?[direction].hasEnded ?? false {
      item.violate(
        5, "\(item.kind) on stream \(header.stream) behind END_STREAM", "RFC 9113 §5.1",
        .streamClosed)
    }
    guard direction == .clientToServer, header.type == .headers, state == nil
    else { return }
    if header.stream % 2 == 0, header.stream > 0 {
      item.violate(
        5, "a client opens stream \(header.stream), an even one", "RFC 9113 §5.1.1",
        .protocolError)
    }
    if header.stream <= client.highestStream, header.stream > 0 {
      item.violate(
        5, "stream \(header.stream) is opened after \(client.highestStream)", "RFC 9113 §5.1.1",
        .protocolError)
    }
    client.highestStream = max(client.highestStream, header.stream)
  }

  /// SETTINGS say what the other direction may do. What was allowed before may still be under way.
  private mutating func adopt(_ direction: CaptureDirection, _ bytes: Span<UInt8>) {
    let other: CaptureDirection =
      direction == .clientToServer ? .serverToClient : .clientToServer
    var tableSize = self[other].headers.sizeLimit ?? 4096
    var frameSize = self[other].frameSizeLimit ?? 16_384
    var position = FrameHeader.size
    while position + 6 <= bytes.count {
      let value = Int(bytes.number(at: position + 2, 4))
      switch bytes.number(at: position, 2) {
      case 1: tableSize = max(tableSize, value)
      case 5: frameSize = max(frameSize, value)
      default: break
      }
      position += 6
    }
    self[other].headers.sizeLimit = tableSize
    self[other].frameSizeLimit = frameSize
  }

  private func table(_ direction: CaptureDirection) -> TableRecord {
    let table = self[direction].headers.table
    var record = TableRecord(
      connection: number, direction: direction, size: table.size, capacity: table.capacity,
      hasUnknown: table.hasUnknown)
    for (age, entry) in table.entries.reversed().enumerated() {
      let shown = context.headers.shown(entry)
      record.rows.append(
        (StaticTable.count + 1 + age, shown.name, shown.value, entry.size))
    }
    return record
  }
}
