internal import CLinux
import Glibc

/// A count that a thread can wait for; never waited for in a task.
///
/// `@unchecked Sendable`: a POSIX semaphore is made for use by several threads (sem_overview(7)).
@safe package final class ThreadSemaphore: @unchecked Sendable {
  /// Invariant: initialised once, never moved, destroyed in `deinit`.
  private let semaphore: UnsafeMutablePointer<sem_t>

  package init(count: Int) {
    unsafe semaphore = .allocate(capacity: 1)
    unsafe semaphore.initialize(to: sem_t())
    unsafe sem_init(semaphore, 0, UInt32(clamping: count))
  }

  deinit {
    unsafe sem_destroy(semaphore)
    unsafe semaphore.deallocate()
  }

  package func signal() { unsafe sem_post(semaphore) }

  package func wait() {
    while unsafe sem_wait(semaphore) != 0 && errno == EINTR {}
  }

  /// - Returns: false when nobody has signalled within so many nanoseconds.
  package func wait(nanoseconds: UInt64) -> Bool {
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

  /// Forgets every signal that nobody has waited for.
  package func drain() {
    while unsafe sem_trywait(semaphore) == 0 {}
  }
}
