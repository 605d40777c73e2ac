import FoundationEssentials
import HTTPClient
import MomentoAuth
import SecretStores

extension AWSEnvironment {
  /// Reads what the endpoints of containers and instances answer:
  /// `{"AccessKeyId":…,"SecretAccessKey":…,"Token":…,"Expiration":…}`.
  func credentials(
    _ response: HTTPResponse, from source: String
  ) throws(SecretStoreError) -> AWSCredentials {
    guard response.status == 200 else {
      throw error(
        response.status >= 500 ? .unavailable : .unauthenticated,
        "\(source) answers with status \(response.status)")
    }
    let body = Data(response.body)
    guard let members = try? JSONDecoder().decode([String: JSONValue].self, from: body),
      let id = members["AccessKeyId"]?.string, let secret = members["SecretAccessKey"]?.string
    else { throw error(.unreadable, "\(source) gives no credentials that can be read") }
    return AWSCredentials(
      accessKeyID: id, secretAccessKey: Secret(secret),
      sessionToken: members["Token"]?.string.map { Secret($0) },
      expiration: members["Expiration"]?.string.flatMap(UTCDateTime.init(parsing:))?.epochSeconds)
  }
}
