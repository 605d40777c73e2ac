import Locking

/// Sends requests with libcurl: HTTP/1.1, TLS 1.2 and later, certificates and host names always
/// checked, redirects never followed.
///
/// A task that is cancelled ends its request at once. What the environment says of proxies
/// (`http_proxy`, `https_proxy`, `no_proxy`) holds unless a request says otherwise.
public final class CurlClient: HTTPExchange {
  private let loop: CurlLoop
  private let lastID = Locked<UInt64>(0)

  /// Starts a client, which has one thread.
  ///
  /// - Throws: ``HTTPFailure`` when the system has no room for it.
  public init() throws(HTTPFailure) {
    let loop = try CurlLoop()
    try loop.start()
    self.loop = loop
  }

  deinit { loop.close() }

  /// Sends a request.
  ///
  /// Any status is an answer, redirects too, which are not followed.
  ///
  /// - Throws: ``HTTPFailure`` when there is no whole answer.
  public func send(_ request: HTTPRequest) async throws(HTTPFailure) -> HTTPResponse {
    let id = lastID.withLock { last in
      last &+= 1
      return last
    }
    guard !Task.isCancelled else {
      throw HTTPFailure(
        phase: .cancelled, isCertainlyUnsent: true, reason: "the request was cancelled")
    }
    let result = await withTaskCancellationHandler {
      await withCheckedContinuation { continuation in
        loop.submit(id, request) { continuation.resume(returning: $0) }
        // Cancelled before it was submitted, it was not there to be cancelled.
        if Task.isCancelled { loop.cancel(id) }
      }
    } onCancel: {
      loop.cancel(id)
    }
    return try result.get()
  }

  /// Cancels what is under way, and returns when nothing is.
  public func shutdown() async {
    loop.close()
    await loop.waitForEnd()
  }
}
