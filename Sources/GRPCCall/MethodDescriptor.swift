/// How many messages a call carries each way.
public enum CallKind: Sendable, Equatable {
  /// One request, one response.
  case unary
  /// Many requests, one response.
  case clientStreaming
  /// One request, many responses.
  case serverStreaming
  /// Many requests, many responses.
  case bidirectionalStreaming

  /// Whether the request is exactly one message.
  public var hasSingleRequest: Bool { self == .unary || self == .serverStreaming }
  /// Whether a successful response is exactly one message.
  public var hasSingleResponse: Bool { self == .unary || self == .clientStreaming }
}

/// A method of a service, with the types of its messages.
public struct MethodDescriptor<Request, Response>: Sendable {
  /// The full name of the service with its package, such as `auth.Auth`.
  public let service: String
  /// The method's name, such as `Login`.
  public let method: String
  /// How many messages travel each way.
  public let kind: CallKind
  /// Whether a second execution does no harm: then a call that may have reached the server can be
  /// tried again.
  public let isIdempotent: Bool
  /// The `:path` of a call, `/service/method` (gRPC over HTTP/2, Requests).
  public let path: String

  /// Describes a method by the names in its `.proto` file.
  public init(service: String, method: String, kind: CallKind, isIdempotent: Bool = false) {
    self.service = service
    self.method = method
    self.kind = kind
    self.isIdempotent = isIdempotent
    self.path = "/\(service)/\(method)"
  }
}
