internal import CLinux
import Glibc

/// The system has no thread to give.
package struct ThreadError: Error, Sendable {
  /// The system's number for why.
  package let code: Int32
}

/// Starts a detached thread.
package func startThread(
  named name: String, _ body: @escaping @Sendable () -> Void
) throws(ThreadError) {
  let box = ThreadBody(body: body, name: name)
  // The new thread takes this reference over; if there is none, it is given back below.
  let context = unsafe Unmanaged.passRetained(box)
  var thread = pthread_t()
  let code = unsafe pthread_create(&thread, nil, threadMain, context.toOpaque())
  guard code == 0 else {
    unsafe context.release()
    throw ThreadError(code: code)
  }
  pthread_detach(thread)
}

private final class ThreadBody: Sendable {
  let body: @Sendable () -> Void
  let name: String

  init(body: @escaping @Sendable () -> Void, name: String) {
    self.body = body
    self.name = name
  }
}

private func threadMain(_ context: UnsafeMutableRawPointer?) -> UnsafeMutableRawPointer? {
  guard let context = unsafe context else { return nil }
  let box = unsafe Unmanaged<ThreadBody>.fromOpaque(context).takeRetainedValue()
  unsafe pthread_setname_np(pthread_self(), box.name)
  box.body()
  return nil
}
