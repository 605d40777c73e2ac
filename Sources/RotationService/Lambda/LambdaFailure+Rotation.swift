import AWSSecretStore
import LambdaRuntime
import MomentoKeyRotation
import SecretStores

extension LambdaFailure {
  /// Says of whatever went wrong in a step what Lambda is to be told.
  init(rotation error: any Error) {
    switch error {
    case let failure as LambdaFailure: self = failure
    case let error as RotationContractError:
      self.init(type: "Rotation.\(Self.word("\(error)"))", message: error.words)
    case let error as SecretStoreError:
      self.init(
        type: "Store.\(error.code ?? Self.word("\(error.kind)"))", message: error.description)
    case let error as IssueError:
      self.init(
        type: error.kind == .refused ? "Rotation.Refused" : "Rotation.RetryLater",
        message: error.description)
    case let error as RotationSetupError:
      self.init(type: "Configuration.Spool", message: error.description)
    default: self.init(type: "Rotation.Unknown", message: "\(Swift.type(of: error))")
    }
  }

  /// The name of a case, with a capital letter, and without what it carries.
  private static func word(_ name: String) -> String {
    let word = name.prefix { $0.isLetter }
    return word.prefix(1).uppercased() + word.dropFirst()
  }
}

extension RotationContractError {
  fileprivate var words: String {
    switch self {
    case .rotationNotEnabled: "rotation of the secret is not switched on"
    case .unknownVersion: "the token names no version of the secret"
    case .notPending: "the version is neither pending nor current"
    case .noCurrentKey: "the secret holds no current key"
    case .noPendingKey: "the new version has no content: createSecret has not been done"
    case .keyRefused: "the service does not accept the key"
    case .keyInconclusive: "the service could not be asked whether it accepts the key"
    }
  }
}
