public import GRPCCall
import HTTP2Session
public import ProtobufWire
import Synchronization
import TLSSession

/// The answer to a call with one response message.
@frozen
public struct UnaryResponse<Message: Sendable>: Sendable {
  /// The response message.
  public var message: Message
  /// What the server sent before the message.
  public var metadata: Metadata
  /// What the server sent after the message.
  public var trailers: Metadata

  @inlinable
  init(message: Message, metadata: Metadata, trailers: Metadata) {
    self.message = message
    self.metadata = metadata
    self.trailers = trailers
  }
}

extension UnaryResponse where Message: WireMessage {
  @inlinable @inline(never)
  init(decoding answer: UnaryResponse<[UInt8]>, endpoint: String) throws(RPCError) {
    self.init(
      message: try decoded(answer.message, endpoint: endpoint), metadata: answer.metadata,
      trailers: answer.trailers)
  }
}

/// A gRPC client of one target: it connects when a call needs it, keeps its connections for the
/// calls that follow, and makes a new one when the server ends one.
///
/// Any number of calls may run at once, from any task.
public final class Channel: Sendable {
  /// Where the channel connects to.
  public let target: Target
  private let configuration: ChannelConfiguration
  @usableFromInline let endpoint: String
  @usableFromInline let maxSendMessageSize: Int
  private let defaultTimeout: UInt64?
  private let defaultRetryPolicy: RetryPolicyBox?
  private let tracer: (any CallTracer)?
  private let lanes: [Lane]
  private let picker: LanePicker
  /// Calls that came to no lane since every queue was full.
  private let turnedAway = Atomic<UInt64>(0)

  /// Makes a channel; nothing is connected yet.
  ///
  /// - Throws: ``RPCError`` when the configuration cannot work: a certificate or key that cannot
  ///   be read, or no event loop to be had.
  public init(
    target: Target, configuration: ChannelConfiguration = ChannelConfiguration()
  ) throws(RPCError) {
    self.target = target
    self.configuration = configuration
    endpoint = target.description
    maxSendMessageSize = configuration.maxSendMessageSize
    defaultRetryPolicy = configuration.retryPolicy.map { RetryPolicyBox($0) }
    tracer = configuration.tracer
    defaultTimeout = configuration.defaultDeadline?.wholeNanoseconds
    do {
      lanes = try Self.makeLanes(target, configuration)
    } catch let error as TLSError {
      throw RPCError(ConnectionFailure(error), endpoint: endpoint)
    } catch {
      throw RPCError(
        ConnectionFailure(phase: .connect, fault: .client, reason: "\(error)"),
        endpoint: endpoint)
    }
    picker = LanePicker(lanes: lanes)
  }

  private static func makeLanes(
    _ target: Target, _ configuration: ChannelConfiguration
  ) throws -> [Lane] {
    let tlsContext: TLSContext? =
      switch configuration.transportSecurity {
      case .plaintext: nil
      case .tls(let tls): try TLSContext(client: tls)
      }
    let count = min(max(configuration.connectionCount, 1), 1_024)
    let (share, rest) = max(1, configuration.maxWaitingCalls)
      .quotientAndRemainder(dividingBy: count)
    return try (0..<count).map { index in
      let loop = try configuration.eventLoop ?? configuration.eventLoops.next()
      let counters = LaneCounters()
      let channel = ChannelCore(
        target: target, configuration: configuration, tlsContext: tlsContext, counters: counters,
        loop: loop)
      let core = LoopBound(channel, on: loop)
      // The shares add up to the limit, unless there are more lanes than calls that may wait.
      let limit = max(1, share + (index < rest ? 1 : 0))
      return Lane(core: core, counters: counters, waitingLimit: limit)
    }
  }

  deinit {
    for lane in lanes { lane.core.submit { channel, loop in channel.shutDown(nil, on: loop) } }
  }

  /// Takes no new call, lets those that run finish, and closes the connections.
  public func shutdown() async {
    // All are told before any is waited for: one with a long call would keep the others open.
    for lane in lanes { lane.core.submit { channel, loop in channel.shutDown(nil, on: loop) } }
    for lane in lanes {
      await Waiter.wait { waiter in
        lane.core.submit { channel, loop in channel.shutDown(waiter, on: loop) }
      }
    }
  }

  /// What the channel has done so far and is doing now. Costs its calls nothing.
  public var metrics: ChannelMetrics {
    var metrics = ChannelMetrics()
    for lane in lanes { lane.counters.add(to: &metrics) }
    let turnedAway = turnedAway.load(ordering: .relaxed)
    if turnedAway > 0 { metrics.callsFinished[.resourceExhausted, default: 0] += turnedAway }
    return metrics
  }

  // MARK: The four kinds of call

