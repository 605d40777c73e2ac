import LocalFiles
import Locking

/// Keeps a file like what is in memory, with a thread of its own: callers say that something has
/// changed and go on, or wait until it is on the disk. One write serves all who have come before it.
final class FileKeeper: Sendable {
  private struct Progress {
    var changes: UInt64 = 0
    var written: UInt64 = 0
    var waiters: [(change: UInt64, continuation: CheckedContinuation<Bool, Never>)] = []
    var isClosing = false
    /// Its thread has ended, or was never there.
    var isOver = true
    var closers: [CheckedContinuation<Void, Never>] = []
  }

  /// How soon a write that has failed is tried again, in nanoseconds.
  private static let retry: UInt64 = 1_000_000_000

  private let path: String
  private let pause: UInt64
  private let content: @Sendable () throws -> [UInt8]
  private let report: @Sendable (String) -> Void
  private let progress = Locked(Progress())
  private let wake = ThreadSemaphore(count: 0)

  /// - Parameters:
  ///   - pause: how long changes gather before they are written, in nanoseconds, unless somebody waits.
  ///   - content: what the file is to hold now.
  ///   - report: is told why a write has failed.
  init(
    path: String, pause: UInt64, content: @escaping @Sendable () throws -> [UInt8],
    report: @escaping @Sendable (String) -> Void
  ) {
    self.path = path
    self.pause = pause
    self.content = content
    self.report = report
  }

  /// Writes the file once, and begins to keep it.
  func start() throws(EmbeddedAuthServiceError) {
    AtomicFile.sweep(path: path)
    do {
      try write()
      progress.withLock { $0.isOver = false }
      try startThread(named: "file-keeper") { self.run() }
    } catch {
      progress.withLock { $0.isOver = true }
      throw EmbeddedAuthServiceError("the state cannot be kept: \(error)")
    }
  }

  /// What the file holds is no longer so.
  func changed() {
    let isFirst = progress.withLock { progress in
      progress.changes += 1
      return progress.changes == progress.written + 1
    }
    if isFirst { wake.signal() }
  }

  /// Waits until all that has changed so far is on the disk.
  ///
  /// - Returns: false when it cannot be written now, or the file is kept no more.
  func saved() async -> Bool {
    await withCheckedContinuation { continuation in
      let isKept = progress.withLock { progress in
        guard !progress.isClosing else { return false }
        progress.changes += 1
        progress.waiters.append((progress.changes, continuation))
        return true
      }
      if isKept { wake.signal() } else { continuation.resume(returning: false) }
    }
  }

  /// Writes what has changed, and keeps the file no more: once it returns, nothing writes it.
  func close() async {
    _ = await saved()
    await withCheckedContinuation { continuation in
      let isOver = progress.withLock { progress in
        progress.isClosing = true
        guard !progress.isOver else { return true }
        progress.closers.append(continuation)
        return false
      }
      if isOver { continuation.resume() } else { wake.signal() }
    }
  }

  /// Keeps the file no more once what has changed is written.
  func stop() {
    progress.withLock { $0.isClosing = true }
    wake.signal()
  }

  private func run() {
    while true {
      wake.wait()
      let (isUrgent, isClosing, isDirty) = progress.withLock {
        (!$0.waiters.isEmpty, $0.isClosing, $0.changes > $0.written)
      }
      if isDirty {
        // Whoever waits or closes wakes it earlier.
        if !isUrgent, !isClosing { _ = wake.wait(nanoseconds: pause) }
        if !writeChanges(), !isClosing {
          _ = wake.wait(nanoseconds: Self.retry)
          wake.signal()
        }
      }
      if isClosing { return finish() }
    }
  }

  private func writeChanges() -> Bool {
    let change = progress.withLock { $0.changes }
    var isWritten = true
    do {
      try write()
    } catch {
      isWritten = false
      report("the state is not on the disk: \(error)")
    }
    let served = progress.withLock { progress in
      if isWritten { progress.written = change }
      let served = progress.waiters.filter { $0.change <= change }
      progress.waiters.removeAll { $0.change <= change }
      return served
    }
    for waiter in served { waiter.continuation.resume(returning: isWritten) }
    // What has changed meanwhile was no first change.
    if isWritten, progress.withLock({ $0.changes > change }) { wake.signal() }
    return isWritten
  }

  private func finish() {
    let (left, closers) = progress.withLock { progress in
      defer { (progress.waiters, progress.closers, progress.isOver) = ([], [], true) }
      return (progress.waiters, progress.closers)
    }
    for waiter in left { waiter.continuation.resume(returning: false) }
    for closer in closers { closer.resume() }
  }

  private func write() throws {
    let bytes = try content()
    try AtomicFile(path: path, followsLinks: false).commit(bytes)
  }
}
