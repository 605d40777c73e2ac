/// Something that sends an HTTP request and waits for its answer: ``CurlClient``, or what a test puts in
/// its place.
public protocol HTTPExchange: Sendable {
  /// Sends a request.
  ///
  /// Any status is an answer, redirects too, which are not followed.
  ///
  /// - Throws: ``HTTPFailure`` when there is no whole answer.
  func send(_ request: HTTPRequest) async throws(HTTPFailure) -> HTTPResponse
}

/// A field of a message's header section (RFC 9110 §5). Its value may be secret: it is never printed.
public struct HTTPField: Sendable, Hashable, CustomStringConvertible, CustomReflectable {
  /// Its name, in any case.
  public var name: String
  /// Its value.
  public var value: String

  /// Makes a field.
  public init(_ name: String, _ value: String) {
    self.name = name
    self.value = value
  }

  /// The name.
  public var description: String { name }
  /// A mirror without children.
  public var customMirror: Mirror { Mirror(self, children: []) }
}

/// An HTTP/1.1 request. Its fields and its body may be secret: they are never printed.
public struct HTTPRequest: Sendable, CustomStringConvertible, CustomReflectable {
  /// The methods in use (RFC 9110 §9).
  public enum Method: String, Sendable, Hashable {
    case get = "GET"
    case put = "PUT"
    case post = "POST"
    case delete = "DELETE"
    case patch = "PATCH"
  }

  /// Whose certificates are trusted.
  public enum Trust: Sendable, Hashable {
    /// Those of the system's store.
    case system
    /// Those in a PEM file alone.
    case file(String)
  }

  /// The method.
  public var method: Method
  /// An absolute `http` or `https` URL.
  public var url: String
  /// The header fields; `Host` and `Content-Length` are set by the client.
  public var fields: [HTTPField]
  /// The body; empty for none.
  public var body: [UInt8]
  /// How long the whole exchange may take; `nil` for any time.
  public var timeout: Duration?
  /// How long connecting may take.
  public var connectTimeout: Duration
  /// The longest answer to take, in bytes.
  public var mostBytes: Int
  /// Whether the environment's proxies are used; not for services of this machine.
  public var usesProxy: Bool
  /// Whose certificates are trusted.
  public var trust: Trust

  /// Describes a request.
  public init(
    _ method: Method, _ url: String, fields: [HTTPField] = [], body: [UInt8] = [],
    timeout: Duration? = .seconds(10), connectTimeout: Duration = .seconds(5),
    mostBytes: Int = 1_048_576, usesProxy: Bool = true, trust: Trust = .system
  ) {
    self.method = method
    self.url = url
    self.fields = fields
    self.body = body
    self.timeout = timeout
    self.connectTimeout = connectTimeout
    self.mostBytes = mostBytes
    self.usesProxy = usesProxy
    self.trust = trust
  }

  /// The method and the URL without its query.
  public var description: String { "\(method.rawValue) \(url.prefix { $0 != "?" })" }
  /// A mirror without children.
  public var customMirror: Mirror { Mirror(self, children: []) }
}

/// The answer to a request. Its body may be secret: it is never printed.
public struct HTTPResponse: Sendable, CustomStringConvertible, CustomReflectable {
  /// The status code (RFC 9110 §15).
  public var status: Int
  /// The header fields, as they came.
  public var fields: [HTTPField]
  /// The body, whole.
  public var body: [UInt8]

  /// Puts an answer together.
  public init(status: Int, fields: [HTTPField] = [], body: [UInt8] = []) {
    self.status = status
    self.fields = fields
    self.body = body
  }

  /// The value of the first field of a name, in any case; `nil` when there is none.
  public func field(_ name: String) -> String? {
    let name = name.lowercased()
    return fields.first { $0.name.lowercased() == name }?.value
  }

  /// The status and the length of the body.
  public var description: String { "status \(status), \(body.count) bytes" }
  /// A mirror without children.
  public var customMirror: Mirror { Mirror(self, children: []) }
}

/// Why there is no answer to a request. It repeats neither query, fields nor body.
public struct HTTPFailure: Error, Sendable, Hashable, CustomStringConvertible {
  /// How far the exchange had come.
  public enum Phase: String, Sendable, Hashable {
    /// The request cannot be sent as it is.
    case request
    case resolve
    case connect
    case tls
    case transfer
    /// The answer is longer than the request's limit.
    case tooLarge
    case timeout
    case cancelled
  }

  /// How far the exchange had come.
  public var phase: Phase
  /// Whether the server has certainly not seen the request.
  public var isCertainlyUnsent: Bool
  /// What went wrong, for people: one line.
  public var reason: String

  /// Describes a failure.
  public init(phase: Phase, isCertainlyUnsent: Bool, reason: String) {
    self.phase = phase
    self.isCertainlyUnsent = isCertainlyUnsent
    self.reason = reason
  }

  /// The reason.
  public var description: String { reason }
}
