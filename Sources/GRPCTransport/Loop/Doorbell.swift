import CLinux
import Glibc

/// What one thread sleeps on until another rings: no descriptor, and one system call each.
///
/// `@unchecked Sendable`: the memory is a semaphore, which is made for use by several threads.
@safe final class Doorbell: @unchecked Sendable {
  /// Invariant: initialised once, never moved, destroyed in `deinit`.
  private let semaphore: UnsafeMutablePointer<sem_t>

  init() {
    unsafe semaphore = .allocate(capacity: 1)
    unsafe semaphore.initialize(to: sem_t())
    unsafe sem_init(semaphore, 0, 0)
  }

  deinit {
    unsafe sem_destroy(semaphore)
    unsafe semaphore.deallocate()
  }

  func ring() { unsafe sem_post(semaphore) }

  /// Sleeps until somebody rings.
  ///
  /// - Returns: false when nobody has within so many nanoseconds.
  func wait(nanoseconds: UInt64) -> Bool {
    var deadline = timespec()
    // A wait on CLOCK_BOOTTIME does not exist (sem_clockwait(3)).
    unsafe clock_gettime(CLOCK_MONOTONIC, &deadline)
    let (seconds, rest) = (UInt64(deadline.tv_nsec) &+ nanoseconds)
      .quotientAndRemainder(dividingBy: 1_000_000_000)
    deadline.tv_sec += Int(clamping: seconds)
    deadline.tv_nsec = Int(rest)
    while unsafe sem_clockwait(semaphore, CLOCK_MONOTONIC, &deadline) != 0 {
      guard errno == EINTR else { return false }
    }
    return true
  }

  /// Forgets that somebody rang.
  func silence() {
    while unsafe sem_trywait(semaphore) == 0 {}
  }
}
