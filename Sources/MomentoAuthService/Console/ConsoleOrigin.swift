import GRPCTransport

/// Which requests are meant for this service, and come from its own page.
struct ConsoleOrigin: Sendable {
  private let names: Set<String>

  init(host: String, endpoint: String) {
    var names: Set = ["localhost", host]
    for base in ["localhost", endpoint.lowercased()] {
      names.formUnion([base, "control." + base, "cache." + base, "token." + base])
    }
    self.names = names
  }

  /// Whether the request names this service, or an address: what a name of somebody else resolves to is
  /// theirs to choose, so such a name would let their page read ours (DNS rebinding).
  func isOwn(_ request: HTTPServerRequest) -> Bool {
    let host = Self.host(request.authority).lowercased()
    return names.contains(host) || Self.isAddress(host)
  }

  /// Whether the browser, if it says so at all, says that no other site is behind the request
  /// (Fetch Metadata).
  func isFromOwnPage(_ request: HTTPServerRequest) -> Bool {
    request.fields("sec-fetch-site").allSatisfy { $0 == "same-origin" || $0 == "none" }
  }

  /// Whether the request says that it comes from a page of the very authority that it is for
  /// (RFC 6454 §7).
  func hasOwnOrigin(_ request: HTTPServerRequest) -> Bool {
    let origins = request.fields("origin")
    guard origins.count == 1, let origin = origins.first else { return false }
    return origin == "https://\(request.authority)" || origin == "http://\(request.authority)"
  }

  /// Without the port, and without the brackets of an IPv6 address.
  private static func host(_ authority: String) -> String {
    if authority.hasPrefix("[") {
      return String(authority.dropFirst().prefix { $0 != "]" })
    }
    return String(authority.prefix { $0 != ":" })
  }

  private static func isAddress(_ host: String) -> Bool {
    if host.contains(":") {
      return host.utf8.allSatisfy { "0123456789abcdef:.".utf8.contains($0) }
    }
    let parts = host.split(separator: ".", omittingEmptySubsequences: false)
    return parts.count == 4 && parts.allSatisfy { UInt8($0) != nil }
  }
}

/// The cookie that holds the session token (RFC 6265bis): out of reach for scripts, and sent with
/// requests of this page alone.
struct ConsoleCookie: Sendable {
  let isSecure: Bool

  /// With TLS, the prefix has the browser see to it that no other host has set it.
  private var name: String { isSecure ? "__Host-momento-console" : "momento-console" }

  private var attributes: String {
    "; Path=/; HttpOnly; SameSite=Strict" + (isSecure ? "; Secure" : "")
  }

  func value(in request: HTTPServerRequest) -> String? {
    for field in request.fields("cookie") {
      for pair in field.split(separator: ";") {
        let pair = pair.drop { $0 == " " }
        if pair.hasPrefix(name + "=") { return String(pair.dropFirst(name.utf8.count + 1)) }
      }
    }
    return nil
  }

  func set(_ token: String, seconds: UInt32) -> HTTPServerResponse {
    answer("\(name)=\(token)\(attributes); Max-Age=\(seconds)")
  }

  var cleared: HTTPServerResponse { answer("\(name)=\(attributes); Max-Age=0") }

  private func answer(_ cookie: String) -> HTTPServerResponse {
    HTTPServerResponse(
      200, fields: [("content-type", "application/json"), ("set-cookie", cookie)],
      body: Array("{}".utf8))
  }
}

/// What every answer says about itself, so that a browser takes it for nothing else.
enum ConsoleHeaders {
  static let all: [(name: String, value: String)] = [
    (
      "content-security-policy",
      "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; "
        + "connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
    ),
    ("x-content-type-options", "nosniff"), ("x-frame-options", "DENY"),
    ("referrer-policy", "no-referrer"), ("cross-origin-opener-policy", "same-origin"),
    ("cross-origin-resource-policy", "same-origin"), ("cache-control", "no-store"),
  ]
}
