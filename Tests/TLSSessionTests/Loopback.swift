import Glibc
import TLSSession
import Testing

/// A blocking TCP socket on the loopback interface, with a session on it. A receive that takes
/// ten seconds fails, so that a test ends whatever happens.
final class Loopback {
  private let descriptor: Int32

  private init(_ descriptor: Int32) throws {
    self.descriptor = descriptor
    try #require(descriptor >= 0)
    var limit = timeval(tv_sec: 10, tv_usec: 0)
    let size = socklen_t(MemoryLayout<timeval>.size)
    unsafe setsockopt(descriptor, SOL_SOCKET, SO_RCVTIMEO, &limit, size)
  }

  deinit {
    close(descriptor)
  }

  static func connected(to port: UInt16) throws -> Loopback {
    let loopback = try Loopback(stream())
    let outcome = unsafe withAddress(port) { unsafe connect(loopback.descriptor, $0, $1) }
    try #require(outcome == 0)
    return loopback
  }

  /// A listening socket and the port that the system chose.
  static func listening() throws -> (Loopback, port: UInt16) {
    let loopback = try Loopback(stream())
    try #require(unsafe withAddress(0) { unsafe bind(loopback.descriptor, $0, $1) } == 0)
    try #require(listen(loopback.descriptor, 1) == 0)
    var address = sockaddr_in()
    var size = socklen_t(MemoryLayout<sockaddr_in>.size)
    let outcome = unsafe withUnsafeMutablePointer(to: &address) { pointer in
      unsafe pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
        unsafe getsockname(loopback.descriptor, $0, &size)
      }
    }
    try #require(outcome == 0)
    return (loopback, UInt16(bigEndian: address.sin_port))
  }

  func accepted() throws -> Loopback {
    let accepted = accept(descriptor, nil, nil)
    _ = fcntl(accepted, F_SETFD, FD_CLOEXEC)
    return try Loopback(accepted)
  }

  private static func stream() -> Int32 {
    socket(AF_INET, Int32(SOCK_STREAM.rawValue | SOCK_CLOEXEC.rawValue), 0)
  }

  private static func withAddress<Result>(
    _ port: UInt16, _ body: (UnsafePointer<sockaddr>, socklen_t) -> Result
  ) -> Result {
    var address = sockaddr_in()
    address.sin_family = sa_family_t(AF_INET)
    address.sin_port = port.bigEndian
    address.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
    return unsafe withUnsafePointer(to: &address) { pointer in
      unsafe pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
        unsafe body($0, socklen_t(MemoryLayout<sockaddr_in>.size))
      }
    }
  }

  /// Sends what `session` has to send.
  func flush(_ session: TLSSession) {
    let bytes = session.drain()
    if !bytes.isEmpty {
      _ = unsafe send(descriptor, bytes, bytes.count, Int32(MSG_NOSIGNAL))
    }
  }

  /// Feeds `session` with what comes next, or with the end of file.
  func fill(_ session: TLSSession) {
    var bytes = [UInt8](repeating: 0, count: 65_536)
    let count = unsafe recv(descriptor, &bytes, bytes.count, 0)
    if count > 0 {
      session.receive(Array(bytes.prefix(count)))
    } else {
      session.receivedEndOfFile()
    }
  }

  /// Shakes hands to the end; sends the alert of a failure.
  func handshake(_ session: TLSSession) throws {
    defer { flush(session) }
    while try session.handshake() == .inProgress {
      flush(session)
      fill(session)
    }
  }

  /// Reads until `count` bytes or the peer's `close_notify` have come.
  func read(_ count: Int, from session: TLSSession) throws -> [UInt8] {
    var bytes: [UInt8] = []
    while true {
      let next = try session.readAll()
      bytes += next.bytes
      if bytes.count >= count || next.end == .closed { return bytes }
      fill(session)
    }
  }
}
