import AWSSecretStore
import FoundationEssentials
import LambdaRuntime
import MomentoAuth

/// What an event asks a function for.
enum LambdaRequest: Sendable, Hashable {
  /// A step of Secrets Manager's rotation contract.
  case step(RotationEvent)
  /// One secret of Secrets Manager, by name or ARN.
  case secret(String, isForced: Bool)
  /// Whatever the function is set up for: a schedule's event, and all others.
  case schedule(isForced: Bool)

  /// Reads an event.
  ///
  /// - Throws: for an event that names a step or a secret and is not whole. It is not taken for one of
  ///   another kind: nothing that was not asked for is done.
  init(parsing event: [UInt8]) throws(LambdaFailure) {
    let members =
      (try? JSONDecoder().decode([String: JSONValue].self, from: Data(event))) ?? [:]
    let isForced = members["force"] == .bool(true)
    if members["Step"] != nil {
      guard let event = RotationEvent(parsing: event) else {
        throw Self.malformed("a step without a step's name, secret or token")
      }
      self = .step(event)
      return
    }
    for name in ["SecretId", "momento_auth_token_secret_name"] {
      guard let value = members[name] else { continue }
      guard let secret = value.string, !secret.isEmpty else {
        throw Self.malformed("\(name) is no name of a secret")
      }
      self = .secret(secret, isForced: isForced)
      return
    }
    self = .schedule(isForced: isForced)
  }

  private static func malformed(_ what: String) -> LambdaFailure {
    LambdaFailure(type: "Rotation.Event", message: "the event cannot be used: \(what)")
  }
}
