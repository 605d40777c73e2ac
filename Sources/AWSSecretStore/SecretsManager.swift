import FoundationEssentials
import GRPCCall
import HTTPClient
import Locking
import MomentoAuth
import SecretStoreHTTP
package import SecretStores

/// AWS Secrets Manager's actions on one secret (JSON 1.1, API version 2017-10-17).
package struct SecretsManager: Sendable {
  /// The secret as it was named: a name or an ARN.
  let secretID: String
  let endpoint: String
  let region: String
  let trust: HTTPRequest.Trust
  let credentials: CredentialCache
  let environment: AWSEnvironment
  /// By how many seconds the service's clock is ahead of ours, once it was found to matter.
  private let skew = Locked<Int64>(0)

  init(
    secretID: String, endpoint: String, region: String, trust: HTTPRequest.Trust = .system,
    environment: AWSEnvironment
  ) {
    self.secretID = secretID
    self.endpoint = endpoint
    self.region = region
    self.trust = trust
    self.environment = environment
    credentials = CredentialCache(
      search: CredentialSearch(environment: environment, region: region))
  }

  /// What an action answers with.
  struct Answer: Sendable {
    var members: [String: JSONValue]
    var serverTime: UInt64?
  }

  package var location: StoreLocation { environment.location }

  /// Calls an action. The secret's id is added to what the body says.
  ///
  /// Nothing is sent again that may have been carried out; only a request that was never seen, one
  /// that was signed by a wrong clock, and one with credentials that had just ended.
  func call(
    _ action: String, _ members: [String: JSONValue] = [:]
  ) async throws(SecretStoreError) -> Answer {
    var body = members
    if action == "CreateSecret" {
      body["Name"] = .string(secretID)
    } else {
      body["SecretId"] = .string(secretID)
    }
    let bytes = Array(JSONValue.object(body).description.utf8)
    var mayRenew = true
    var mayCorrectClock = true
    while true {
      let credentials = try await credentials.credentials()
      let response = try await send(action, bytes, credentials)
      if response.status == 200 { return try answer(response, action) }
      let failure = AWSFailure(response)
      if failure.concernsExpiry, mayRenew {
        mayRenew = false
        await self.credentials.discard(credentials)
        continue
      }
      if let error = correctClock(failure, action) {
        guard mayCorrectClock else { throw error }
        mayCorrectClock = false
        continue
      }
      throw failure.error(at: location, operation: action)
    }
  }

  private func send(
    _ action: String, _ body: [UInt8], _ credentials: AWSCredentials
  ) async throws(SecretStoreError) -> HTTPResponse {
    var request = HTTPRequest(
      .post, endpoint,
      fields: [
        HTTPField("Content-Type", "application/x-amz-json-1.1"),
        HTTPField("X-Amz-Target", "secretsmanager.\(action)"),
      ], body: body, connectTimeout: .seconds(3), trust: trust)
    let signer = SigV4(
      credentials: credentials, region: region, service: "secretsmanager", time: time)
    guard let fields = signer.signedFields(of: request) else {
      throw error(.misconfigured, action, "the endpoint is no URL")
    }
    request.fields = fields
    var wait = environment.patience
    for attempt in 1... {
      do {
        return try await environment.http.send(request)
      } catch {
        guard attempt < 3, error.isCertainlyUnsent,
          error.phase == .connect || error.phase == .resolve
        else { throw SecretStoreError(error, at: location, operation: action) }
      }
      try? await Task.sleep(for: wait)
      wait = min(wait * 4, .seconds(2))
    }
    throw error(.unavailable, action, "there was no answer")
  }

  private var time: UInt64 {
    UInt64(
      clamping: Int64(clamping: environment.now()).addingReportingOverflow(
        skew.withLock { $0 }
      ).partialValue)
  }

  /// Sets our clock by the service's where that is what is wrong with a signature.
  ///
  /// - Returns: the failure to throw if that does not help; nil for failures of other kinds.
  private func correctClock(_ failure: AWSFailure, _ action: String) -> SecretStoreError? {
    guard failure.concernsSignature, let server = failure.serverTime else { return nil }
    let ours = Int64(clamping: environment.now())
    let difference = Int64(clamping: server) - ours
    // AWS takes signatures of five minutes either way.
    guard difference.magnitude > 240 else { return nil }
    skew.withLock { $0 = difference }
    return SecretStoreError(
      .clockSkew(.seconds(difference)), at: location, operation: action,
      "this machine's clock differs by \(difference.magnitude) s from the service's",
      advice: "Set the clock.", code: failure.code)
  }

  private func answer(
    _ response: HTTPResponse, _ action: String
  ) throws(SecretStoreError) -> Answer {
    let body = Data(response.body)
    guard let members = try? JSONDecoder().decode([String: JSONValue].self, from: body) else {
      throw error(.unavailable, action, "the answer is no JSON object", delivery: .unknown)
    }
    return Answer(
      members: members, serverTime: response.field("Date").flatMap(HTTPDate.epochSeconds))
  }
}
