import Glibc

/// Tells systemd how a service is doing (sd_notify(3)): one datagram for each message, to the socket
/// that `NOTIFY_SOCKET` names. Where nobody listens, nothing is lost but the message.
package struct SystemdNotifier: Sendable {
  /// How often systemd wants a sign of life, at the latest; nil where it wants none. A service gives one
  /// twice as often.
  package let watchdog: Duration?
  private let address: sockaddr_un
  private let length: socklen_t

  /// Finds the socket in the environment that systemd has given the service.
  ///
  /// - Parameter processID: of this process: the watchdog may be meant for another one.
  /// - Returns: nil where the service does not run under systemd, or is not to notify.
  package init?(environment: [String: String], processID: Int32 = getpid()) {
    guard let path = environment["NOTIFY_SOCKET"] else { return nil }
    guard let (address, length) = Self.address(path) else { return nil }
    self.address = address
    self.length = length
    watchdog = Self.watchdog(environment, processID)
  }

  /// The service is up.
  @discardableResult
  package func ready(status: String) -> Bool { send(["READY=1", Self.status(status)]) }

  /// What the service is about, for `systemctl status`.
  @discardableResult
  package func status(_ text: String) -> Bool { send([Self.status(text)]) }

  /// A sign of life.
  @discardableResult
  package func alive() -> Bool { send(["WATCHDOG=1"]) }

  /// The service has to finish something before it can stop, or start: it needs so much longer.
  @discardableResult
  package func extendTimeout(by duration: Duration) -> Bool {
    send(["EXTEND_TIMEOUT_USEC=\(max(0, duration.wholeMicroseconds))"])
  }

  /// The service is about to stop.
  @discardableResult
  package func stopping(status: String) -> Bool { send(["STOPPING=1", Self.status(status)]) }

  // MARK: Inner

  /// A line break would begin another assignment.
  private static func status(_ text: String) -> String {
    "STATUS=" + String(text.map { $0.isNewline || $0 == "\0" ? " " : $0 })
  }

  /// - Returns: whether the message was taken.
  private func send(_ assignments: [String]) -> Bool {
    let descriptor = socket(
      AF_UNIX, Int32(SOCK_DGRAM.rawValue | SOCK_CLOEXEC.rawValue | SOCK_NONBLOCK.rawValue), 0)
    guard descriptor >= 0 else { return false }
    defer { close(descriptor) }
    let message = Array(assignments.joined(separator: "\n").utf8)
    var address = address
    let sent = unsafe withUnsafePointer(to: &address) { pointer in
      unsafe pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { pointer in
        unsafe sendto(
          descriptor, message, message.count, Int32(MSG_NOSIGNAL), pointer, length)
      }
    }
    return sent == message.count
  }

  /// The address of a path, or of a name in the abstract namespace, which is written with `@` and
  /// begins with a NUL (unix(7)).
  private static func address(_ path: String) -> (sockaddr_un, socklen_t)? {
    var bytes = Array(path.utf8)
    guard let first = bytes.first, first == UInt8(ascii: "/") || first == UInt8(ascii: "@"),
      bytes.count > 1, !bytes.contains(0)
    else { return nil }
    if first == UInt8(ascii: "@") { bytes[0] = 0 }
    var address = sockaddr_un()
    address.sun_family = sa_family_t(AF_UNIX)
    let capacity = MemoryLayout.size(ofValue: address.sun_path)
    guard bytes.count < capacity else { return nil }
    unsafe withUnsafeMutableBytes(of: &address.sun_path) { unsafe $0.copyBytes(from: bytes) }
    // A path ends with its NUL; an abstract name has its length only.
    let end = first == UInt8(ascii: "@") ? 0 : 1
    let header = MemoryLayout<sockaddr_un>.size - capacity
    return (address, socklen_t(header + bytes.count + end))
  }

  private static func watchdog(
    _ environment: [String: String], _ processID: Int32
  ) -> Duration? {
    guard let microseconds = environment["WATCHDOG_USEC"].flatMap({ Int64($0) }),
      microseconds > 0
    else { return nil }
    if let owner = environment["WATCHDOG_PID"], Int32(owner) != processID { return nil }
    return .microseconds(microseconds)
  }
}

extension Duration {
  /// Rounded down; no more than a number of 64 bits holds.
  fileprivate var wholeMicroseconds: Int64 {
    let (seconds, attoseconds) = components
    let (whole, overflow) = seconds.multipliedReportingOverflow(by: 1_000_000)
    let (sum, overflows) = whole.addingReportingOverflow(attoseconds / 1_000_000_000_000)
    return overflow || overflows ? .max : sum
  }
}
