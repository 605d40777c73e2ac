/// Where one of Momento's services listens.
public struct Endpoint: Sendable, Hashable, CustomStringConvertible {
  /// A host name, or an IP address without brackets.
  public var host: String
  /// 1…65535; 443 unless told otherwise.
  public var port: Int
  /// Whether the connection is protected by TLS.
  public var isSecure: Bool

  /// Names an endpoint; nothing is checked or looked up.
  public init(host: String, port: Int = 443, isSecure: Bool = true) {
    self.host = host
    self.port = port
    self.isSecure = isSecure
  }

  /// Reads `host`, `host:port`, `[::1]:port`, or one of these behind `https://` or `http://`;
  /// `http://` means no TLS, and port 80 unless one is given.
  ///
  /// - Throws: INVALID_ARGUMENT that says what is wrong.
  public init(parsing text: String) throws(MomentoError) {
    self = try EndpointParser.endpoint(text.trimmed)
  }

  /// Reads the host that a credential names. Only who uses a credential may choose to go without TLS,
  /// not the credential.
  init(inCredential text: String) throws(MomentoError) {
    self = try EndpointParser.endpoint(text)
    guard isSecure else {
      throw .invalidArgument(
        "The endpoint inside the credential asks for a connection without TLS.",
        advice: "Give the endpoint as an override if that is intended.")
    }
  }

  /// `host:port`, an IPv6 address in brackets.
  public var description: String { host.contains(":") ? "[\(host)]:\(port)" : "\(host):\(port)" }
}

/// The three services that one credential leads to.
public struct Endpoints: Sendable, Hashable, CustomStringConvertible {
  /// Makes and refreshes API keys, and manages caches: `control.` before the base.
  public var control: Endpoint
  /// The data plane: `cache.` before the base.
  public var cache: Endpoint
  /// Makes disposable tokens: `token.` before the base.
  public var token: Endpoint

  /// Names each endpoint.
  public init(control: Endpoint, cache: Endpoint, token: Endpoint) {
    self.control = control
    self.cache = cache
    self.token = token
  }

  /// Puts the name of each service before a base, such as `cell-1-us-east-2-1.prod.a.momentohq.com`.
  ///
  /// - Parameter prefix: stands before the name of the service, as for private endpoints:
  ///   `vpce.control.<base>`.
  public init(base: Endpoint, prefix: String? = nil) {
    func service(_ name: String) -> Endpoint {
      var endpoint = base
      endpoint.host = [prefix, name, base.host].compactMap { $0 }.joined(separator: ".")
      return endpoint
    }
    self.init(control: service("control"), cache: service("cache"), token: service("token"))
  }

  /// The three endpoints, each once.
  public var description: String {
    var seen: [String] = []
    for endpoint in [control, cache, token] where !seen.contains(endpoint.description) {
      seen.append(endpoint.description)
    }
    return seen.joined(separator: ", ")
  }
}

/// Reads endpoints strictly: a host with a slash or a space in it would be sent to the wrong place.
private enum EndpointParser {
  static func endpoint(_ text: String) throws(MomentoError) -> Endpoint {
    guard !text.isEmpty else {
      throw .invalidArgument(
        "Endpoint cannot be empty.",
        advice: "Give the host, such as cell-1-us-east-2-1.prod.a.momentohq.com.")
    }
    var rest = text[...]
    var isSecure = true
    if let authority = rest.dropping("https://") { rest = authority }
    if let authority = rest.dropping("http://") { (rest, isSecure) = (authority, false) }
    if rest.hasSuffix("/") { rest = rest.dropLast() }
    let (host, port) = try split(rest)
    guard isHost(host) else { throw notAnEndpoint(text) }
    let defaultPort = isSecure ? 443 : 80
    return Endpoint(
      host: String(host), port: try port.map(number) ?? defaultPort, isSecure: isSecure)
  }

  private static func split(
    _ authority: Substring
  ) throws(MomentoError) -> (host: Substring, port: Substring?) {
    if authority.first == "[", let end = authority.firstIndex(of: "]") {
      let host = authority[authority.index(after: authority.startIndex)..<end]
      let rest = authority[authority.index(after: end)...]
      guard rest.isEmpty || rest.first == ":" else { throw notAnEndpoint(String(authority)) }
      return (host, rest.isEmpty ? nil : rest.dropFirst())
    }
    let parts = authority.split(separator: ":", maxSplits: 2, omittingEmptySubsequences: false)
    // More than one colon: an IPv6 address without a port.
    return parts.count == 2 ? (parts[0], parts[1]) : (authority, nil)
  }

  private static func number(_ text: Substring) throws(MomentoError) -> Int {
    guard text.allSatisfy(\.isASCIIDigit), let port = Int(text), 1...65535 ~= port else {
      throw .invalidArgument(
        "\"\(text.shown)\" is not a port.", advice: "Give a port between 1 and 65535.")
    }
    return port
  }

  private static func isHost(_ text: Substring) -> Bool {
    text.contains(":") ? isIPv6Address(text) : isHostName(text)
  }

  /// Labels of letters, digits, dashes and underscores, of the sizes that DNS allows (RFC 1035 §2.3.4).
  /// That also keeps out most keys put here by mistake, which would be sent to a name server.
  private static func isHostName(_ text: Substring) -> Bool {
    let labels = text.split(separator: ".", omittingEmptySubsequences: false)
    return text.utf8.count <= 253
      && labels.allSatisfy { label in
        1...63 ~= label.utf8.count
          && label.allSatisfy { $0.isASCIIAlphanumeric || "-_".contains($0) }
      }
  }

  /// The characters of an address (RFC 4291 §2.2); the system decides whether it is one.
  private static func isIPv6Address(_ text: Substring) -> Bool {
    text.utf8.count <= 45 && text.filter { $0 == ":" }.count >= 2
      && text.allSatisfy { $0.isASCII && ($0.isHexDigit || ":.".contains($0)) }
  }

  /// The text is not repeated: whoever mixes up two arguments may have put a key here.
  private static func notAnEndpoint(_ text: String) -> MomentoError {
    .invalidArgument(
      "The endpoint is not a host name.",
      advice: "Give only the host, such as cell-1-us-east-2-1.prod.a.momentohq.com, without a path."
    )
  }
}

extension Substring {
  fileprivate func dropping(_ prefix: String) -> Substring? {
    hasPrefix(prefix) ? dropFirst(prefix.count) : nil
  }
}
