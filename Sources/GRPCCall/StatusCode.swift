/// How a call ended, as a number that both sides know (gRPC `statuscodes.md`).
public enum StatusCode: Int, Sendable, CaseIterable {
  /// The call succeeded.
  case ok = 0
  /// The call was cancelled, usually by its caller.
  case cancelled
  /// An error of a kind that nobody named, or a status number that nobody defined.
  case unknown
  /// The request is wrong whatever the state of the system.
  case invalidArgument
  /// The deadline passed before the call completed; it may have succeeded on the server.
  case deadlineExceeded
  /// What the request names does not exist.
  case notFound
  /// What the request would create exists already.
  case alreadyExists
  /// The caller is known and may not do this.
  case permissionDenied
  /// A quota, a limit of size or some other resource is used up.
  case resourceExhausted
  /// The system is not in the state that the request needs; trying again does not help.
  case failedPrecondition
  /// A conflict with another operation stopped this one.
  case aborted
  /// The request reaches beyond a valid range.
  case outOfRange
  /// The server does not know or not support the method.
  case unimplemented
  /// An invariant was broken: a fault of one of the implementations.
  case internalError = 13
  /// The service cannot be reached or cannot serve now; trying again may help.
  case unavailable
  /// Data was lost or corrupted for good.
  case dataLoss
  /// The request carries no valid credentials.
  case unauthenticated

  /// Makes a code of the number in `grpc-status`; an undefined number is ``unknown``, as
  /// `statuscodes.md` asks.
  public init(wire number: Int) {
    self = StatusCode(rawValue: number) ?? .unknown
  }

  /// Makes a code of its name in the specification, such as `DEADLINE_EXCEEDED`.
  public init?(name: String) {
    guard let code = Self.allCases.first(where: { $0.name == name }) else { return nil }
    self = code
  }

  /// The name in the specification, such as `DEADLINE_EXCEEDED`.
  public var name: String {
    switch self {
    case .ok: "OK"
    case .cancelled: "CANCELLED"
    case .unknown: "UNKNOWN"
    case .invalidArgument: "INVALID_ARGUMENT"
    case .deadlineExceeded: "DEADLINE_EXCEEDED"
    case .notFound: "NOT_FOUND"
    case .alreadyExists: "ALREADY_EXISTS"
    case .permissionDenied: "PERMISSION_DENIED"
    case .resourceExhausted: "RESOURCE_EXHAUSTED"
    case .failedPrecondition: "FAILED_PRECONDITION"
    case .aborted: "ABORTED"
    case .outOfRange: "OUT_OF_RANGE"
    case .unimplemented: "UNIMPLEMENTED"
    case .internalError: "INTERNAL"
    case .unavailable: "UNAVAILABLE"
    case .dataLoss: "DATA_LOSS"
    case .unauthenticated: "UNAUTHENTICATED"
    }
  }
}

extension StatusCode: CustomStringConvertible {
  /// The name in the specification.
  public var description: String { name }
}
