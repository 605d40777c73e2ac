public import GRPCCall
public import ProtobufWire

/// What a handler knows of the call that it answers.
public struct ServerContext: Sendable {
  /// The metadata that the client sent.
  public var metadata: Metadata
  /// The client's address.
  public var peer: String
  /// The full name of the method, `/package.Service/Method`.
  public var path: String
  /// The host that the client asked for (`:authority`).
  public var authority: String
  /// Takes what the observer of calls shall hear of this one; nil where there is none.
  public let attributes: CallAttributes?
  /// As a number, because an instant's layout is known at run time only, and would make every copy of
  /// a context slow.
  private let end: MonotonicTime?

  init(
    _ head: consuming RequestHead, peer: String, attributes: CallAttributes? = nil,
    now: MonotonicTime
  ) {
    self.attributes = attributes
    end = head.timeout.map { now.advanced(by: $0) }
    self.peer = peer
    metadata = head.metadata
    path = head.path
    authority = head.authority
  }

  /// How much of its time the client has left; nil when it waits without end.
  public var timeLeft: Duration? {
    guard let end else { return nil }
    let now = MonotonicTime.now
    return .nanoseconds(Int64(clamping: end > now ? end.nanoseconds - now.nanoseconds : 0))
  }

  /// When the client stops waiting. The handler's task is cancelled then.
  public var deadline: ContinuousClock.Instant? {
    timeLeft.map { ContinuousClock.now.advanced(by: $0) }
  }
}

/// An answer of one message.
public struct ServerResponse<Message: Sendable>: Sendable {
  /// The response message.
  public var message: Message
  /// What to send before the message.
  public var metadata: Metadata
  /// What to send after the message.
  public var trailers: Metadata

  /// An answer with a message, and metadata where there is any.
  @inlinable
  public init(_ message: Message, metadata: Metadata = [:], trailers: Metadata = [:]) {
    self.message = message
    self.metadata = metadata
    self.trailers = trailers
  }
}

/// How a handler says that a call fails. Any other error becomes UNKNOWN, and its text stays here.
public struct RPCStatusError: Error, Sendable, Equatable {
  /// The status that the client gets. Its message goes over the wire: no secrets in it.
  public var status: Status
  /// What to send with the status.
  public var trailers: Metadata

  /// A failure with a code and a sentence for people.
  public init(_ code: StatusCode, _ message: String, trailers: Metadata = [:]) {
    status = Status(code, message)
    self.trailers = trailers
  }
}

/// A set of methods that a server answers.
public protocol GRPCService: Sendable {
  /// Adds the service's methods.
  func register(in router: inout Router)
}

/// The methods of a server, by path.
public struct Router: Sendable {
  private(set) var handlers: [String: RPCHandler] = [:]

  init() {}

  func handler(for path: String) -> RPCHandler? { handlers[path] }

  /// Whether some method of the path's service is there: tells an unknown method from an unknown
  /// service.
  func hasService(of path: String) -> Bool {
    guard let slash = path.lastIndex(of: "/") else { return false }
    let prefix = path[...slash]
    return handlers.keys.contains { $0.hasPrefix(prefix) }
  }

  /// Answers a method of one request and one response.
  @inlinable
  public mutating func unary<Request: WireMessage, Response: WireMessage>(
    _ method: MethodDescriptor<Request, Response>,
    _ body:
      @escaping @Sendable (Request, ServerContext) async throws -> ServerResponse<Response>
  ) {
    addUnary(method.path) { bytes, context, limit in
      try UnaryAnswer(try await body(try decodedRequest(bytes), context), limit: limit)
    }
  }

  @usableFromInline
  mutating func addUnary(_ path: String, _ run: @escaping UnaryHandler) {
    handlers[path] = .unary(run)
  }

  /// Answers a method of one request and any number of responses.
  public mutating func serverStreaming<Request: WireMessage, Response: WireMessage>(
    _ method: MethodDescriptor<Request, Response>,
    _ body:
      @escaping @Sendable (Request, ResponseWriter<Response>, ServerContext) async throws ->
      Metadata
  ) {
    handlers[method.path] = RPCHandler.streaming(.serverStreaming) { stream in
      try await body(
        try await stream.onlyRequest(), ResponseWriter(stream: stream), stream.context)
    }
  }

  /// Answers a method of any number of requests and one response.
  public mutating func clientStreaming<Request: WireMessage, Response: WireMessage>(
    _ method: MethodDescriptor<Request, Response>,
    _ body:
      @escaping @Sendable (RequestStream<Request>, ServerContext) async throws ->
      ServerResponse<Response>
  ) {
    handlers[method.path] = .streaming(.clientStreaming) { stream in
      let response = try await body(RequestStream(stream: stream), stream.context)
      try stream.send(metadata: response.metadata)
      try stream.enqueue(response.message)
      return response.trailers
    }
  }

  /// Answers a method of any number of requests and responses.
  public mutating func bidirectionalStreaming<Request: WireMessage, Response: WireMessage>(
    _ method: MethodDescriptor<Request, Response>,
    _ body:
      @escaping @Sendable (
        RequestStream<Request>, ResponseWriter<Response>, ServerContext
      ) async throws -> Metadata
  ) {
    handlers[method.path] = .streaming(.bidirectionalStreaming) { stream in
      try await body(
        RequestStream(stream: stream), ResponseWriter(stream: stream), stream.context)
    }
  }
}

/// A method's handler without its types.
enum RPCHandler: Sendable {
  case unary(UnaryHandler)
  /// It returns the trailers of an OK answer.
  case streaming(CallKind, @Sendable (ServerStream) async throws -> Metadata)

  var kind: CallKind {
    switch self {
    case .unary: .unary
    case .streaming(let kind, _): kind
    }
  }
}

/// Sends the messages of a streamed response.
public struct ResponseWriter<Message: WireMessage>: Sendable {
  let stream: ServerStream

  /// Sends metadata before the first message. Without it, empty metadata goes with the first
  /// message.
  public func send(metadata: Metadata) throws(RPCStatusError) {
    try stream.send(metadata: metadata)
  }

  /// Sends one message, and waits while too much of what was sent is still on its way.
  ///
  /// - Throws: ``RPCStatusError`` when the message cannot be sent, and `CancellationError` once the
  ///   client is gone or has stopped waiting.
  public func send(_ message: Message) async throws {
    try stream.enqueue(message)
    guard await stream.gate.waitUntilOpen() else { throw CancellationError() }
  }
}

/// The messages of a streamed request, in their order. It may be read by one task at a time.
public struct RequestStream<Message: WireMessage>: AsyncSequence, Sendable {
  /// A request message.
  public typealias Element = Message
  let stream: ServerStream

  /// Reads on from where the stream is.
  public func makeAsyncIterator() -> Iterator { Iterator(stream: stream) }

  /// Reads the messages of a ``RequestStream``.
  public struct Iterator: AsyncIteratorProtocol {
    fileprivate let stream: ServerStream

    /// The next message; nil when the client has ended its request.
    ///
    /// - Throws: ``RPCStatusError`` when a message cannot be decoded or breaks a limit, and
    ///   `CancellationError` when the client is gone.
    public mutating func next() async throws -> Message? {
      try await stream.nextRequest()
    }
  }
}
