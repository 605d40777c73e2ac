import HTTPClient
import MomentoAuth
import SecretStores

/// AWS STS: takes on a role (API version 2011-06-15).
struct SecurityTokenService: Sendable {
  var environment: AWSEnvironment
  var region: String?

  /// Takes on a role with credentials of another identity.
  func assumeRole(
    _ role: String, session: String?, externalID: String? = nil, duration: String? = nil,
    as source: AWSCredentials
  ) async throws(SecretStoreError) -> AWSCredentials {
    var form = form("AssumeRole", role, session)
    if let externalID { form.append(("ExternalId", externalID)) }
    if let duration { form.append(("DurationSeconds", duration)) }
    var request = try request(form)
    let signer = SigV4(
      credentials: source, region: region ?? "us-east-1", service: "sts", time: environment.now())
    guard let fields = signer.signedFields(of: request) else {
      throw environment.error(.misconfigured, "the endpoint of STS is no URL")
    }
    request.fields = fields
    return try await send(request)
  }

  /// Takes on a role with a token of a provider of identities, such as Kubernetes.
  func assumeRole(
    _ role: String, session: String?, webIdentity token: String
  ) async throws(SecretStoreError) -> AWSCredentials {
    let form = form("AssumeRoleWithWebIdentity", role, session) + [("WebIdentityToken", token)]
    return try await send(try request(form))
  }

  private func form(
    _ action: String, _ role: String, _ session: String?
  ) -> [(String, String)] {
    [
      ("Action", action), ("Version", "2011-06-15"), ("RoleArn", role),
      ("RoleSessionName", session ?? "momento-auth"),
    ]
  }

  private func request(_ form: [(String, String)]) throws(SecretStoreError) -> HTTPRequest {
    let named = environment["AWS_ENDPOINT_URL_STS"] ?? environment["AWS_ENDPOINT_URL"]
    let region = region ?? "us-east-1"
    let url = named ?? AWSEndpoint.url(service: "sts", region: region)
    return HTTPRequest(
      .post, try AWSEndpoint.checked(url, environment),
      fields: [HTTPField("Content-Type", "application/x-www-form-urlencoded")],
      body: URIEncoding.form(form), connectTimeout: .seconds(3))
  }

  private func send(_ request: HTTPRequest) async throws(SecretStoreError) -> AWSCredentials {
    let response = try await environment.send(request, isHarmless: true)
    guard response.status == 200 else {
      let failure = AWSFailure(response)
      var error = failure.error(at: environment.location, operation: "AssumeRole")
      if error.kind == .denied { error.advice = "Allow sts:AssumeRole on the role." }
      throw error
    }
    let xml = String(decoding: response.body, as: UTF8.self)
    guard let id = XMLText.first("AccessKeyId", in: xml),
      let secret = XMLText.first("SecretAccessKey", in: xml),
      let token = XMLText.first("SessionToken", in: xml),
      let expiry = XMLText.first("Expiration", in: xml).flatMap(UTCDateTime.init(parsing:))
    else { throw environment.error(.unreadable, "STS gives no credentials that can be read") }
    return AWSCredentials(
      accessKeyID: id, secretAccessKey: Secret(secret), sessionToken: Secret(token),
      expiration: expiry.epochSeconds)
  }
}
