import SecretStores

/// Where AWS's services are reached.
enum AWSEndpoint {
  /// The URL of a service in a region.
  static func url(
    service: String, region: String, fips: Bool = false, dualStack: Bool = false
  ) -> String {
    let service = fips ? "\(service)-fips" : service
    let isChina = region.hasPrefix("cn-")
    let domain =
      switch (dualStack, isChina) {
      case (true, false): "api.aws"
      case (true, true): "api.amazonwebservices.com.cn"
      case (false, true): "amazonaws.com.cn"
      case (false, false): "amazonaws.com"
      }
    return "https://\(service).\(region).\(domain)/"
  }

  /// A URL that somebody has chosen, if requests may go there.
  ///
  /// - Throws: `misconfigured` for what is no URL, or `http` to another machine.
  static func checked(
    _ url: String, _ environment: AWSEnvironment
  ) throws(SecretStoreError) -> String {
    guard let target = RequestTarget(url), target.query.isEmpty else {
      throw environment.error(.misconfigured, "the endpoint is no http or https URL")
    }
    guard target.scheme == "https" || target.isLoopback else {
      throw environment.error(
        .misconfigured, "the endpoint is not encrypted, and is not on this machine",
        advice: "Use an https URL.")
    }
    return "\(target.scheme)://\(target.authority)\(target.path)"
  }
}
