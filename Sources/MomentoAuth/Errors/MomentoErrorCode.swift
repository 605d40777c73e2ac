/// What kind of failure a ``MomentoError`` is, under the name that every Momento SDK gives it.
///
/// The set is open: a later version may know more codes, so a `switch` over it needs a `default`.
public struct MomentoErrorCode: RawRepresentable, Sendable, Hashable, CustomStringConvertible {
  /// The name, such as `INVALID_ARGUMENT_ERROR`.
  public let rawValue: String

  /// Makes a code of its name.
  public init(rawValue: String) { self.rawValue = rawValue }

  private init(_ name: String) { rawValue = name }

  /// The name.
  public var description: String { rawValue }

  /// A request, a credential or an option is wrong.
  public static let invalidArgument = Self("INVALID_ARGUMENT_ERROR")
  /// The service failed in a way that it did not name.
  public static let unknownService = Self("UNKNOWN_SERVICE_ERROR")
  /// What would be created exists already.
  public static let alreadyExists = Self("ALREADY_EXISTS_ERROR")
  /// What is asked for does not exist.
  public static let notFound = Self("NOT_FOUND_ERROR")
  /// The service failed inside.
  public static let internalServer = Self("INTERNAL_SERVER_ERROR")
  /// The credential is known and may not do this.
  public static let permission = Self("PERMISSION_ERROR")
  /// The credential is not accepted.
  public static let authentication = Self("AUTHENTICATION_ERROR")
  /// The call was cancelled, or a login was abandoned.
  public static let cancelled = Self("CANCELLED_ERROR")
  /// A limit of the account is reached.
  public static let limitExceeded = Self("LIMIT_EXCEEDED_ERROR")
  /// The service does not support what was asked.
  public static let badRequest = Self("BAD_REQUEST_ERROR")
  /// The deadline passed first.
  public static let timeout = Self("TIMEOUT_ERROR")
  /// The service cannot be reached, or cannot answer now.
  public static let serverUnavailable = Self("SERVER_UNAVAILABLE")
  /// The connection failed, in the words of some of Momento's SDKs; this one says
  /// ``serverUnavailable``, as most do, and tells the phase.
  public static let connection = Self("CONNECTION_ERROR")
  /// A resource on this side is used up.
  public static let clientResourceExhausted = Self("CLIENT_RESOURCE_EXHAUSTED")
  /// The system is not in the state that the request needs.
  public static let failedPrecondition = Self("FAILED_PRECONDITION_ERROR")
  /// A failure that fits no other code.
  public static let unknown = Self("UNKNOWN_ERROR")
}
