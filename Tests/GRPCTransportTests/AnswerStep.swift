/// One step of a server's script, which `Tests/Interop/answers/README.md` describes.
enum AnswerStep: Sendable {
  /// Bytes, of which a frame's stream is the request's unless the step names another.
  case send(@Sendable (_ stream: UInt32) -> [UInt8])
  /// Waits for the next request's end.
  case request
  /// Waits until the client resets a stream.
  case refusal
  /// Reads what comes, and says nothing, until the client goes.
  case silence
  case close
  /// Closes with a TCP reset.
  case reset

  struct Unreadable: Error { var step: String }

  init(_ text: String) throws(Unreadable) {
    if let step = Self.named[text] {
      self = step
      return
    }
    let parts = text.split(separator: ": ", maxSplits: 1).map(String.init)
    let content = parts.count > 1 ? parts[1] : ""
    switch parts.first ?? "" {
    case "bytes":
      guard let bytes = [UInt8](repeatedHex: content) else { throw Unreadable(step: text) }
      self = .send { _ in bytes }
    case "text": self = .send { _ in Array(content.utf8) }
    case let head:
      guard let frame = RawFrame(head: head, content: content) else {
        throw Unreadable(step: text)
      }
      self = .send { frame.bytes(on: $0) }
    }
  }

  private static let named: [String: AnswerStep] = [
    "request": .request, "refusal": .refusal, "silence": .silence, "close": .close, "reset": .reset,
    "settings": settings, "headers": .send(good[0]), "message": .send(good[1]),
    "ok": .send(good[2]), "answer": .send(answer),
  ]

  static let settings = AnswerStep.send { _ in RawFrame(.settings, stream: 0).bytes(on: 0) }

  /// A whole good answer.
  @Sendable static func answer(on stream: UInt32) -> [UInt8] { good.flatMap { $0(stream) } }

  /// The three parts of a good answer: headers, a message that is read as any type, trailers.
  private static let good: [@Sendable (UInt32) -> [UInt8]] = [
    {
      RawFrame(.headers, [(":status", "200"), ("content-type", "application/grpc")]).bytes(on: $0)
    },
    { RawFrame(.data, flags: 0, payload: [0, 0, 0, 0, 3, 0x0a, 1, 0x61]).bytes(on: $0) },
    { RawFrame(.headers, flags: 0x5, [("grpc-status", "0")]).bytes(on: $0) },
  ]
}
