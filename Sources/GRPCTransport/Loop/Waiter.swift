/// A task that waits for the loop, or for another task, to let it go on.
///
/// `@safe` though it holds an unsafe continuation: every use resumes it exactly once, by taking it
/// out of the place where it is kept, under that place's lock or on its loop.
@safe struct Waiter: Sendable {
  private let continuation: UnsafeContinuation<Void, Never>

  init(continuation: UnsafeContinuation<Void, Never>) {
    unsafe self.continuation = unsafe continuation
  }

  /// Suspends the caller, and hands `body` what resumes it.
  static func wait(_ body: (Waiter) -> Void) async {
    unsafe await withUnsafeContinuation { body(unsafe Waiter(continuation: $0)) }
  }

  func resume() { unsafe continuation.resume() }
}
