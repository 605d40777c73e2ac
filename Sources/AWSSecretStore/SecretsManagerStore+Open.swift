import FoundationEssentials
public import HTTPClient
public import SecretStores

extension SecretsManagerStore {
  /// Opens `aws-secretsmanager:NAME-or-ARN`.
  ///
  /// The parameters are `region`, `profile`, `endpoint`, `fips` and `dualstack` (`true`), and
  /// `ca-file`. What they leave open the environment says, as it does for AWS's own tools:
  /// `AWS_REGION`, `AWS_PROFILE`, `AWS_ENDPOINT_URL_SECRETS_MANAGER`, the credentials and so on.
  /// Nothing is sent yet.
  ///
  /// - Throws: `misconfigured` for an unknown parameter, a missing region, and an endpoint that is not
  ///   encrypted and not on this machine.
  public static func open(
    _ url: StoreURL, environment: [String: String], http: any HTTPExchange
  ) throws(SecretStoreError) -> SecretsManagerStore {
    let environment = AWSEnvironment(
      variables: environment, explicitProfile: url.parameters["profile"], http: http,
      location: url.location, now: { UInt64(max(0, Date().timeIntervalSince1970)) })
    return try open(url, environment)
  }

  static func open(
    _ url: StoreURL, _ environment: AWSEnvironment
  ) throws(SecretStoreError) -> SecretsManagerStore {
    try url.refuseUnknown(["region", "profile", "endpoint", "fips", "dualstack", "ca-file"])
    let region = try region(url, environment)
    let fips = try url.flag("fips")
    let dualStack = try url.flag("dualstack")
    let named =
      url.parameters["endpoint"] ?? environment["SECRETS_MANAGER_ENDPOINT"]
      ?? environment["AWS_ENDPOINT_URL_SECRETS_MANAGER"] ?? environment["AWS_ENDPOINT_URL"]
    let endpoint =
      named
      ?? AWSEndpoint.url(
        service: "secretsmanager", region: region, fips: fips, dualStack: dualStack)
    return SecretsManagerStore(
      manager: SecretsManager(
        secretID: url.name, endpoint: try AWSEndpoint.checked(endpoint, environment),
        region: region, trust: url.parameters["ca-file"].map { .file($0) } ?? .system,
        environment: environment))
  }

  private static func region(
    _ url: StoreURL, _ environment: AWSEnvironment
  ) throws(SecretStoreError) -> String {
    // arn:PARTITION:secretsmanager:REGION:ACCOUNT:secret:NAME
    let parts = url.name.split(separator: ":", omittingEmptySubsequences: false)
    let ofARN = parts.count >= 7 && parts[0] == "arn" ? String(parts[3]) : nil
    let candidates = [
      url.parameters["region"], ofARN, environment["AWS_REGION"],
      environment["AWS_DEFAULT_REGION"],
      environment.configFile().sections[environment.profile]?[
        "region"],
    ]
    guard let region = candidates.compactMap({ $0 }).first(where: { !$0.isEmpty }) else {
      throw environment.error(
        .misconfigured, "no AWS region is given",
        advice: "Add ?region=… to the store's URL, or set AWS_REGION.")
    }
    guard region.utf8.count <= 32, region.utf8.allSatisfy(isRegionCharacter) else {
      throw environment.error(.misconfigured, "the AWS region is none")
    }
    return region
  }

  /// A region becomes part of a host's name.
  private static func isRegionCharacter(_ byte: UInt8) -> Bool {
    switch byte {
    case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "0")...UInt8(ascii: "9"),
      UInt8(ascii: "-"):
      true
    default: false
    }
  }
}
