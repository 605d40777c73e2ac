/// Why a call failed: with which status, by whose fault, how far it had come, and whether the
/// server may have acted on it.
public struct RPCError: Error, Sendable, Equatable {
  /// The status that the call ended with; never ``StatusCode/ok``.
  public var status: Status
  /// The trailers as received, or what came before them if they never arrived.
  public var metadata: Metadata
  /// Who has to act.
  public var fault: Fault
  /// How far the call had come.
  public var phase: CallPhase
  /// The server that was called, as `host:port`.
  public var endpoint: String?
  /// What lies underneath, in words.
  public var cause: String?
  /// Whether the server may have acted on the request.
  public var delivery: Delivery

  /// Makes an error. A status of ``StatusCode/ok`` becomes ``StatusCode/unknown``.
  public init(
    status: Status, metadata: Metadata = [:], fault: Fault, phase: CallPhase = .call,
    endpoint: String? = nil, cause: String? = nil, delivery: Delivery
  ) {
    self.status = status
    if status.code == .ok { self.status.code = .unknown }
    self.metadata = metadata
    self.fault = fault
    self.phase = phase
    self.endpoint = endpoint
    self.cause = cause
    self.delivery = delivery
  }

  /// The code that the call ended with.
  public var code: StatusCode { status.code }
  /// The words that the call ended with.
  public var message: String { status.message }
}

extension RPCError: CustomStringConvertible {
  /// One sentence that names code, message, endpoint, phase and cause; of the metadata it tells
  /// the keys, never a value.
  public var description: String {
    var text = status.description
    text += " (\(phase.activity)"
    if let endpoint {
      text += phase == .resolve ? " \(endpoint)" : " \(phase.preposition) \(endpoint)"
    }
    text += "; \(delivery.sentence); \(fault.sentence)"
    if let cause { text += "; cause: \(cause.singleLine)" }
    let keys = metadata.keys
    if !keys.isEmpty { text += "; metadata: \(keys.joined(separator: ", "))" }
    return text + ")"
  }
}

extension CallPhase {
  fileprivate var activity: String {
    switch self {
    case .resolve: "while resolving"
    case .connect: "while connecting"
    case .tls: "during the TLS handshake"
    case .http2: "on the HTTP/2 connection"
    case .call: "during the call"
    }
  }

  fileprivate var preposition: String {
    self == .tls ? "with" : "to"
  }
}

extension Delivery {
  fileprivate var sentence: String {
    switch self {
    case .notSent: "the request was not sent"
    case .refused: "the server did not process the request"
    case .unknown: "the server may have processed the request"
    case .answered: "the server answered"
    }
  }
}

extension Fault {
  fileprivate var sentence: String {
    switch self {
    case .caller: "to be solved by the caller"
    case .client: "a fault of this library"
    case .peer: "a fault of the server"
    case .network: "a fault of the network"
    }
  }
}
