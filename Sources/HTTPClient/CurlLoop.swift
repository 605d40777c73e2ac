internal import CLibcurl
import Glibc
import Locking

/// The thread on which all transfers of one client run.
///
/// One thread with libcurl's multi interface, and not several with an exchange each: any number of
/// exchanges can wait at once, such as one for the next event and one for a secret, they share the
/// connections, and one that is cancelled ends at once instead of at libcurl's next look at a
/// progress callback, up to a second later.
///
/// `@unchecked Sendable`: the multi handle is used on the loop's thread alone, but for
/// `curl_multi_wakeup`, which may be called from any (its manual says so), and is freed when neither
/// the thread nor a client holds the loop.
@safe final class CurlLoop: @unchecked Sendable {
  /// Called once with the outcome, on the loop's thread.
  typealias Completion = @Sendable (Result<HTTPResponse, HTTPFailure>) -> Void

  private enum Order: Sendable {
    case start(UInt64, HTTPRequest, Completion)
    case cancel(UInt64)
  }

  private struct Inbox: Sendable {
    var orders: [Order] = []
    var isClosed = false
    var hasEnded = false
    var waitingForEnd: [CheckedContinuation<Void, Never>] = []
  }

  private let multi: UnsafeMutableRawPointer
  private let inbox = Locked(Inbox())

  init() throws(HTTPFailure) {
    guard Self.isLibraryReady, let multi = unsafe curl_multi_init() else {
      throw .request("libcurl cannot be used")
    }
    unsafe self.multi = multi
    // More wait in the client's queue: a server has better things to do than to hold connections.
    unsafe CLibcurl_multi_set_long(multi, CURLMOPT_MAX_HOST_CONNECTIONS, 16)
  }

  deinit { unsafe curl_multi_cleanup(multi) }

  /// Starts the thread, which runs until ``close()``.
  func start() throws(HTTPFailure) {
    do {
      try startThread(named: "http-client") { self.run() }
    } catch {
      throw .request("no thread can be started")
    }
  }

  /// Starts an exchange under a number that is its own.
  func submit(_ id: UInt64, _ request: HTTPRequest, _ completion: @escaping Completion) {
    let isTaken = inbox.withLock { inbox in
      guard !inbox.isClosed else { return false }
      inbox.orders.append(.start(id, request, completion))
      return true
    }
    guard isTaken else { return completion(.failure(.request("the client is shut down"))) }
    unsafe curl_multi_wakeup(multi)
  }

  /// Ends an exchange, if it has not ended yet.
  func cancel(_ id: UInt64) {
    inbox.withLock { $0.orders.append(.cancel(id)) }
    unsafe curl_multi_wakeup(multi)
  }

  /// Takes no more requests, and cancels those under way.
  func close() {
    inbox.withLock { $0.isClosed = true }
    unsafe curl_multi_wakeup(multi)
  }

  /// Waits until the thread uses nothing any more.
  func waitForEnd() async {
    await withCheckedContinuation { continuation in
      let hasEnded = inbox.withLock { inbox in
        if !inbox.hasEnded { inbox.waitingForEnd.append(continuation) }
        return inbox.hasEnded
      }
      if hasEnded { continuation.resume() }
    }
  }

  // MARK: On the thread

  private struct Running {
    var transfer: CurlTransfer
    var completion: Completion
  }

  private func run() {
    var running: [UInt64: Running] = [:]
    while true {
      let (orders, isClosed) = inbox.withLock { inbox in
        let orders = inbox.orders
        inbox.orders = []
        return (orders, inbox.isClosed)
      }
      for order in orders { carryOut(order, &running) }
      if isClosed { break }
      var count: Int32 = 0
      unsafe curl_multi_perform(multi, &count)
      collect(&running)
      unsafe curl_multi_poll(multi, nil, 0, 60_000, nil)
    }
    for id in running.keys { carryOut(.cancel(id), &running) }
    let waiting = inbox.withLock { inbox in
      inbox.hasEnded = true
      return inbox.waitingForEnd
    }
    for continuation in waiting { continuation.resume() }
  }

  private func carryOut(_ order: Order, _ running: inout [UInt64: Running]) {
    switch order {
    case .start(let id, let request, let completion):
      do throws(HTTPFailure) {
        let transfer = try CurlTransfer(request)
        guard unsafe curl_multi_add_handle(multi, transfer.handle) == CURLM_OK else {
          throw HTTPFailure.request("libcurl takes no more requests")
        }
        running[id] = Running(transfer: transfer, completion: completion)
      } catch {
        completion(.failure(error))
      }
    case .cancel(let id):
      guard let ended = running.removeValue(forKey: id) else { return }
      let failure = ended.transfer.abandoned()
      unsafe curl_multi_remove_handle(multi, ended.transfer.handle)
      ended.completion(.failure(failure))
    }
  }

  private func collect(_ running: inout [UInt64: Running]) {
    var code = CURLE_OK
    while let handle = unsafe CLibcurl_next_ended(multi, &code) {
      guard let id = running.first(where: { unsafe $0.value.transfer.handle == handle })?.key,
        let ended = running.removeValue(forKey: id)
      else { continue }
      let result = ended.transfer.result(code)
      unsafe curl_multi_remove_handle(multi, handle)
      ended.completion(result)
    }
  }

  /// libcurl wants to be set up once for a process.
  private static let isLibraryReady =
    curl_global_init(Int(CURL_GLOBAL_SSL | CURL_GLOBAL_WIN32)) == CURLE_OK
}
