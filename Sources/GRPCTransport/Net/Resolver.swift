import Glibc
import Locking

/// Why a name has no address.
public struct ResolveError: Error, Sendable, Equatable, CustomStringConvertible {
  /// The name that was looked up.
  public var host: String
  /// The resolver's words.
  public var reason: String

  /// The name and the reason.
  public var description: String { "no address for \(host): \(reason)" }
}

/// Looks names up. The system's resolver blocks, so each look-up has a thread of its own; they are
/// as rare as new connections.
package enum Resolver {
  package typealias Answer = Result<[SocketAddress], ResolveError>
  /// A way to look a name up, whose answer may come on any thread.
  package typealias LookUp =
    @Sendable (_ host: String, _ port: Int, _ completion: @escaping @Sendable (Answer) -> Void) ->
    Void

  /// Looks `host` up and calls `completion` on the thread that did so. A numeric address needs no
  /// look-up and is answered at once.
  static func resolve(
    host: String, port: Int, completion: @escaping @Sendable (Answer) -> Void
  ) {
    if let address = SocketAddress(numericHost: host, port: port) {
      completion(.success([address]))
      return
    }
    do {
      try startThread(named: "resolver") { completion(lookUp(host: host, port: port)) }
    } catch {
      completion(
        .failure(
          ResolveError(
            host: host,
            reason: SocketError(operation: "pthread_create", code: error.code).description)))
    }
  }

  private static func lookUp(host: String, port: Int) -> Answer {
    var hints = unsafe addrinfo()
    unsafe hints.ai_socktype = Int32(SOCK_STREAM.rawValue)
    unsafe hints.ai_flags = AI_ADDRCONFIG | AI_NUMERICSERV
    var list: UnsafeMutablePointer<addrinfo>?
    let code = unsafe getaddrinfo(host, String(port), &hints, &list)
    guard code == 0 else {
      return .failure(ResolveError(host: host, reason: unsafe String(cString: gai_strerror(code))))
    }
    defer { unsafe freeaddrinfo(list) }
    var addresses: [SocketAddress] = []
    var next = unsafe list
    while let entry = unsafe next {
      if let address = unsafe entry.pointee.ai_addr.flatMap({ unsafe SocketAddress($0) }) {
        addresses.append(address)
      }
      unsafe next = entry.pointee.ai_next
    }
    guard !addresses.isEmpty else {
      return .failure(ResolveError(host: host, reason: "the name has no IPv4 or IPv6 address"))
    }
    return .success(interleaved(addresses))
  }

  /// The families in turn, the resolver's first choice first (RFC 8305 §4), so that one broken
  /// family holds nobody up for long.
  static func interleaved(_ addresses: [SocketAddress]) -> [SocketAddress] {
    guard let first = addresses.first else { return [] }
    var preferred = addresses.filter { $0.isIPv6 == first.isIPv6 }[...]
    var others = addresses.filter { $0.isIPv6 != first.isIPv6 }[...]
    var result: [SocketAddress] = []
    while !preferred.isEmpty || !others.isEmpty {
      if let address = preferred.popFirst() { result.append(address) }
      if let address = others.popFirst() { result.append(address) }
    }
    return result
  }
}
