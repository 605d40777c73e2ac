import HTTPClient
import MomentoAuth
import SecretStores

/// Credentials of a container's role, from an endpoint that the platform names.
struct ContainerCredentials: Sendable {
  var environment: AWSEnvironment

  /// - Returns: nil when no endpoint is named.
  func find() async throws(SecretStoreError) -> AWSCredentials? {
    guard let url = try url() else { return nil }
    var fields = [HTTPField("Accept", "application/json")]
    if let token = try token() { fields.append(HTTPField("Authorization", token)) }
    let request = HTTPRequest(
      .get, url, fields: fields, timeout: .seconds(2), connectTimeout: .seconds(2),
      usesProxy: false)
    let response = try await environment.send(request, isHarmless: true)
    return try environment.credentials(response, from: "the container's credentials endpoint")
  }

  private func url() throws(SecretStoreError) -> String? {
    if let path = environment["AWS_CONTAINER_CREDENTIALS_RELATIVE_URI"] {
      guard path.hasPrefix("/") else {
        throw environment.error(
          .misconfigured, "AWS_CONTAINER_CREDENTIALS_RELATIVE_URI does not begin with '/'")
      }
      return "http://169.254.170.2\(path)"
    }
    guard let url = environment["AWS_CONTAINER_CREDENTIALS_FULL_URI"] else { return nil }
    let known: Set = ["169.254.170.2", "169.254.170.23", "fd00:ec2::23"]
    guard let target = RequestTarget(url),
      target.scheme == "https" || target.isLoopback || known.contains(target.host)
    else {
      throw environment.error(
        .misconfigured,
        "AWS_CONTAINER_CREDENTIALS_FULL_URI is not encrypted, and leads to no known address")
    }
    return url
  }

  /// The platform changes the file's content: it is read every time.
  private func token() throws(SecretStoreError) -> String? {
    guard let path = environment["AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE"] else {
      return environment["AWS_CONTAINER_AUTHORIZATION_TOKEN"]
    }
    return try environment.text(ofFile: path).trimmed
  }
}
