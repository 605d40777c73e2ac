internal import CLinux
import Glibc

/// Starts a detached thread.
func startThread(
  named name: String, _ body: @escaping @Sendable () -> Void
) throws(HTTPServerError) {
  let box = ThreadBody(name: name, body: body)
  // The new thread takes this reference over; if there is none, it is given back below.
  let context = unsafe Unmanaged.passRetained(box)
  var thread = pthread_t()
  let code = unsafe pthread_create(
    &thread, nil,
    { context in
      guard let context = unsafe context else { return nil }
      let box = unsafe Unmanaged<ThreadBody>.fromOpaque(context).takeRetainedValue()
      unsafe pthread_setname_np(pthread_self(), box.name)
      box.body()
      return nil
    }, context.toOpaque())
  guard code == 0 else {
    unsafe context.release()
    throw HTTPServerError(description: "no thread can be started")
  }
  pthread_detach(thread)
}

private final class ThreadBody: Sendable {
  let name: String
  let body: @Sendable () -> Void

  init(name: String, body: @escaping @Sendable () -> Void) {
    self.name = name
    self.body = body
  }
}

/// A count that a thread can wait for; never waited for in a task.
///
/// `@unchecked Sendable`: a POSIX semaphore is made for use by several threads (sem_overview(7)).
@safe final class Semaphore: @unchecked Sendable {
  /// Invariant: initialised once, never moved, destroyed in `deinit`.
  private let semaphore: UnsafeMutablePointer<sem_t>

  init(count: Int) {
    unsafe semaphore = .allocate(capacity: 1)
    unsafe semaphore.initialize(to: sem_t())
    unsafe sem_init(semaphore, 0, UInt32(clamping: count))
  }

  deinit {
    unsafe sem_destroy(semaphore)
    unsafe semaphore.deallocate()
  }

  func wait() {
    while unsafe sem_wait(semaphore) != 0 && errno == EINTR {}
  }

  func signal() { unsafe sem_post(semaphore) }
}
