import ProtobufSchema

/// Messages behind their five bytes as items.
struct MessageItems: Sendable {
  let protobuf: ProtobufExplainer

  /// The item of a message, which may be cut off.
  ///
  /// - Parameters:
  ///   - mayGuess: whether the type may be guessed, because nothing says which method it is of.
  ///   - storage: the array whose bytes they are, if there is one that nothing else changes; an item may
  ///     keep it.
  func item(
    _ bytes: Span<UInt8>, _ range: Range<Int>, number: Int, type: MessageDescriptor?,
    mayGuess: Bool, isWhole: Bool, storage: [UInt8]? = nil
  ) -> Item {
    guard range.count >= MessageAssembler.prefix else {
      return Item(.grpc, "message", range, .message(MessageMeaning(number: number)))
    }
    let flag = bytes[range.lowerBound]
    let length = Int(bytes.number(at: range.lowerBound + 1, 4))
    let body = (range.lowerBound + MessageAssembler.prefix)..<range.upperBound
    let guess = type == nil && mayGuess && flag == 0 ? protobuf.guessType(bytes, body) : nil
    let type = type ?? guess
    var item = Item(
      .grpc, "message", range,
      .message(
        MessageMeaning(
          number: number, prefix: (flag, length), type: type, isGuess: guess != nil,
          there: body.count < length && !isWhole ? body.count : nil)))
    if flag > 1 {
      item.violations.append(
        Violation(
          range.lowerBound, "compressed flag \(flag)", "gRPC PROTOCOL-HTTP2 Compressed-Flag"))
    }
    item.children =
      flag == 0 ? content(bytes, body, type, storage) : compressed(body)
    return item
  }

  /// gRPC carries anything: what does not even begin like a message, or is text, is taken for none.
  private func content(
    _ bytes: Span<UInt8>, _ body: Range<Int>, _ type: MessageDescriptor?, _ storage: [UInt8]?
  ) -> [Item] {
    guard type == nil, !body.isEmpty, !MessageProbe(bytes, body).isMessage else {
      return protobuf.explain(bytes, body, type: type, storage: storage)
    }
    if TextProbe.isText(bytes, body) {
      return [hidden(body, "\(body.count) bytes of text, no protobuf message")]
    }
    guard Tag(bytes, body.lowerBound, body.upperBound) != nil else {
      return [hidden(body, "\(body.count) bytes, no protobuf message")]
    }
    return protobuf.explain(bytes, body, type: type, storage: storage)
  }

  private func compressed(_ body: Range<Int>) -> [Item] {
    guard !body.isEmpty else { return [] }
    return [hidden(body, "compressed message of \(body.count) bytes")]
  }

  /// Bytes that are not looked into, and may hold credentials.
  func hidden(_ range: Range<Int>, _ text: String) -> Item {
    var item = Item(.raw, "bytes", range, text)
    if !protobuf.redactor.reveals { item.secret = range }
    return item
  }
}
