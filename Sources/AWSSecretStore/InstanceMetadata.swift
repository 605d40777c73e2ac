import HTTPClient
import MomentoAuth
import SecretStores

/// Credentials of an EC2 instance's role, by version 2 of the metadata service.
struct InstanceMetadata: Sendable {
  var environment: AWSEnvironment

  /// - Returns: nil when there is no such service, or the instance has no role.
  func find() async throws(SecretStoreError) -> AWSCredentials? {
    if environment["AWS_EC2_METADATA_DISABLED"]?.lowercased() == "true" { return nil }
    // Most machines are no instance: that the service does not answer is no failure.
    guard let token = try? await send(.put, "api/token", ("ttl-seconds", "21600")),
      token.status == 200
    else { return nil }
    let session = ("", String(decoding: token.body, as: UTF8.self).trimmed)
    let folder = "meta-data/iam/security-credentials/"
    let roles = try await send(.get, folder, session)
    if roles.status == 404 { return nil }
    let role = String(decoding: roles.body, as: UTF8.self).split(whereSeparator: \.isNewline).first
    guard roles.status == 200, let role else {
      throw environment.error(
        .unavailable, "the instance's metadata service answers with status \(roles.status)")
    }
    let response = try await send(.get, folder + URIEncoding.encode(role.utf8), session)
    return extended(
      try environment.credentials(response, from: "the instance's metadata service"))
  }

  /// The service may be behind and give credentials that have ended: AWS goes on taking them for a
  /// while, so they are used, and asked for again later (static stability).
  private func extended(_ credentials: AWSCredentials) -> AWSCredentials {
    let now = environment.now()
    guard let end = credentials.expiration, end < now + 600 else { return credentials }
    var credentials = credentials
    // The ten minutes before the end, in which credentials are renewed, and ten minutes of use.
    credentials.expiration = now + 1_200 + UInt64(120 + 480 * min(1, max(0, environment.random())))
    return credentials
  }

  private func send(
    _ method: HTTPRequest.Method, _ path: String, _ token: (suffix: String, value: String)
  ) async throws(SecretStoreError) -> HTTPResponse {
    let base = environment["AWS_EC2_METADATA_SERVICE_ENDPOINT"] ?? "http://169.254.169.254"
    let suffix = token.suffix.isEmpty ? "" : "-\(token.suffix)"
    let request = HTTPRequest(
      method, (base.hasSuffix("/") ? String(base.dropLast()) : base) + "/latest/\(path)",
      fields: [HTTPField("X-aws-ec2-metadata-token\(suffix)", token.value)],
      timeout: .seconds(1), connectTimeout: .seconds(1), usesProxy: false)
    return try await environment.send(request, isHarmless: true)
  }
}
