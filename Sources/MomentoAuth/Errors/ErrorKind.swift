/// What is said of every error of one code: the sentence that opens its message, and the advice.
struct ErrorKind {
  let sentence: String
  let advice: String

  static func of(_ code: MomentoErrorCode) -> ErrorKind { table[code] ?? unknown }

  private static let unknown = ErrorKind(
    sentence: "An unexpected error occurred",
    advice: "Please report this with the text of the error.")

  private static let table: [MomentoErrorCode: ErrorKind] = [
    .invalidArgument: ErrorKind(
      sentence: "Invalid argument passed to the Momento client",
      advice: "Correct the argument that the message names."),
    .unknownService: ErrorKind(
      sentence: "The service returned an unknown error",
      advice: "Try again; if it persists, contact Momento support with the text of the error."),
    .alreadyExists: ErrorKind(
      sentence: "A resource of that name already exists",
      advice: "Choose another name, or use what exists."),
    .notFound: ErrorKind(
      sentence: "The resource does not exist",
      advice: "Check its name, and that the credential belongs to the same region."),
    .internalServer: ErrorKind(
      sentence: "The service failed while it handled the request",
      advice: "Try again; if it persists, contact Momento support with the text of the error."),
    .permission: ErrorKind(
      sentence: "Insufficient permissions for this operation",
      advice: "Use a credential that may do this; only a super-user key can make keys and tokens."),
    .authentication: ErrorKind(
      sentence: "Invalid authentication credentials",
      advice: "Check that the key belongs to this endpoint and is neither expired nor revoked."),
    .cancelled: ErrorKind(
      sentence: "The operation was cancelled",
      advice: "Start it again if that was not intended."),
    .limitExceeded: ErrorKind(
      sentence: "Limit exceeded for this account",
      advice: "Slow down or send less, then try again; Momento support can raise limits."),
    .badRequest: ErrorKind(
      sentence: "The service does not accept this request",
      advice: "Check that the endpoint is Momento's auth service, and update this client."),
    .timeout: ErrorKind(
      sentence: "The deadline passed before the service answered",
      advice: "Allow more time with a longer deadline, or check the network to the endpoint."),
    .serverUnavailable: ErrorKind(
      sentence: "The service cannot be reached or cannot answer now",
      advice: "Check the endpoint and the network, then try again."),
    .clientResourceExhausted: ErrorKind(
      sentence: "A resource of this client is used up",
      advice: "Run fewer calls at once."),
    .failedPrecondition: ErrorKind(
      sentence: "The system is not in the state that the operation needs",
      advice: "Bring it into that state first; trying again alone does not help."),
    .unknown: unknown,
  ]
}
