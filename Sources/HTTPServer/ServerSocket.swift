internal import CLinux
import Glibc

/// What the system refuses a server.
package struct HTTPServerError: Error, Sendable, CustomStringConvertible {
  /// What went wrong, for people: one line.
  package var description: String

  static func system(_ what: String) -> HTTPServerError {
    let reason = unsafe strerror(errno).map { unsafe String(cString: $0) } ?? "error \(errno)"
    return HTTPServerError(description: "\(what): \(reason)")
  }
}

/// The system calls of a server, each bounded in time.
enum ServerSocket {
  /// A listening socket of an IPv4 address.
  static func listen(host: String, port: UInt16) throws(HTTPServerError) -> Int32 {
    var address = sockaddr_in()
    address.sin_family = sa_family_t(AF_INET)
    address.sin_port = port.bigEndian
    guard unsafe inet_pton(AF_INET, host, &address.sin_addr) == 1 else {
      throw HTTPServerError(description: "'\(host)' is no IPv4 address")
    }
    let socket = Glibc.socket(AF_INET, Int32(SOCK_STREAM.rawValue | SOCK_CLOEXEC.rawValue), 0)
    guard socket >= 0 else { throw .system("no socket") }
    var on: Int32 = 1
    unsafe setsockopt(socket, SOL_SOCKET, SO_REUSEADDR, &on, socklen_t(MemoryLayout<Int32>.size))
    let isBound = unsafe withUnsafePointer(to: address) { address in
      unsafe address.withMemoryRebound(to: sockaddr.self, capacity: 1) { address in
        unsafe bind(socket, address, socklen_t(MemoryLayout<sockaddr_in>.size)) == 0
      }
    }
    guard isBound, Glibc.listen(socket, 128) == 0 else {
      defer { close(socket) }
      throw .system("cannot listen on \(host):\(port)")
    }
    return socket
  }

  /// The port that a listening socket has got.
  static func port(of socket: Int32) -> UInt16 {
    var address = sockaddr_in()
    var length = socklen_t(MemoryLayout<sockaddr_in>.size)
    unsafe withUnsafeMutablePointer(to: &address) { address in
      unsafe address.withMemoryRebound(to: sockaddr.self, capacity: 1) { address in
        _ = unsafe getsockname(socket, address, &length)
      }
    }
    return UInt16(bigEndian: address.sin_port)
  }

  /// What has come; `nil` when nothing did before the deadline, or the connection has ended.
  static func read(_ socket: Int32, before deadline: ContinuousClock.Instant) -> [UInt8]? {
    guard wait(socket, for: Int16(POLLIN), before: deadline) else { return nil }
    let bytes = unsafe [UInt8](unsafeUninitializedCapacity: 16_384) { buffer, count in
      count = unsafe max(0, recv(socket, buffer.baseAddress, buffer.count, 0))
    }
    return bytes.isEmpty ? nil : bytes
  }

  /// Sends all of it.
  ///
  /// - Returns: false when the deadline came first, or the connection ended.
  static func write(
    _ bytes: [UInt8], to socket: Int32, before deadline: ContinuousClock.Instant
  ) -> Bool {
    var rest = bytes[...]
    while !rest.isEmpty {
      guard wait(socket, for: Int16(POLLOUT), before: deadline) else { return false }
      let sent = unsafe rest.withUnsafeBytes { bytes in
        unsafe send(
          socket, bytes.baseAddress, bytes.count,
          Int32(MSG_NOSIGNAL | MSG_DONTWAIT))
      }
      guard sent > 0 || errno == EAGAIN || errno == EINTR else { return false }
      rest = rest.dropFirst(max(0, sent))
    }
    return true
  }

  private static func wait(
    _ socket: Int32, for events: Int16, before deadline: ContinuousClock.Instant
  ) -> Bool {
    while true {
      let left = ContinuousClock.now.duration(to: deadline)
      guard left > .zero else { return false }
      let (seconds, attoseconds) = left.components
      let milliseconds = min(seconds, 3_600) * 1_000 + attoseconds / 1_000_000_000_000_000
      var entry = pollfd(fd: socket, events: events, revents: 0)
      let count = unsafe poll(&entry, 1, Int32(milliseconds) + 1)
      if count > 0 { return true }
      guard count == 0 || errno == EINTR else { return false }
    }
  }
}
