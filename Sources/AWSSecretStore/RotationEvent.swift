import FoundationEssentials
package import MomentoAuth
package import SecretStores

/// What Secrets Manager calls a rotation function with.
package struct RotationEvent: Sendable, Hashable {
  /// The four steps, which it calls in this order.
  package enum Step: String, Sendable, Hashable, CaseIterable {
    case createSecret, setSecret, testSecret, finishSecret

    /// Takes a step's name in both of the spellings that AWS writes: `createSecret` and
    /// `create_secret`.
    package init?(text: String) {
      let name = text.replacing("_secret", with: "Secret")
      self.init(rawValue: name)
    }
  }

  package var step: Step
  /// The secret's ARN.
  package var secretID: String
  /// The id of the version that is to be made: it names the rotation.
  package var token: OperationID
  /// To be handed back when the version is written; only newer events have one.
  package var rotationToken: Secret?

  package init(
    step: Step, secretID: String, token: OperationID, rotationToken: Secret? = nil
  ) {
    self.step = step
    self.secretID = secretID
    self.token = token
    self.rotationToken = rotationToken
  }

  /// Reads an event.
  ///
  /// - Returns: nil for an event that is not Secrets Manager's: it has no `Step`, or not all of the
  ///   rest.
  package init?(parsing json: [UInt8]) {
    guard let members = try? JSONDecoder().decode([String: JSONValue].self, from: Data(json)),
      let step = members["Step"]?.string.flatMap(Step.init(text:)),
      let secretID = members["SecretId"]?.string, !secretID.isEmpty,
      let token = members["ClientRequestToken"]?.string.flatMap(OperationID.init(text:)),
      32...64 ~= token.text.utf8.count
    else { return nil }
    self.init(
      step: step, secretID: secretID, token: token,
      rotationToken: members["RotationToken"]?.string.map { Secret($0) })
  }
}
