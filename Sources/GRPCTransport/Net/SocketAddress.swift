import CLinux
import Glibc

/// An IPv4 or IPv6 address and a port.
public struct SocketAddress: Sendable, Equatable, CustomStringConvertible {
  enum Storage: Sendable, Equatable {
    case v4(address: UInt32, port: UInt16)
    case v6(address: [UInt8], port: UInt16, scope: UInt32)
  }

  let storage: Storage

  init(_ storage: Storage) {
    self.storage = storage
  }

  /// An address in its numeric form, `127.0.0.1` or `::1`; nil for anything else.
  public init?(numericHost host: String, port: Int) {
    guard let port = UInt16(exactly: port) else { return nil }
    var v4 = in_addr()
    if unsafe inet_pton(AF_INET, host, &v4) == 1 {
      storage = .v4(address: v4.s_addr, port: port)
      return
    }
    var v6 = in6_addr()
    guard unsafe inet_pton(AF_INET6, host, &v6) == 1 else { return nil }
    storage = unsafe .v6(
      address: withUnsafeBytes(of: v6) { unsafe Array($0) }, port: port, scope: 0)
  }

  init?(_ address: UnsafePointer<sockaddr>) {
    switch unsafe Int32(address.pointee.sa_family) {
    case AF_INET:
      let v4 = unsafe UnsafeRawPointer(address).loadUnaligned(as: sockaddr_in.self)
      storage = .v4(address: v4.sin_addr.s_addr, port: UInt16(bigEndian: v4.sin_port))
    case AF_INET6:
      let v6 = unsafe UnsafeRawPointer(address).loadUnaligned(as: sockaddr_in6.self)
      storage = unsafe .v6(
        address: withUnsafeBytes(of: v6.sin6_addr) { unsafe Array($0) },
        port: UInt16(bigEndian: v6.sin6_port), scope: v6.sin6_scope_id)
    default: return nil
    }
  }

  /// The port.
  public var port: Int {
    switch storage {
    case .v4(_, let port), .v6(_, let port, _): Int(port)
    }
  }

  /// The address in its numeric form, without brackets.
  public var host: String {
    let family: Int32
    let bytes: [UInt8]
    switch storage {
    case .v4(let address, _):
      family = AF_INET
      bytes = unsafe withUnsafeBytes(of: address) { unsafe Array($0) }
    case .v6(let address, _, _):
      family = AF_INET6
      bytes = address
    }
    return unsafe withUnsafeTemporaryAllocation(of: CChar.self, capacity: 64) { text in
      guard unsafe inet_ntop(family, bytes, text.baseAddress, socklen_t(text.count)) != nil,
        let base = text.baseAddress
      else { return "" }
      return unsafe String(cString: base)
    }
  }

  /// `127.0.0.1:443`, or `[::1]:443`.
  public var description: String {
    isIPv6 ? "[\(host)]:\(port)" : "\(host):\(port)"
  }

  var isIPv6: Bool {
    if case .v6 = storage { true } else { false }
  }

  var family: Int32 { isIPv6 ? AF_INET6 : AF_INET }

  /// Lends the address in the form that the system wants.
  func withSockaddr<Result>(_ body: (UnsafePointer<sockaddr>, socklen_t) -> Result) -> Result {
    switch storage {
    case .v4(let address, let port):
      var v4 = sockaddr_in()
      v4.sin_family = sa_family_t(AF_INET)
      v4.sin_port = port.bigEndian
      v4.sin_addr.s_addr = address
      return unsafe withUnsafeBytes(of: v4) { unsafe body($0.sockaddr, socklen_t($0.count)) }
    case .v6(let address, let port, let scope):
      var v6 = sockaddr_in6()
      v6.sin6_family = sa_family_t(AF_INET6)
      v6.sin6_port = port.bigEndian
      v6.sin6_scope_id = scope
      unsafe withUnsafeMutableBytes(of: &v6.sin6_addr) { unsafe $0.copyBytes(from: address) }
      return unsafe withUnsafeBytes(of: v6) { unsafe body($0.sockaddr, socklen_t($0.count)) }
    }
  }
}

extension UnsafeRawBufferPointer {
  /// The bytes of a socket address structure of any family; the buffer is never empty.
  fileprivate var sockaddr: UnsafePointer<sockaddr> {
    unsafe bindMemory(to: Glibc.sockaddr.self).baseAddress.unsafelyUnwrapped
  }
}
