public import GRPCCall
public import ProtobufWire

// The parts that know a message's type are inlinable, so that a caller gets a version of its own for
// its messages; the rest is not, so that there is little of it. They are not put into their callers:
// what they need meanwhile would become a part of a waiting task's memory.

/// The bytes before a message: a flag and a length (gRPC over HTTP/2, Length-Prefixed-Message).
@usableFromInline let framePrefixSize = MessageFraming.prefixSize

/// Encodes a message behind its gRPC prefix, in one buffer.
@inlinable @inline(never)
func framed<Message: WireMessage>(
  _ message: Message, limit: Int, endpoint: String?
) throws(RPCError) -> [UInt8] {
  var bytes: [UInt8]
  do {
    bytes = try message.encoded(reservingPrefix: framePrefixSize)
  } catch {
    throw RPCError(unencodable: error, endpoint: endpoint)
  }
  try seal(&bytes, limit: limit, endpoint: endpoint)
  return bytes
}

/// Writes the prefix before a message that is encoded.
@usableFromInline
func seal(_ bytes: inout [UInt8], limit: Int, endpoint: String?) throws(RPCError) {
  let size = bytes.count - framePrefixSize
  guard size <= limit else {
    throw RPCError(
      status: Status(
        .resourceExhausted,
        "the message has \(size) bytes; at most \(limit) may be sent (maxSendMessageSize)"),
      fault: .caller, phase: .call, endpoint: endpoint, delivery: .notSent)
  }
  _ = MessageFraming.writePrefix(into: &bytes)
}

/// Decodes a message that the peer sent.
@inlinable @inline(never)
func decoded<Message: WireMessage>(
  _ bytes: [UInt8], endpoint: String?
) throws(RPCError) -> Message {
  do {
    return try Message(decoding: bytes)
  } catch {
    throw RPCError(undecodable: error, endpoint: endpoint)
  }
}

extension RPCError {
  @usableFromInline
  init(unencodable error: WireError, endpoint: String?) {
    self.init(
      status: Status(.internalError, "the request cannot be encoded: \(error)"),
      fault: .caller, phase: .call, endpoint: endpoint, delivery: .notSent)
  }

  @usableFromInline
  init(undecodable error: WireError, endpoint: String?) {
    self.init(
      status: Status(.internalError, "the answer cannot be decoded: \(error)"),
      fault: .peer, phase: .call, endpoint: endpoint, delivery: .answered)
  }

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
