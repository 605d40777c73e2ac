public import GRPCCall

/// A failed operation: what it is, in words for a person, and what to do about it.
///
/// No text of it ever holds a credential: what is known to be secret is cut out of what a server
/// says, and messages made here do not repeat their input where that may be a key.
public struct MomentoError: Error, Sendable, Equatable {
  /// The kind of failure, for a program to decide by.
  public var code: MomentoErrorCode
  /// What went wrong: a sentence on the kind of failure, then the detail.
  public var message: String
  /// What to do about it, as a sentence.
  public var advice: String
  /// The gRPC status that the call ended with; `nil` when no call was made.
  public var grpcStatus: StatusCode?
  /// The value of the server's `err` trailer, which narrows the kind down, such as
  /// `operations_rate_limit_exceeded`.
  public var subKind: String?
  /// The server that was called, as `host:port`.
  public var endpoint: String?
  /// Who has to act.
  public var fault: Fault
  /// How far the call had come; `nil` when no call was made.
  public var phase: CallPhase?
  /// The failed call underneath, without anything secret.
  public var cause: RPCError?

  /// Makes an error.
  ///
  /// - Parameter advice: what to do; `nil` takes the general advice for `code`.
  public init(
    _ code: MomentoErrorCode, _ message: String, advice: String? = nil,
    grpcStatus: StatusCode? = nil, subKind: String? = nil, endpoint: String? = nil,
    fault: Fault = .caller, phase: CallPhase? = nil, cause: RPCError? = nil
  ) {
    self.code = code
    self.message = message
    self.advice = advice ?? ErrorKind.of(code).advice
    self.grpcStatus = grpcStatus
    self.subKind = subKind
    self.endpoint = endpoint
    self.fault = fault
    self.phase = phase
    self.cause = cause
  }

  /// An argument that was refused before anything was sent.
  static func invalidArgument(_ detail: String, advice: String) -> MomentoError {
    MomentoError(
      .invalidArgument, "\(ErrorKind.of(.invalidArgument).sentence): \(detail)", advice: advice)
  }
}

extension MomentoError: CustomStringConvertible {
  /// Everything that is known, on one line: code, message, advice, then status, endpoint and phase.
  public var description: String {
    var text = "\(code): \(message)"
    if !advice.isEmpty { text += " — \(advice)" }
    var facts: [String] = []
    if let grpcStatus { facts.append("gRPC status \(grpcStatus.name)") }
    if let subKind { facts.append("err \(subKind)") }
    if let endpoint { facts.append("endpoint \(endpoint)") }
    if let phase { facts.append("phase \(phase)") }
    if let cause = cause?.cause { facts.append("cause \(cause)") }
    if !facts.isEmpty { text += " (\(facts.joined(separator: "; ")))" }
    return text.singleLine
  }
}
