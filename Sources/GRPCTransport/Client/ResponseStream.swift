public import GRPCCall
public import ProtobufWire

/// The messages that a server streams, in their order.
///
/// It may be read by one task at a time. Reading ends with nil after an OK status, and throws
/// ``RPCError`` for any other. The call is cancelled when nothing refers to the stream any more,
/// or when the task that reads it is cancelled.
public struct ResponseStream<Message: WireMessage>: AsyncSequence, Sendable {
  /// What went wrong.
  public typealias Failure = RPCError
  /// A response message.
  public typealias Element = Message

  private let reader: ResponseReader

  init(call: ClientCall, endpoint: String) {
    reader = ResponseReader(call: call, endpoint: endpoint)
  }

  /// What the server sent before its messages: waits for it.
  public func initialMetadata() async throws(RPCError) -> Metadata {
    try await reader.initialMetadata()
  }

  /// What the server sent after its messages. Nil until the stream has ended.
  public var trailers: Metadata? { reader.call.queue?.end?.trailers }

  /// Cancels the call.
  public func cancel() { reader.call.cancel() }

  /// Reads on from where the stream is: all iterators share its position.
  public func makeAsyncIterator() -> Iterator { Iterator(reader: reader) }

  /// Reads the messages of a ``ResponseStream``.
  public struct Iterator: AsyncIteratorProtocol {
    fileprivate let reader: ResponseReader

    /// The next message; nil when the call has ended with OK.
    ///
    /// - Throws: ``RPCError`` when the call has ended otherwise, or a message cannot be decoded.
    public mutating func next() async throws(RPCError) -> Message? {
      try await reader.next()
    }

    /// The next message, with the isolation of the caller.
    public mutating func next(
      isolation actor: isolated (any Actor)?
    ) async throws(RPCError) -> Message? {
      try await reader.next()
    }
  }
}

/// Keeps a streamed call alive for as long as somebody may read it.
private final class ResponseReader: Sendable {
  let call: ClientCall
  private let endpoint: String

  init(call: ClientCall, endpoint: String) {
    self.call = call
    self.endpoint = endpoint
  }

  deinit { call.cancel() }

  func next<Message: WireMessage>() async throws(RPCError) -> Message? {
    guard let queue = call.queue else { return nil }
    let call = call
    let element = await withTaskCancellationHandler {
      await queue.next(report: { call.releaseWindow() })
    } onCancel: {
      call.cancel()
    }
    switch element {
    case .message(let bytes):
      do {
        return try decoded(bytes, endpoint: endpoint)
      } catch {
        call.cancel()
        throw error
      }
    case .end(let outcome):
      guard outcome.status.code == .ok else {
        throw call.error(for: outcome, endpoint: endpoint)
      }
      return nil
    }
  }

  func initialMetadata() async throws(RPCError) -> Metadata {
    guard let queue = call.queue else { return [:] }
    let call = call
    await withTaskCancellationHandler {
      await queue.waitForMetadata()
    } onCancel: {
      call.cancel()
    }
    if let metadata = queue.metadata { return metadata }
    guard let outcome = queue.end, outcome.status.code != .ok else { return [:] }
    throw call.error(for: outcome, endpoint: endpoint)
  }
}
