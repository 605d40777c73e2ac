/// Endpoints that replace those of a credential, or that make up for it having none.
public struct EndpointOverrides: Sendable, Hashable {
  private enum Kind: Hashable {
    case base(Endpoint, prefix: String?)
    case each(control: Endpoint?, cache: Endpoint?, token: Endpoint?)
  }

  private let kind: Kind

  /// All three services at one base: `[prefix.]control.<host>`, `[prefix.]cache.<host>` and
  /// `[prefix.]token.<host>`.
  ///
  /// - Parameters:
  ///   - host: the base, such as `cell-1-us-east-2-1.prod.a.momentohq.com`.
  ///   - prefix: stands before the name of the service, for private endpoints.
  ///   - port: the port of all three.
  ///   - secure: whether connections are protected by TLS.
  public static func base(
    _ host: String, prefix: String? = nil, port: Int = 443, secure: Bool = true
  ) -> EndpointOverrides {
    let endpoint = Endpoint(host: host, port: port, isSecure: secure)
    return EndpointOverrides(kind: .base(endpoint, prefix: prefix))
  }

  /// Each endpoint in full; one that is left out stays as the credential has it.
  public static func each(
    control: Endpoint? = nil, cache: Endpoint? = nil, token: Endpoint? = nil
  ) -> EndpointOverrides {
    EndpointOverrides(kind: .each(control: control, cache: cache, token: token))
  }

  /// All three services at one endpoint, as Momento local and other emulators offer them.
  public static func all(_ endpoint: Endpoint) -> EndpointOverrides {
    .each(control: endpoint, cache: endpoint, token: endpoint)
  }

  /// The endpoints that result; `nil` when one is neither here nor in the credential.
  func applied(to own: Endpoints?) throws(MomentoError) -> Endpoints? {
    switch kind {
    case .base(let base, let prefix):
      let endpoints = Endpoints(base: base, prefix: prefix)
      try Self.check(base)
      try Self.check(endpoints.control)
      return endpoints
    case .each(let control, let cache, let token):
      for endpoint in [control, cache, token] { if let endpoint { try Self.check(endpoint) } }
      guard let control = control ?? own?.control, let cache = cache ?? own?.cache,
        let token = token ?? own?.token
      else { return nil }
      return Endpoints(control: control, cache: cache, token: token)
    }
  }

  private static func check(_ endpoint: Endpoint) throws(MomentoError) {
    guard !endpoint.host.isEmpty else { _ = try Endpoint(parsing: ""); return }
    _ = try Endpoint(parsing: endpoint.description)
  }
}