  /// Sends one message and waits for one.
  ///
  /// Cancelling the task cancels the call (RST_STREAM with CANCEL).
  ///
  /// - Throws: ``RPCError``, for a status other than OK and for every failure on the way.
  @inlinable
  public func unary<Request: WireMessage, Response: WireMessage>(
    _ method: MethodDescriptor<Request, Response>, _ request: Request, metadata: Metadata = [:],
    options: CallOptions = CallOptions()
  ) async throws(RPCError) -> UnaryResponse<Response> {
    try UnaryResponse(
      decoding: try await callUnary(method.path, try frame(request), metadata, options),
      endpoint: endpoint)
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
      firstMessage: try frame(request))
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
    let writer = RequestWriter<Request>(call: call, limit: maxSendMessageSize)
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
    // Nothing that is still written goes anywhere, and the writer may wait for what is to write.
    writing.cancel()
    let result = call.takeResult()
    if case .failure(let outcome, _) = result, outcome.status.code == .cancelled,
      let error = await writing.value
    {
      throw error
    }
    let answer = try answer(from: result)
    return UnaryResponse(
      message: try decoded(answer.message, endpoint: endpoint), metadata: answer.metadata,
      trailers: answer.trailers)
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
    return (RequestWriter(call: call, limit: maxSendMessageSize), responses)
  }

  // MARK: Inner

  /// A unary call whose messages are bytes: the request's framed, the answer's not.
  @usableFromInline
  func callUnary(
    _ path: String, _ request: [UInt8], _ metadata: Metadata, _ options: CallOptions
  ) async throws(RPCError) -> UnaryResponse<[UInt8]> {
    let call = try makeCall(path, .unary, metadata, options, firstMessage: request)
    await call.waitUntilOver()
    return try answer(from: call.takeResult())
  }

  private func makeCall(
    _ path: String, _ kind: CallKind, _ metadata: Metadata, _ options: CallOptions,
    firstMessage: [UInt8]?
  ) throws(RPCError) -> ClientCall {
    guard let tracer else { return try makeCall(path, kind, metadata, options, firstMessage, nil) }
    var metadata = metadata
    let trace = tracer.begin(method: path, metadata: &metadata).map { CallTraceBox($0) }
    return try makeCall(path, kind, metadata, options, firstMessage, trace)
  }

  private func makeCall(
    _ path: String, _ kind: CallKind, _ metadata: Metadata, _ options: CallOptions,
    _ firstMessage: [UInt8]?, _ trace: CallTraceBox?
  ) throws(RPCError) -> ClientCall {
    if let error = metadata.literalError { throw unsendable(error, trace) }
    guard let lane = picker.pick() else { throw tooManyWaiting(trace) }
    let now = lane.loop.now
    var deadline: MonotonicTime?
    if let timeout = options.timeout ?? defaultTimeout {
      deadline = now.advanced(byNanoseconds: timeout)
    }
    return ClientCall(
      lane: lane, kind: kind, path: path, metadata: metadata, start: now,
      deadline: deadline,
      waitForReady: options.waitForReady, maxMessageSize: configuration.maxReceiveMessageSize,
      retryPolicy: options.retryPolicyBox ?? defaultRetryPolicy, firstMessage: firstMessage,
      trace: trace)
  }

  private func unsendable(_ error: MetadataError, _ trace: CallTraceBox?) -> RPCError {
    refusal(
      Status(.invalidArgument, "the call's metadata cannot be sent: \(error)"), trace)
  }

  private func tooManyWaiting(_ trace: CallTraceBox?) -> RPCError {
    turnedAway.add(1, ordering: .relaxed)
    let limit = max(1, configuration.maxWaitingCalls)
    return refusal(
      Status(
        .resourceExhausted, "\(limit) calls wait already, the channel's limit (maxWaitingCalls)"),
      trace)
  }

  /// The end of a call that came to no lane.
  private func refusal(_ status: Status, _ trace: CallTraceBox?) -> RPCError {
    trace?.record(.ended(status))
    return RPCError(
      status: status, fault: .caller, phase: .call, endpoint: endpoint, delivery: .notSent)
  }

  @inlinable
  func frame<Request: WireMessage>(_ request: Request) throws(RPCError) -> [UInt8] {
    try framed(request, limit: maxSendMessageSize, endpoint: endpoint)
  }

  private func start<Response: WireMessage>(_ call: ClientCall) -> ResponseStream<Response> {
    call.submit()
    return ResponseStream(call: call, endpoint: endpoint)
  }

  /// Not put into its callers, whose memory would grow by a result for as long as they wait.
  @inline(never)
  private func answer(
    from result: consuming ClientCall.Result
  ) throws(RPCError) -> UnaryResponse<[UInt8]> {
    switch result {
    case .response(let bytes, let metadata, let trailers):
      UnaryResponse(message: bytes, metadata: metadata, trailers: trailers)
    case .failure(let outcome, let phase):
      throw RPCError(outcome, phase: phase, endpoint: endpoint)
    case .pending:
      throw RPCError(
        ConnectionFailure(phase: .call, fault: .client, reason: "the call ended without outcome"),
        endpoint: endpoint)
    }
  }
}
