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

  /// Letters, digits, dots, dashes and underscores; or an IPv6 address.
  private static func isHost(_ text: Substring) -> Bool {
    guard !text.isEmpty, text.utf8.count <= 253 else { return false }
    let isAddress = text.contains(":")
    return !text.split(separator: ".", omittingEmptySubsequences: false).contains("")
      && text.utf8.allSatisfy { byte in
        switch byte {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
          UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "."):
          true
        case UInt8(ascii: "-"), UInt8(ascii: "_"): !isAddress
        case UInt8(ascii: ":"): true
        default: false
        }
      }
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
