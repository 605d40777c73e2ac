public import GRPCCall
public import ProtobufWire

/// A unary method's handler without its types: the request's bytes and the largest answer in, the
/// answer out.
@usableFromInline
typealias UnaryHandler = @Sendable ([UInt8], ServerContext, Int) async throws -> UnaryAnswer

/// All that a unary call is answered with, for one way to the loop.
@usableFromInline
struct UnaryAnswer: Sendable {
  /// With its gRPC prefix.
  let message: [UInt8]
  let metadata: Metadata
  let trailers: Metadata

  @usableFromInline
  init(message: [UInt8], metadata: Metadata, trailers: Metadata) {
    self.message = message
    self.metadata = metadata
    self.trailers = trailers
  }
}

// The parts that know a message's type are inlinable, so that a service gets a version of its own
// for its messages. They are not put into their callers: what they need meanwhile would become a part
// of a handler's task.

@inlinable @inline(never)
func decodedRequest<Message: WireMessage>(_ bytes: [UInt8]) throws(RPCStatusError) -> Message {
  do {
    return try Message(decoding: bytes)
  } catch {
    throw RPCStatusError(undecodable: error)
  }
}

extension UnaryAnswer {
  /// What a handler has answered, encoded.
  @inlinable @inline(never)
  init<Message: WireMessage>(
    _ response: ServerResponse<Message>, limit: Int
  ) throws(RPCStatusError) {
    self.init(
      message: try framedResponse(response.message, limit: limit), metadata: response.metadata,
      trailers: response.trailers)
  }
}

@inlinable @inline(never)
func framedResponse<Message: WireMessage>(
  _ message: Message, limit: Int
) throws(RPCStatusError) -> [UInt8] {
  do {
    return try framed(message, limit: limit, endpoint: nil)
  } catch {
    throw RPCStatusError(error)
  }
}

extension RPCStatusError {
  @usableFromInline
  init(undecodable error: WireError) {
    self.init(.internalError, "the request cannot be decoded: \(error)")
  }

  /// An answer that cannot be sent.
  @usableFromInline
  init(_ error: RPCError) {
    self.init(error.status.code, error.status.message)
  }

  /// How a call ends whose handler threw.
  init(thrown error: any Error) {
    switch error {
    case let error as RPCStatusError: self = error
    case is CancellationError: self.init(.cancelled, "the handler was cancelled")
    // The text of an unknown error may hold anything, so it stays here.
    default: self.init(.unknown, "the handler failed")
    }
  }
}
