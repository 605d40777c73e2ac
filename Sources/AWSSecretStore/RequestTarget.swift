/// The parts of an absolute `http` or `https` URL.
struct RequestTarget: Sendable, Hashable {
  var scheme: String
  /// Host and port as they stand in the `Host` field: without the scheme's own port.
  var authority: String
  /// The path as it goes over the wire; never empty.
  var path: String
  /// The query as it goes over the wire, without its question mark.
  var query: String

  /// Takes a URL apart.
  ///
  /// - Returns: nil for what is no such URL, or has user info or a fragment.
  init?(_ url: String) {
    guard let mark = url.firstRange(of: "://") else { return nil }
    scheme = url[..<mark.lowerBound].lowercased()
    let rest = url[mark.upperBound...]
    guard scheme == "https" || scheme == "http", !rest.contains("#") else { return nil }
    let host = rest.prefix { $0 != "/" && $0 != "?" }
    guard !host.isEmpty, !host.hasPrefix(":"), !host.contains("@"),
      host.utf8.allSatisfy({ 0x21...0x7e ~= $0 })
    else { return nil }
    let ownPort = scheme == "https" ? ":443" : ":80"
    authority = host.lowercased()
    if authority.hasSuffix(ownPort) { authority.removeLast(ownPort.count) }
    let target = rest.dropFirst(host.count)
    let parts = target.split(separator: "?", maxSplits: 1, omittingEmptySubsequences: false)
    path = parts.first.map(String.init) ?? ""
    if path.isEmpty { path = "/" }
    query = parts.count > 1 ? String(parts[1]) : ""
  }

  /// The host without its port, and without the brackets of an IPv6 address.
  var host: String {
    if authority.hasPrefix("[") { return String(authority.dropFirst().prefix { $0 != "]" }) }
    return String(authority.prefix { $0 != ":" })
  }

  /// Whether nothing leaves this machine.
  var isLoopback: Bool {
    host == "localhost" || host == "::1" || IPv4.bytes(host)?.first == 127
  }
}

/// Addresses of four bytes, as text.
enum IPv4 {
  /// Nil for what is no such address.
  static func bytes(_ text: String) -> [UInt8]? {
    let parts = text.split(separator: ".", omittingEmptySubsequences: false)
    let bytes = parts.compactMap { UInt8($0) }
    return parts.count == 4 && bytes.count == 4 ? bytes : nil
  }
}
