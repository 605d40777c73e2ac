import GRPCCall

/// Why a request is refused: the status, which rule it broke in plain words, and the `err` trailer
/// where Momento's clients look for one. It never holds a credential.
struct AuthRefusal: Error, Equatable, CustomStringConvertible {
  let code: StatusCode
  let message: String
  let subKind: String?

  private init(_ code: StatusCode, _ message: String, subKind: String? = nil) {
    self.code = code
    self.message = message
    self.subKind = subKind
  }

  /// The request is wrong, whoever sends it.
  static func invalid(_ message: String) -> AuthRefusal { AuthRefusal(.invalidArgument, message) }

  /// The credential is not accepted.
  static func unauthenticated(_ message: String) -> AuthRefusal {
    AuthRefusal(.unauthenticated, message)
  }

  /// The credential is good, and may not do this.
  static func denied(_ message: String) -> AuthRefusal {
    AuthRefusal(.permissionDenied, "Insufficient permissions: \(message)")
  }

  /// More requests in a second than the configuration allows.
  static func tooManyOperations(_ limit: Int) -> AuthRefusal {
    AuthRefusal(
      .resourceExhausted,
      "too many operations: this account may make \(limit) auth calls a second; wait a second",
      subKind: "operations_rate_limit_exceeded")
  }

  /// There is no room to remember another used refresh token.
  static let tooManyRefreshes = AuthRefusal(
    .resourceExhausted,
    "this service remembers no more used refresh tokens until some of their keys expire")

  /// The service cannot make a key.
  static let noKeys = AuthRefusal(.internalError, "the service cannot make a key now")

  var description: String { "\(code.name): \(message)" }
}
