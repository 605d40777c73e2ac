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

  /// The call is about a cache that is not there.
  static let noSuchCache = AuthRefusal(
    .notFound, "there is no cache of this name; create it with CreateCache")

  /// What is to be made is there.
  static func alreadyExists(_ message: String) -> AuthRefusal {
    AuthRefusal(.alreadyExists, message)
  }

  /// A limit without a name that clients know.
  static func tooMuch(_ message: String) -> AuthRefusal {
    AuthRefusal(.resourceExhausted, message)
  }

  /// The caches take all the memory that they may.
  static func full(_ limit: Int) -> AuthRefusal {
    AuthRefusal(
      .resourceExhausted,
      "the caches are full: their items take the \(limit) bytes that this service keeps in memory; "
        + "delete some, or give it more")
  }

  /// One item, or one value of a topic, is larger than any may be.
  static func itemTooLarge(_ limit: Int) -> AuthRefusal {
    AuthRefusal(
      .resourceExhausted,
      "an item with its key, or a value of a topic, takes \(limit) bytes at most",
      subKind: "item_size_limit_exceeded")
  }

  /// No more subscriptions are taken.
  static func tooManySubscriptions(_ limit: Int) -> AuthRefusal {
    AuthRefusal(
      .resourceExhausted, "there are \(limit) subscribers, the most that this service serves",
      subKind: "topic_subscriptions_limit_exceeded")
  }

  /// The method is one of Momento's, and not of this service.
  static func missing(_ method: String, instead: String) -> AuthRefusal {
    AuthRefusal(.unimplemented, "this service has no \(method); \(instead)")
  }

  /// What must last cannot be written.
  static let notSaved = AuthRefusal(
    .unavailable, "the service cannot write its state file now, so nothing was changed; try again")

  /// The service ends.
  static let stopping = AuthRefusal(.unavailable, "the service is stopping")

  /// The service cannot make a key.
  static let noKeys = AuthRefusal(.internalError, "the service cannot make a key now")

  var description: String { "\(code.name): \(message)" }
}
