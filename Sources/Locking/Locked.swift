package import Glibc

/// A value behind a lock.
///
/// It is a pthread mutex and not `Synchronization.Mutex`, because the thread sanitizer knows the
/// former and takes every use of the latter for a race.
///
/// `@unchecked Sendable`: the value is reachable inside ``withLock(_:)`` alone.
@safe package final class Locked<Value: Sendable>: @unchecked Sendable {
  /// Invariant: initialised once, never moved, destroyed in `deinit`.
  @usableFromInline let mutex: UnsafeMutablePointer<pthread_mutex_t>
  /// Invariant: read and written with the mutex held, and `body` does not reach it again.
  @usableFromInline @exclusivity(unchecked) var value: Value

  package init(_ value: Value) {
    unsafe self.value = value
    unsafe mutex = .allocate(capacity: 1)
    unsafe mutex.initialize(to: pthread_mutex_t())
    unsafe pthread_mutex_init(mutex, nil)
  }

  deinit {
    unsafe pthread_mutex_destroy(mutex)
    unsafe mutex.deallocate()
  }

  /// Runs `body` while nobody else can reach the value. It must not block, nor lock again.
  @inlinable
  package func withLock<Result, Failure: Error>(
    _ body: (inout Value) throws(Failure) -> Result
  ) throws(Failure) -> Result {
    unsafe pthread_mutex_lock(mutex)
    defer { unsafe pthread_mutex_unlock(mutex) }
    return try unsafe body(&value)
  }
}
