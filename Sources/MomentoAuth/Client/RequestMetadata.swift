import GRPCCall

/// What every request of a client carries beside its message: made once, so that a call costs none.
struct RequestMetadata: Sendable {
  /// For calls that show the credential.
  let authorized: Metadata
  /// For a login, which must not.
  let anonymous: Metadata

  init(
    _ credential: CredentialProvider, _ configuration: AuthClientConfiguration
  ) throws(MomentoError) {
    var metadata = Metadata()
    try metadata.set("agent", configuration.agent, "Give an agent of printable ASCII.")
    try metadata.set("runtime-version", AuthClientConfiguration.runtimeVersion, "")
    anonymous = metadata
    let isSent =
      switch configuration.authorizationHeader {
      case .always: true
      case .unlessEmpty: !credential.apiKey.isEmpty
      case .never: false
      }
    if isSent {
      try metadata.set(
        "authorization", credential.apiKey.reveal(), "Check the key for stray characters.")
    }
    authorized = metadata
  }
}

extension Metadata {
  /// The complaint names the header and never the value.
  fileprivate mutating func set(
    _ key: String, _ value: String, _ advice: String
  ) throws(MomentoError) {
    do {
      try add(key, value)
    } catch {
      throw .invalidArgument("\(error).", advice: advice)
    }
  }
}
