public import GRPCCall
public import ProtobufWire

/// Sends the messages of a streamed request.
public struct RequestWriter<Message: WireMessage>: Sendable {
  private let call: ClientCall
  private let limit: Int

  init(call: ClientCall, limit: Int) {
    self.call = call
    self.limit = limit
  }

  /// Sends one message, and waits while too much of what was sent is still on its way.
  ///
  /// - Throws: ``RPCError`` when the message cannot be encoded or is too large. A call that is over
  ///   takes messages and forgets them: how it ended is for the reader of the responses.
  /// - Returns: whether the call still runs.
  @discardableResult
  public func send(_ message: Message) async throws(RPCError) -> Bool {
    let bytes = try framed(message, limit: limit, endpoint: nil)
    call.send(bytes)
    let call = call
    return await withTaskCancellationHandler {
      await call.gate?.waitUntilOpen() ?? false
    } onCancel: {
      call.cancel()
    }
  }

  /// Ends the request: the server is told that nothing more comes.
  public func finish() { call.finishSending() }
}
