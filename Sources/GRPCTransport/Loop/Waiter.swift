/// A task that waits for the loop, or for another task, to let it go on.
///
/// `@safe` though it holds an unsafe continuation: every use resumes it exactly once, by taking it
/// out of the place where it is kept, under that place's lock or on its loop.
@safe struct Waiter: Sendable {
  private let continuation: UnsafeContinuation<Void, Never>
  /// The task runs on the loop that lets it go on.
  let isOnLoop: Bool

  init(continuation: UnsafeContinuation<Void, Never>, isOnLoop: Bool = false) {
    unsafe self.continuation = unsafe continuation
    self.isOnLoop = isOnLoop
  }

  /// Suspends the caller, and hands `body` what resumes it.
  static func wait(_ body: (Waiter) -> Void) async {
    unsafe await withUnsafeContinuation { body(unsafe Waiter(continuation: $0)) }
  }

  func resume() { unsafe continuation.resume() }
}
