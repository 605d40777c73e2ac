import CLinux
import Glibc

/// What a file descriptor is ready for.
struct Readiness: OptionSet, Sendable {
  let rawValue: UInt8
  static let readable = Readiness(rawValue: 1)
  static let writable = Readiness(rawValue: 2)
  /// To be told once each time that it becomes readable, whether or not it is read (edge-triggered).
  static let changed = Readiness(rawValue: 4)
}

/// One epoll instance. It owns its descriptor.
@safe struct Poller: ~Copyable {
  private let descriptor: Int32
  private var events: [epoll_event]

  init() throws(SocketError) {
    descriptor = epoll_create1(Int32(EPOLL_CLOEXEC))
    unsafe events = unsafe Array(repeating: epoll_event(), count: 256)
    guard descriptor >= 0 else { throw SocketError(operation: "epoll_create1", code: errno) }
  }

  deinit {
    close(descriptor)
  }

  func add(_ fd: Int32, token: UInt64, for readiness: Readiness) throws(SocketError) {
    try control(EPOLL_CTL_ADD, fd, token, readiness)
  }

  func modify(_ fd: Int32, token: UInt64, for readiness: Readiness) throws(SocketError) {
    try control(EPOLL_CTL_MOD, fd, token, readiness)
  }

  func remove(_ fd: Int32) {
    epoll_ctl(descriptor, EPOLL_CTL_DEL, fd, nil)
  }

  /// Waits until something is ready or `milliseconds` have passed (-1: without end), and hands
  /// each ready token to `body`.
  mutating func wait(milliseconds: Int32, _ body: (UInt64, Readiness) -> Void) {
    let count = unsafe epoll_wait(descriptor, &events, Int32(events.count), milliseconds)
    guard count > 0 else { return }
    for index in 0..<Int(count) {
      let event = unsafe events[index]
      var readiness: Readiness = []
      // An error or a hang-up shows itself to whoever reads or writes next.
      let failed = EPOLLERR.rawValue | EPOLLHUP.rawValue
      if unsafe event.events & (EPOLLIN.rawValue | EPOLLRDHUP.rawValue | failed) != 0 {
        readiness.insert(.readable)
      }
      if unsafe event.events & (EPOLLOUT.rawValue | failed) != 0 { readiness.insert(.writable) }
      unsafe body(event.data.u64, readiness)
    }
  }

  private func control(
    _ operation: Int32, _ fd: Int32, _ token: UInt64, _ readiness: Readiness
  ) throws(SocketError) {
    var event = unsafe epoll_event()
    if readiness.contains(.readable) { unsafe event.events |= EPOLLIN.rawValue }
    if readiness.contains(.writable) { unsafe event.events |= EPOLLOUT.rawValue }
    if readiness.contains(.changed) { unsafe event.events |= EPOLLIN.rawValue | EPOLLET.rawValue }
    unsafe event.data.u64 = token
    guard unsafe epoll_ctl(descriptor, operation, fd, &event) == 0 else {
      throw SocketError(operation: "epoll_ctl", code: errno)
    }
  }
}
