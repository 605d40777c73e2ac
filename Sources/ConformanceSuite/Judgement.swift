import GRPCCall
import GRPCTransport

extension Expectation {
  /// Says what is wrong with an answer.
  ///
  /// - Returns: the last message, where there is one.
  func judge(
    _ answer: ProbeAnswer, _ values: NamedValues, now: UInt64
  ) throws(AnswerFault) -> MessageFields? {
    guard case .endStream = answer.end else {
      try judge(ending: answer.end)
      return nil
    }
    let head = answer.blocks.first { !$0.isInterim }
    let text = head?.value(of: ":status") ?? "none"
    guard text == "200" else {
      try judge(http: text)
      return nil
    }
    return try judge(GRPCAnswer(answer), values, now)
  }

  private func judge(ending end: ProbeAnswer.End) throws(AnswerFault) {
    switch end {
    case .endStream: break
    case .reset(let code, byPeer: true):
      guard or?.contains(.reset) == true else { throw AnswerFault("RST_STREAM \(code); \(wanted)") }
    case .reset(let code, byPeer: false):
      throw AnswerFault("the answer breaks HTTP/2 (\(code))")
    case .connection(let reason):
      guard or?.contains(.close) == true else { throw AnswerFault("\(reason); \(wanted)") }
    case .timeout: throw AnswerFault("no end of the answer in time; \(wanted)")
    case .tooLarge: throw AnswerFault("the answer is too large to be looked at")
    }
  }

  private func judge(http text: String) throws(AnswerFault) {
    guard let status = Int(text), text.count == 3 else {
      throw AnswerFault(":status is '\(text.prefix(8))', not a number of three digits")
    }
    guard http?.contains(status) == true || or?.contains(.http) == true && http == nil else {
      throw AnswerFault("HTTP status \(status); \(wanted)")
    }
  }

  private func judge(
    _ answer: GRPCAnswer, _ values: NamedValues, _ now: UInt64
  ) throws(AnswerFault) -> MessageFields? {
    guard status.contains(answer.status.name) else {
      // Cut before it is shortened: a part of a secret is not found any more.
      let message = values.cut(from: answer.message).prefix(200)
      let said = message.isEmpty ? "" : " (\(message))"
      throw AnswerFault("grpc-status is \(answer.status)\(said); \(wanted)")
    }
    if trailersOnly == true, !answer.isTrailersOnly {
      throw AnswerFault("not one header block alone")
    }
    try judge(count: answer.messages.count, isOK: answer.status == .ok)
    let messages = try answer.messages.map { bytes throws(AnswerFault) in
      do { return try MessageFields(decoding: bytes) } catch {
        throw AnswerFault("a message cannot be decoded: \(error)")
      }
    }
    for message in messages { try judge(oneof: message) }
    guard let last = messages.last else { return nil }
    for rule in fields ?? [] {
      if let fault = rule.fault(in: last, values, now: now) { throw AnswerFault(fault) }
    }
    return last
  }

  private func judge(count: Int, isOK: Bool) throws(AnswerFault) {
    guard isOK else {
      if count > 0 { throw AnswerFault("\(count) messages beside an error") }
      return
    }
    guard let messages, messages.count == 2 else { return }
    guard messages[0] <= count, count <= messages[1] else {
      throw AnswerFault("\(count) messages, not \(messages[0]) to \(messages[1])")
    }
  }

  private func judge(oneof message: MessageFields) throws(AnswerFault) {
    guard let oneof else { return }
    let found = message.fields.filter { oneof.contains($0.number) }
    guard found.count == 1 else {
      throw AnswerFault("\(found.count) of the fields \(oneof) in a message, not one")
    }
  }

  /// What would have been right.
  private var wanted: String {
    var names = status
    names += (http ?? []).map { "HTTP \($0)" }
    names += (or ?? []).map(\.words)
    return "right would be \(names.joined(separator: ", "))"
  }
}

extension Expectation.Ending {
  fileprivate var words: String {
    switch self {
    case .reset: "RST_STREAM"
    case .close: "the end of the connection"
    case .http: "an HTTP status of an error"
    }
  }
}
