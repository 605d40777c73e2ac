import GRPCCall
import ProtobufWire
import Synchronization

/// How a request ended.
enum RequestEnd: Sendable {
  /// The client has sent all.
  case complete
  case failed(Status)
  /// The client is gone, or has cancelled.
  case cancelled
}

/// A handler's side of one call: requests come out of a queue, responses go to the loop.
final class ServerStream: Sendable {
  let context: ServerContext
  let queue = MessageQueue<RequestEnd>()
  let gate = SendGate()
  private let call: LoopBound<ServerCall>
  private let maxSendMessageSize: Int

  init(call: LoopBound<ServerCall>, context: ServerContext, maxSendMessageSize: Int) {
    self.call = call
    self.context = context
    self.maxSendMessageSize = maxSendMessageSize
  }

  // MARK: Requests

  func nextRequest<Message: WireMessage>() async throws -> Message? {
    let element = await queue.next { call.submit { call, core in call.releaseWindow(on: core) } }
    switch element {
    case .message(let bytes): return try decodedRequest(bytes)
    case .end(.complete): return nil
    case .end(.failed(let status)):
      throw RPCStatusError(status.code, status.message)
    case .end(.cancelled): throw CancellationError()
    }
  }

  /// The one request of a method that takes one. That it is one has been checked already.
  func onlyRequest<Message: WireMessage>() async throws -> Message {
    guard let message: Message = try await nextRequest() else {
      throw RPCStatusError(.internalError, "the request has no message")
    }
    return message
  }

  // MARK: Responses

  func send(metadata: Metadata) throws(RPCStatusError) {
    guard !metadata.isEmpty else { return }
    call.submit { call, core in call.send(metadata: metadata, on: core) }
  }

  func enqueue<Message: WireMessage>(_ message: Message) throws(RPCStatusError) {
    let bytes = try framedResponse(message, limit: maxSendMessageSize)
    gate.add(bytes.count)
    call.submit { call, core in call.send(bytes, on: core) }
  }

  func finish(_ status: Status, trailers: Metadata) {
    call.submit { call, core in call.finish(status, trailers: trailers, on: core) }
  }
}
