import MomentoAuth

/// What a request to AWS is signed with.
struct AWSCredentials: Sendable, Hashable {
  var accessKeyID: String
  var secretAccessKey: Secret
  /// Only temporary credentials have one.
  var sessionToken: Secret?
  /// When they end, in epoch seconds; `nil` for those that do not.
  var expiration: UInt64?

  init(
    accessKeyID: String, secretAccessKey: Secret, sessionToken: Secret? = nil,
    expiration: UInt64? = nil
  ) {
    self.accessKeyID = accessKeyID
    self.secretAccessKey = secretAccessKey
    // An empty token is not sent: AWS refuses one.
    self.sessionToken = sessionToken?.isEmpty == true ? nil : sessionToken
    self.expiration = expiration
  }
}

extension AWSCredentials: CustomStringConvertible, CustomReflectable {
  /// The id alone, which is no secret.
  var description: String { "AWS access key \(accessKeyID)" }
  var customMirror: Mirror { Mirror(self, children: []) }
}
