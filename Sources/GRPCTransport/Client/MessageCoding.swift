import GRPCCall
import ProtobufWire

/// Encodes a message behind its gRPC prefix, in one buffer.
func framed<Message: WireMessage>(
  _ message: Message, limit: Int, endpoint: String?
) throws(RPCError) -> [UInt8] {
  var bytes: [UInt8]
  do {
    bytes = try message.encoded(reservingPrefix: MessageFraming.prefixSize)
  } catch {
    throw RPCError(
      status: Status(.internalError, "the request cannot be encoded: \(error)"),
      fault: .caller, phase: .call, endpoint: endpoint, delivery: .notSent)
  }
  let size = bytes.count - MessageFraming.prefixSize
  guard size <= limit else {
    throw RPCError(
      status: Status(
        .resourceExhausted,
        "the message has \(size) bytes; at most \(limit) may be sent (maxSendMessageSize)"),
      fault: .caller, phase: .call, endpoint: endpoint, delivery: .notSent)
  }
  _ = MessageFraming.writePrefix(into: &bytes)
  return bytes
}

/// Decodes a message that the peer sent.
func decoded<Message: WireMessage>(
  _ bytes: [UInt8], endpoint: String?
) throws(RPCError) -> Message {
  do {
    return try Message(decoding: bytes)
  } catch {
    throw RPCError(
      status: Status(.internalError, "the answer cannot be decoded: \(error)"),
      fault: .peer, phase: .call, endpoint: endpoint, delivery: .answered)
  }
}

extension RPCError {
  init(_ outcome: CallOutcome, phase: CallPhase, endpoint: String) {
    self.init(
      status: outcome.status, metadata: outcome.trailers, fault: outcome.fault, phase: phase,
      endpoint: endpoint, delivery: outcome.delivery)
  }

  init(_ failure: ConnectionFailure, endpoint: String) {
    self.init(
      status: Status(.unavailable, failure.reason), fault: failure.fault,
      phase: failure.phase, endpoint: endpoint, delivery: .notSent)
  }
}
