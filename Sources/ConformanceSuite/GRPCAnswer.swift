import GRPCCall
import GRPCTransport

/// An answer of gRPC: what stands for every one has been found in it.
struct GRPCAnswer {
  private(set) var status = StatusCode.unknown
  private(set) var message = ""
  private(set) var messages: [[UInt8]] = []
  /// One header block, and nothing else.
  private(set) var isTrailersOnly = false

  /// Reads an answer that has ended with END_STREAM and has the status 200.
  ///
  /// - Throws: what is wrong with it, whatever was asked (gRPC over HTTP/2, Responses).
  init(_ answer: ProbeAnswer) throws(AnswerFault) {
    let blocks = answer.blocks.filter { !$0.isInterim }
    guard let head = blocks.first, let tail = blocks.last, blocks.count <= 2 else {
      throw AnswerFault("\(blocks.count) header blocks, not one or two")
    }
    isTrailersOnly = blocks.count == 1 && answer.body.isEmpty
    guard tail.ends else { throw AnswerFault("the answer ends without trailers") }
    guard tail.bodyBefore == answer.body.count else { throw AnswerFault("a body behind trailers") }
    try Self.checkHead(head)
    if blocks.count == 2, let field = tail.fields.first(where: { $0.name.hasPrefix(":") }) {
      throw AnswerFault("\(field.name) stands in the trailers")
    }
    status = try Self.status(tail)
    message = try Self.message(tail)
    messages = try Self.messages(answer.body, isCompressed: head.value(of: "grpc-encoding") != nil)
  }

  private static func checkHead(_ head: ProbeAnswer.Block) throws(AnswerFault) {
    let type = head.value(of: "content-type") ?? ""
    let rest = type.dropFirst("application/grpc".count)
    guard type.hasPrefix("application/grpc"), rest.first.map({ "+;".contains($0) }) ?? true else {
      let told = type.count <= 40 ? "'\(type)'" : "\(type.count) characters long"
      throw AnswerFault("content-type is \(told), not application/grpc")
    }
  }

  private static func status(_ tail: ProbeAnswer.Block) throws(AnswerFault) -> StatusCode {
    let found = tail.fields.filter { $0.name == "grpc-status" }
    guard found.count == 1, let text = found.first?.value else {
      throw AnswerFault("\(found.count) fields grpc-status in the trailers, not one")
    }
    guard let number = Int(text), String(number) == text, let status = StatusCode(rawValue: number)
    else { throw AnswerFault("grpc-status is '\(text.prefix(8))', not a number from 0 to 16") }
    return status
  }

  /// `grpc-message` is percent-encoded: printable ASCII, and two digits behind each percent sign.
  private static func message(_ tail: ProbeAnswer.Block) throws(AnswerFault) -> String {
    let found = tail.fields.filter { $0.name == "grpc-message" }
    guard found.count <= 1 else { throw AnswerFault("grpc-message comes twice") }
    let text = Array((found.first?.value ?? "").utf8)
    for (index, byte) in text.enumerated() {
      let digits = text.dropFirst(index + 1).prefix(2)
      let isEscape = digits.count == 2 && digits.allSatisfy { Character(.init($0)).isHexDigit }
      guard 0x20...0x7E ~= byte, byte != UInt8(ascii: "%") || isEscape else {
        throw AnswerFault("grpc-message is not percent-encoded at byte \(index)")
      }
    }
    return PercentEncoding.decode(text.span)
  }

  private static func messages(
    _ body: [UInt8], isCompressed: Bool
  ) throws(AnswerFault) -> [[UInt8]] {
    var messages: [[UInt8]] = []
    var rest = body[...]
    while !rest.isEmpty {
      guard rest.count >= 5, let flag = rest.popFirst() else {
        throw AnswerFault("the body ends within a message's prefix")
      }
      guard flag == 0 || flag == 1 && isCompressed else {
        throw AnswerFault("a message's flag is \(flag)")
      }
      let length = rest.prefix(4).reduce(0) { $0 << 8 | Int($1) }
      guard rest.count - 4 >= length else { throw AnswerFault("the body ends within a message") }
      messages.append(Array(rest.dropFirst(4).prefix(length)))
      rest = rest.dropFirst(4 + length)
    }
    return messages
  }
}

/// What is wrong with an answer, in words that hold nothing secret.
struct AnswerFault: Error {
  var reason: String

  init(_ reason: String) { self.reason = reason }
}

extension ProbeAnswer.Block {
  func value(of name: String) -> String? { fields.first { $0.name == name }?.value }

  /// 1xx (RFC 9110 §15.2).
  var isInterim: Bool { value(of: ":status")?.hasPrefix("1") ?? false }
}
