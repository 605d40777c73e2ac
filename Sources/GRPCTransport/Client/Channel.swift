public import GRPCCall
import HTTP2Session
public import ProtobufWire
import Synchronization
import TLSSession

/// The answer to a call with one response message.
public struct UnaryResponse<Message: Sendable>: Sendable {
  /// The response message.
  public var message: Message
  /// What the server sent before the message.
  public var metadata: Metadata
  /// What the server sent after the message.
  public var trailers: Metadata
}

/// A gRPC client of one target: it connects when a call needs it, keeps the connection for the
/// calls that follow, and makes a new one when the server ends it.
///
/// Any number of calls may run at once, from any task.
public final class Channel: Sendable {
  /// Where the channel connects to.
  public let target: Target
  private let configuration: ChannelConfiguration
  private let core: LoopBound<ChannelCore>
  private let headers: RequestHeaderCache

  /// Makes a channel; nothing is connected yet.
  ///
  /// - Throws: ``RPCError`` when the configuration cannot work: a certificate or key that cannot
  ///   be read, or no event loop to be had.
  public init(
    target: Target, configuration: ChannelConfiguration = ChannelConfiguration()
  ) throws(RPCError) {
    self.target = target
    self.configuration = configuration
    do {
      let loop = try configuration.eventLoop ?? EventLoopGroup.shared.next()
      let channel = try ChannelCore(target: target, configuration: configuration)
      core = LoopBound(channel, on: loop)
      channel.holder = core
    } catch let error as TLSError {
      throw RPCError(ConnectionFailure(error), endpoint: target.description)
    } catch {
      throw RPCError(
        ConnectionFailure(phase: .connect, fault: .client, reason: "\(error)"),
        endpoint: target.description)
    }
    headers = RequestHeaderCache(target: target, configuration: configuration)
  }

  deinit {
    let core = core
    core.submit { channel, loop in
      channel.shutDown(nil, on: loop)
    }
  }

  /// Takes no new call, lets those that run finish, and closes the connection.
  public func shutdown() async {
    await Waiter.wait { waiter in
      core.submit { channel, loop in channel.shutDown(waiter, on: loop) }
    }
  }

  // MARK: The four kinds of call

  /// Sends one message and waits for one.
  ///
  /// Cancelling the task cancels the call (RST_STREAM with CANCEL).
  ///
  /// - Throws: ``RPCError``, for a status other than OK and for every failure on the way.
  public func unary<Request: WireMessage, Response: WireMessage>(
    _ method: MethodDescriptor<Request, Response>, _ request: Request, metadata: Metadata = [:],
    options: CallOptions = CallOptions()
  ) async throws(RPCError) -> UnaryResponse<Response> {
    let call = try makeCall(
      method.path, .unary, metadata, options, firstMessage: try frame(request, of: method.path))
    return try await unaryResponse(of: call, as: Response.self)
  }

  /// Sends one message; any number come back.
  ///
  /// The call begins at once. It is cancelled when the stream is no longer referenced.
  public func serverStreaming<Request: WireMessage, Response: WireMessage>(
    _ method: MethodDescriptor<Request, Response>, _ request: Request, metadata: Metadata = [:],
    options: CallOptions = CallOptions()
  ) throws(RPCError) -> ResponseStream<Response> {
    let call = try makeCall(
      method.path, .serverStreaming, metadata, options,
      firstMessage: try frame(request, of: method.path))
    return start(call)
  }

  /// Sends any number of messages, which `body` writes, and waits for one.
  ///
  /// The request ends when `body` returns; when it throws, the call is cancelled and its error
  /// thrown on.
  public func clientStreaming<Request: WireMessage, Response: WireMessage>(
    _ method: MethodDescriptor<Request, Response>, metadata: Metadata = [:],
    options: CallOptions = CallOptions(),
    _ body: @escaping @Sendable (RequestWriter<Request>) async throws(RPCError) -> Void
  ) async throws(RPCError) -> UnaryResponse<Response> {
    let call = try makeCall(method.path, .clientStreaming, metadata, options, firstMessage: nil)
    let writer = RequestWriter<Request>(call: call, limit: configuration.maxSendMessageSize)
    // The writer runs beside the call: an answer may come before the request has ended.
    let writing = Task { () -> RPCError? in
      do throws(RPCError) {
        try await body(writer)
        writer.finish()
        return nil
      } catch {
        call.cancel()
        return error
      }
    }
    await call.waitUntilOver()
    if call.outcome?.status.code == .cancelled, let error = await writing.value { throw error }
    writing.cancel()
    return try finishedResponse(of: call, as: Response.self)
  }

  /// Sends any number of messages while any number come back.
  ///
  /// The call begins at once. It is cancelled when neither half is referenced any more.
  public func bidirectionalStreaming<Request: WireMessage, Response: WireMessage>(
    _ method: MethodDescriptor<Request, Response>, metadata: Metadata = [:],
    options: CallOptions = CallOptions()
  ) throws(RPCError) -> (requests: RequestWriter<Request>, responses: ResponseStream<Response>) {
    let call = try makeCall(
      method.path, .bidirectionalStreaming, metadata, options, firstMessage: nil)
    let responses: ResponseStream<Response> = start(call)
    return (RequestWriter(call: call, limit: configuration.maxSendMessageSize), responses)
  }

  // MARK: Inner

  private func makeCall(
    _ path: String, _ kind: CallKind, _ metadata: Metadata, _ options: CallOptions,
    firstMessage: [UInt8]?
  ) throws(RPCError) -> ClientCall {
    if let error = metadata.literalError {
      throw RPCError(
        status: Status(.invalidArgument, "the call's metadata cannot be sent: \(error)"),
        fault: .caller, phase: .call, endpoint: target.description, delivery: .notSent)
    }
    let timeout = options.deadline ?? configuration.defaultDeadline
    return ClientCall(
      channel: core, kind: kind, commonFields: headers.common(path: path),
      metadata: metadata,
      deadline: timeout.map { MonotonicTime.now.advanced(by: $0) },
      waitForReady: options.waitForReady, maxMessageSize: configuration.maxReceiveMessageSize,
      retry: RetryMachine(policy: options.retryPolicy ?? configuration.retryPolicy),
      firstMessage: firstMessage)
  }

  private func frame<Request: WireMessage>(
    _ request: Request, of path: String
  ) throws(RPCError) -> [UInt8] {
    try framed(
      request, limit: configuration.maxSendMessageSize, endpoint: target.description)
  }

  private func start<Response: WireMessage>(_ call: ClientCall) -> ResponseStream<Response> {
    call.start()
    return ResponseStream(call: call, endpoint: target.description)
  }

  private func unaryResponse<Response: WireMessage>(
    of call: ClientCall, as type: Response.Type
  ) async throws(RPCError) -> UnaryResponse<Response> {
    await call.waitUntilOver()
    return try finishedResponse(of: call, as: type)
  }

  private func finishedResponse<Response: WireMessage>(
    of call: ClientCall, as type: Response.Type
  ) throws(RPCError) -> UnaryResponse<Response> {
    guard let outcome = call.outcome else {
      throw RPCError(
        ConnectionFailure(phase: .call, fault: .client, reason: "the call ended without outcome"),
        endpoint: target.description)
    }
    guard outcome.status.code == .ok, let bytes = call.response else {
      throw RPCError(outcome, phase: call.phase, endpoint: target.description)
    }
    return UnaryResponse(
      message: try decoded(bytes, endpoint: target.description), metadata: call.initialMetadata,
      trailers: outcome.trailers)
  }
}
