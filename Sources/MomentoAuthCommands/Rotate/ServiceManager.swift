import Glibc

/// The service manager that has started this process, if it wants to hear from it: systemd, by one
/// datagram to the socket that `NOTIFY_SOCKET` names (sd_notify(3)).
struct ServiceManager: Sendable {
  private let address: [UInt8]
  /// How often it wants to hear that all is well, in microseconds; `nil` when it does not.
  let watchdogInterval: UInt64?

  /// - Returns: nil where no manager listens.
  init?(environment: [String: String], processID: Int32 = getpid()) {
    guard let path = environment["NOTIFY_SOCKET"], path.hasPrefix("/") || path.hasPrefix("@"),
      path.utf8.count > 1, path.utf8.count < 108
    else { return nil }
    var address = Array(path.utf8)
    // '@' stands for the zero byte that begins the name of an abstract socket (unix(7)).
    if address[0] == UInt8(ascii: "@") { address[0] = 0 }
    self.address = address
    let isForUs = environment["WATCHDOG_PID"].map { $0 == "\(processID)" } ?? true
    watchdogInterval = isForUs ? environment["WATCHDOG_USEC"].flatMap(UInt64.init) : nil
  }

  /// Tells it something, such as `READY=1`. Nobody is told when that fails: a service must not fail
  /// because its manager does not listen.
  func notify(_ assignments: String...) {
    let descriptor = socket(AF_UNIX, Int32(SOCK_DGRAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue), 0)
    guard descriptor >= 0 else { return }
    defer { close(descriptor) }
    var name = sockaddr_un()
    name.sun_family = sa_family_t(AF_UNIX)
    unsafe withUnsafeMutableBytes(of: &name.sun_path) { path in
      unsafe path.copyBytes(from: address.prefix(path.count))
    }
    let size = socklen_t(MemoryLayout<sa_family_t>.size + address.count)
    let message = Array(assignments.joined(separator: "\n").utf8)
    unsafe withUnsafePointer(to: &name) { pointer in
      unsafe pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { pointer in
        _ = unsafe sendto(
          descriptor, message, message.count, Int32(MSG_NOSIGNAL.rawValue), pointer, size)
      }
    }
  }
}
