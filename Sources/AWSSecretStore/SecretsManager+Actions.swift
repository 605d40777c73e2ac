import FoundationEssentials
import GRPCCall
import MomentoAuth
import SecretStores

/// What DescribeSecret tells.
struct SecretDescription: Sendable, Hashable {
  var arn: String
  var isRotationEnabled: Bool
  /// The labels of each version that has any.
  var labels: [String: Set<String>]
  var serverTime: UInt64?

  /// The version that carries a label.
  func version(labelled label: String) -> String? {
    labels.first { $0.value.contains(label) }?.key
  }
}

/// The content of a version, as it is kept.
enum SecretContent: Sendable, Hashable {
  case text(Secret)
  case binary(Secret)

  var bytes: [UInt8] {
    switch self {
    case .text(let secret), .binary(let secret):
      unsafe secret.withUnsafeBytes { unsafe Array($0) }
    }
  }

  fileprivate var member: (name: String, value: JSONValue) {
    switch self {
    case .text(let text): ("SecretString", .string(text.reveal()))
    case .binary: ("SecretBinary", .string(Data(bytes).base64EncodedString()))
    }
  }
}

extension SecretsManager {
  func describe() async throws(SecretStoreError) -> SecretDescription {
    let answer = try await call("DescribeSecret")
    guard let arn = answer.members["ARN"]?.string else {
      throw error(.unavailable, "DescribeSecret", "the answer has no ARN")
    }
    if let deleted = answer.members["DeletedDate"], deleted != .null {
      throw error(
        .notFound, "DescribeSecret", "the secret is scheduled for deletion",
        advice: "Restore it: aws secretsmanager restore-secret")
    }
    var labels: [String: Set<String>] = [:]
    if case .object(let versions)? = answer.members["VersionIdsToStages"] {
      for (version, stages) in versions {
        if case .array(let stages) = stages { labels[version] = Set(stages.compactMap(\.string)) }
      }
    }
    return SecretDescription(
      arn: arn, isRotationEnabled: answer.members["RotationEnabled"] == .bool(true),
      labels: labels, serverTime: answer.serverTime)
  }

  /// The content of a version.
  ///
  /// - Returns: nil when there is no such version, or it has no content yet.
  func content(ofVersion version: String) async throws(SecretStoreError) -> SecretContent? {
    let members: [String: JSONValue]
    do {
      members = try await call("GetSecretValue", ["VersionId": .string(version)]).members
    } catch {
      if error.code == "ResourceNotFoundException" { return nil }
      throw error
    }
    if let text = members["SecretString"]?.string { return .text(Secret(text)) }
    guard let text = members["SecretBinary"]?.string, let bytes = Data(base64Encoded: text) else {
      throw error(.unreadable, "GetSecretValue", "the version has neither text nor bytes")
    }
    return .binary(Secret(bytes: [UInt8](bytes)))
  }

  /// Writes a version, once: the same again is no change, something else under its name a conflict.
  ///
  /// - Parameters:
  ///   - version: its id, 32 to 64 characters.
  ///   - label: a label that moves to it. Never AWSCURRENT, which has to be moved by ``move``.
  ///   - rotationToken: what Secrets Manager gave to the function that rotates for it.
  func put(
    _ content: SecretContent, version: String, label: String, rotationToken: String? = nil
  ) async throws(SecretStoreError) {
    try checkVersion(version, "PutSecretValue")
    var members: [String: JSONValue] = [
      "ClientRequestToken": .string(version), "VersionStages": .array([.string(label)]),
    ]
    members[content.member.name] = content.member.value
    if let rotationToken { members["RotationToken"] = .string(rotationToken) }
    _ = try await call("PutSecretValue", members)
  }

  /// Makes a secret that is not there yet.
  func create(_ content: SecretContent, version: String) async throws(SecretStoreError) {
    try checkVersion(version, "CreateSecret")
    _ = try await call(
      "CreateSecret",
      ["ClientRequestToken": .string(version), content.member.name: content.member.value])
  }

  /// Moves a label from a version to another: compare-and-swap, because it fails when the label is not
  /// on `old`, or is on any while `old` is nil.
  func move(
    _ label: String, to new: String, from old: String?
  ) async throws(SecretStoreError) {
    var members: [String: JSONValue] = [
      "VersionStage": .string(label), "MoveToVersionId": .string(new),
    ]
    if let old, old != new { members["RemoveFromVersionId"] = .string(old) }
    _ = try await call("UpdateSecretVersionStage", members)
  }

  /// Takes a label away from a version. AWSCURRENT has to be on one always.
  func remove(_ label: String, from version: String) async throws(SecretStoreError) {
    guard label != "AWSCURRENT" else {
      throw error(.misconfigured, "UpdateSecretVersionStage", "AWSCURRENT is never removed")
    }
    _ = try await call(
      "UpdateSecretVersionStage",
      ["VersionStage": .string(label), "RemoveFromVersionId": .string(version)])
  }

  func error(
    _ kind: SecretStoreError.Kind, _ operation: String, _ message: String, advice: String = "",
    delivery: Delivery = .answered
  ) -> SecretStoreError {
    SecretStoreError(
      kind, at: location, operation: operation, message, advice: advice, delivery: delivery)
  }

  private func checkVersion(
    _ version: String, _ operation: String
  ) throws(SecretStoreError) {
    guard 32...64 ~= version.utf8.count else {
      throw error(
        .unsupported, operation, "a version's id has 32 to 64 characters", delivery: .notSent)
    }
  }
}
