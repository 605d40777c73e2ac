internal import FoundationEssentials
package import HTTPClient
internal import Locking
package import MomentoAuth

/// Secrets Manager as AWS documents it, for one secret: versions are written once, labels move by
/// compare-and-swap, AWSPREVIOUS moves by itself. Stricter than need be: it knows no other actions and
/// members than ours, and refuses what is not signed.
package final class SecretsManagerFake: HTTPExchange {
  package static let arn = "arn:aws:secretsmanager:eu-west-1:123456789012:secret:momento/key-AbCdEf"

  package struct Secret: Sendable {
    /// The content of each version; nil while Secrets Manager has made a version without one.
    package var versions: [String: String?] = [:]
    package var labels: [String: String] = [:]
    package var isRotationEnabled = false
    package var isDeleted = false
    package var leavesPendingLabel = true

    package init(
      versions: [String: String?] = [:], labels: [String: String] = [:],
      isRotationEnabled: Bool = false, isDeleted: Bool = false
    ) {
      self.versions = versions
      self.labels = labels
      self.isRotationEnabled = isRotationEnabled
      self.isDeleted = isDeleted
    }
  }

  package enum Fault: Sendable {
    /// None this time: the next one counts.
    case none
    /// The action is not done.
    case answer(status: Int, body: String)
    /// The action is done, and the answer is lost.
    case lostAnswer
    /// The action is not done, and nobody can tell.
    case lostRequest
    /// The service was certainly not reached.
    case unreachable
  }

  package struct Call: Sendable {
    package var action: String
    package var members: [String: JSONValue]
    package var fields: [HTTPField]
  }

  private struct State: Sendable {
    var secret: Secret?
    var calls: [Call] = []
    var faults: [String: [Fault]] = [:]
    var denied: Set<String> = []
    var before: [String: @Sendable () async -> Void] = [:]
  }

  private let state: Locked<State>
  /// The service's clock, as its answers tell it.
  package let date: String

  package init(_ secret: Secret? = nil, date: String = "Mon, 24 Nov 2025 16:00:00 GMT") {
    state = Locked(State(secret: secret))
    self.date = date
  }

  package var secret: Secret? {
    get { state.withLock { $0.secret } }
    set { state.withLock { $0.secret = newValue } }
  }
  package var calls: [Call] { state.withLock { $0.calls } }
  package var writes: [String] {
    calls.map(\.action).filter { $0 != "DescribeSecret" && $0 != "GetSecretValue" }
  }

  package func fail(_ action: String, with faults: Fault...) {
    state.withLock { $0.faults[action] = faults }
  }
  package func deny(_ action: String) { state.withLock { $0.denied.formUnion([action]) } }
  /// Does something once, just before an action is.
  package func before(_ action: String, _ body: @escaping @Sendable () async -> Void) {
    state.withLock { $0.before[action] = body }
  }

  package func send(_ request: HTTPRequest) async throws(HTTPFailure) -> HTTPResponse {
    let fields = HTTPResponse(status: 0, fields: request.fields)
    let target = fields.field("X-Amz-Target") ?? ""
    let action = String(target.dropFirst("secretsmanager.".count))
    if let body = state.withLock({ $0.before.removeValue(forKey: action) }) { await body() }
    guard
      let members = try? JSONDecoder().decode([String: JSONValue].self, from: Data(request.body))
    else { return refusal("SerializationException") }
    state.withLock {
      $0.calls.append(Call(action: action, members: members, fields: request.fields))
    }
    guard target.hasPrefix("secretsmanager."), request.method == .post,
      fields.field("Content-Type") == "application/x-amz-json-1.1",
      fields.field("Authorization")?.hasPrefix("AWS4-HMAC-SHA256 Credential=AKID/") == true
    else { return refusal("IncompleteSignatureException") }
    return try respond(action, members)
  }

  private func respond(
    _ action: String, _ members: [String: JSONValue]
  ) throws(HTTPFailure) -> HTTPResponse {
    let fault = state.withLock { state in
      state.faults[action]?.isEmpty == false ? state.faults[action]?.removeFirst() : nil
    }
    switch fault {
    case .answer(let status, let body): return response(status, body)
    case .lostRequest:
      throw HTTPFailure(phase: .timeout, isCertainlyUnsent: false, reason: "no answer in time")
    case .unreachable:
      throw HTTPFailure(phase: .connect, isCertainlyUnsent: true, reason: "connection refused")
    case .lostAnswer, .some(.none), nil: break
    }
    if state.withLock({ $0.denied.contains(action) }) {
      return refusal("AccessDeniedException", "not authorized to perform: \(action)")
    }
    let result = state.withLock { state -> Result<[String: JSONValue], Refusal> in
      Result { () throws(Refusal) in try Self.perform(action, members, on: &state.secret) }
    }
    if case .lostAnswer? = fault {
      throw HTTPFailure(phase: .transfer, isCertainlyUnsent: false, reason: "connection reset")
    }
    switch result {
    case .success(let members): return response(200, JSONValue.object(members).description)
    case .failure(let failure): return refusal(failure.type, failure.message)
    }
  }

  private func refusal(_ type: String, _ message: String = "no") -> HTTPResponse {
    response(400, #"{"__type":"com.amazonaws.secretsmanager#\#(type)","Message":"\#(message)"}"#)
  }

  private func response(_ status: Int, _ body: String) -> HTTPResponse {
    return HTTPResponse(status: status, fields: [HTTPField("date", date)], body: Array(body.utf8))
  }
}

extension SecretsManagerFake {
  private struct Refusal: Error {
    var type: String
    var message: String
    init(_ type: String, _ message: String) {
      self.type = type
      self.message = message
    }
  }

  private static func perform(
    _ action: String, _ members: [String: JSONValue], on secret: inout Secret?
  ) throws(Refusal) -> [String: JSONValue] {
    func text(_ name: String) -> String? { members[name]?.string }
    if action == "CreateSecret" {
      guard secret == nil else { throw Refusal("ResourceExistsException", "exists already") }
      guard let token = text("ClientRequestToken") else {
        throw Refusal("InvalidParameterException", "no token")
      }
      secret = Secret(
        versions: [token: text("SecretString")], labels: ["AWSCURRENT": token])
      return ["ARN": .string(arn), "VersionId": .string(token)]
    }
    guard var found = secret, ["momento/key", arn].contains(text("SecretId")) else {
      throw Refusal(
        "ResourceNotFoundException", "Secrets Manager can't find the specified secret.")
    }
    if found.isDeleted, action != "DescribeSecret" {
      throw Refusal("InvalidRequestException", "the secret is scheduled for deletion")
    }
    defer { secret = found }
    switch action {
    case "DescribeSecret": return describe(found)
    case "GetSecretValue":
      let label = text("VersionStage") ?? "AWSCURRENT"
      guard let version = text("VersionId") ?? found.labels[label],
        let content = found.versions[version] ?? nil
      else {
        throw Refusal(
          "ResourceNotFoundException", "Secrets Manager can't find the specified secret value")
      }
      return ["ARN": .string(arn), "SecretString": .string(content), "VersionId": .string(version)]
    case "PutSecretValue":
      guard let token = text("ClientRequestToken"), 32...64 ~= token.utf8.count,
        let content = text("SecretString"), 1...65_536 ~= content.utf8.count,
        case .array(let stages)? = members["VersionStages"], 1...20 ~= stages.count
      else { throw Refusal("InvalidParameterException", "a parameter is wrong") }
      if let existing = found.versions[token] ?? nil {
        guard existing == content else {
          throw Refusal("ResourceExistsException", "A resource with the ID already exists.")
        }
        return ["ARN": .string(arn), "VersionId": .string(token)]
      }
      guard found.versions.count < 100 else {
        throw Refusal("LimitExceededException", "too many versions")
      }
      found.versions[token] = content
      for stage in stages.compactMap(\.string) { attach(stage, to: token, &found) }
      return ["ARN": .string(arn), "VersionId": .string(token)]
    case "UpdateSecretVersionStage":
      try moveLabel(
        text("VersionStage") ?? "", text("MoveToVersionId"),
        text("RemoveFromVersionId"), &found)
      return ["ARN": .string(arn)]
    default: throw Refusal("InvalidAction", "no such action")
    }
  }

  private static func describe(_ secret: Secret) -> [String: JSONValue] {
    var stages: [String: JSONValue] = [:]
    for version in Set(secret.labels.values) {
      let labels = secret.labels.filter { $0.value == version }.keys.sorted()
      stages[version] = .array(labels.map { .string($0) })
    }
    var members: [String: JSONValue] = [
      "ARN": .string(arn), "Name": .string("momento/key"), "VersionIdsToStages": .object(stages),
    ]
    if secret.isRotationEnabled { members["RotationEnabled"] = .bool(true) }
    if secret.isDeleted { members["DeletedDate"] = .number(1_764_000_000.5) }
    return members
  }

  private static func moveLabel(
    _ label: String, _ target: String?, _ source: String?, _ secret: inout Secret
  ) throws(Refusal) {
    let holder = secret.labels[label]
    if let target, secret.versions[target] == nil {
      throw Refusal("ResourceNotFoundException", "no version \(target)")
    }
    if let source, source != holder {
      throw Refusal(
        "InvalidParameterException",
        "The parameter RemoveFromVersionId can't be used: the label is not attached to it.")
    }
    if source == nil, let holder, holder != target {
      throw Refusal(
        "InvalidParameterException",
        "The parameter RemoveFromVersionId can't be empty. Staging label is attached to \(holder)")
    }
    if let target {
      attach(label, to: target, &secret)
    } else {
      guard label != "AWSCURRENT" else {
        throw Refusal("InvalidParameterException", "AWSCURRENT can only be moved")
      }
      secret.labels[label] = nil
    }
  }

  private static func attach(_ label: String, to version: String, _ secret: inout Secret) {
    if label == "AWSCURRENT" {
      if let old = secret.labels[label], old != version { secret.labels["AWSPREVIOUS"] = old }
      if !secret.leavesPendingLabel, secret.labels["AWSPENDING"] == version {
        secret.labels["AWSPENDING"] = nil
      }
    }
    secret.labels[label] = version
  }
}
