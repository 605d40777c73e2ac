import HTTP2Session

/// Holds the events of a session to their order: fields within a block, nothing behind a stream's end.
struct EventCheck {
  var isServer = false
  /// What the events were, in a form in which runs can be compared: pieces of one body are put together.
  var texts: [String] = []
  private var open: Set<StreamHandle> = []
  private var inBlock: StreamHandle?
  private var bodyOf: Int32?

  mutating func open(_ stream: StreamHandle) {
    require(open.insert(stream).inserted, "\(stream.id) is new")
  }

  mutating func take(_ batch: inout HTTP2EventBatch) {
    var bodyBytes = 0
    for event in batch.events {
      if let stream = event.stream {
        if case .streamOpened = event {
          require(isServer, "only a client opens streams")
          open(stream)
        } else {
          require(open.contains(stream), "\(event) is about an open stream")
        }
      }
      bodyBytes += take(event, batch)
    }
    require(bodyBytes == batch.bodyBytes, "\(bodyBytes) bytes of bodies are \(batch.bodyBytes)")
    batch.removeAll()
  }

  /// - Returns: how many bytes of a body it names.
  private mutating func take(_ event: HTTP2Event, _ batch: HTTP2EventBatch) -> Int {
    if case .data(let stream, let range) = event {
      // One character a byte: pieces may part those of UTF-8.
      let text = batch.withBytes(range) { bytes in
        bytes.indices.map { String(UnicodeScalar(bytes[$0])) }.joined()
      }
      if bodyOf == stream.id {
        texts[texts.count - 1] += text
      } else {
        texts.append("data \(text)")
      }
      bodyOf = stream.id
      return range.count
    }
    bodyOf = nil
    switch event {
    case .headerField(let stream, let name, let value):
      require(inBlock == nil || inBlock == stream, "one block at a time")
      inBlock = stream
      texts.append("\(stream.id): \(batch.text(name)): \(batch.text(value))")
    case .headersEnded(let stream, let endStream):
      require(inBlock == nil || inBlock == stream, "the block that began ends")
      inBlock = nil
      texts.append("\(stream.id) headers \(endStream)")
    case .streamClosed(let stream, let code, let byPeer):
      open.remove(stream)
      if inBlock == stream { inBlock = nil }
      texts.append("\(stream.id) closed \(code) \(byPeer)")
    case .violation(let code, let reason): texts.append("violation \(code) \(batch.text(reason))")
    case .goAwayReceived(let last, let code, let data):
      texts.append("goaway \(last) \(code) \(batch.text(data))")
    default: texts.append("\(event)")
    }
    return 0
  }

  func finish(openCount: Int, isOver: Bool) {
    require(isOver || open.count == openCount, "\(open.count) streams are \(openCount)")
  }
}
