import CLinux
import GRPCCall
import Glibc
import Synchronization

/// Work that another thread gives a loop.
protocol LoopTask: AnyObject, Sendable {
  func run(on core: LoopCore)
}

/// One thread that waits for sockets and timers, and owns the connections that it serves: their
/// protocol state is touched by this thread alone and needs no lock.
///
/// It is a `TaskExecutor` too: a task that prefers it runs on the loop's thread, and its calls
/// need no hop to another. Such a task must not block.
public final class EventLoop: TaskExecutor {
  private enum Work: Sendable {
    case task(any LoopTask)
    case job(UnownedJob)
  }

  private struct Inbox {
    var work: [Work] = []
    /// The loop has been woken, or is awake and will look again before it sleeps.
    var isSignalled = false
    var isStopped = false
  }

  private let inbox = Locked(Inbox())
  private let wakeup: WakeupDescriptor
  private let thread = Atomic<UInt>(0)
  /// Invariant: read and written on the loop's thread only.
  nonisolated(unsafe) private var local: [Work] = []

  /// Starts the thread.
  ///
  /// - Throws: ``SocketError`` when the system gives no epoll instance, eventfd or thread.
  public init() throws(SocketError) {
    wakeup = try WakeupDescriptor()
    let start = LoopStart(loop: self, core: try LoopCore())
    try start.launch()
  }

  /// Whether the caller runs on this loop's thread.
  public var isCurrent: Bool {
    thread.load(ordering: .relaxed) == UInt(pthread_self())
  }

  /// Runs a task's job on the loop.
  public func enqueue(_ job: consuming ExecutorJob) {
    submit(.job(UnownedJob(job)))
  }

  /// Ends the loop's thread. The channels and servers on it must have been shut down before: what
  /// they still have open is served no more.
  public func shutdown() {
    inbox.withLock {
      $0.isStopped = true
      $0.isSignalled = true
    }
    wakeup.signal()
  }

  /// Runs `task` on the loop, after everything that was submitted before it.
  func submit(_ task: any LoopTask) {
    submit(.task(task))
  }

  private func submit(_ work: Work) {
    if isCurrent {
      unsafe local.append(work)
      return
    }
    let mustSignal = inbox.withLock { inbox in
      inbox.work.append(work)
      if inbox.isSignalled { return false }
      inbox.isSignalled = true
      return true
    }
    if mustSignal { wakeup.signal() }
  }

  // MARK: On the loop's thread

  fileprivate func run(_ core: LoopCore) {
    thread.store(UInt(pthread_self()), ordering: .relaxed)
    guard let token = try? core.watch(wakeup.descriptor, for: .readable, wakeup) else { return }
    var spare: [Work] = []
    while !isStopped {
      core.poll(canBlock: unsafe local.isEmpty)
      takeInbox(&spare)
      perform(&spare, core)
      performLocal(core)
      core.flushAll()
      performLocal(core)
      core.flushAll()
    }
    core.unwatch(wakeup.descriptor, token)
  }

  private var isStopped: Bool { inbox.withLock { $0.isStopped } }

  private func takeInbox(_ spare: inout [Work]) {
    inbox.withLock { inbox in
      swap(&inbox.work, &spare)
      inbox.isSignalled = false
    }
  }

  private func perform(_ work: inout [Work], _ core: LoopCore) {
    for item in work {
      switch item {
      case .task(let task): task.run(on: core)
      case .job(let job): unsafe job.runSynchronously(on: asUnownedTaskExecutor())
      }
    }
    work.removeAll(keepingCapacity: true)
  }

  /// Work that the loop's own work gave it. What that gives in turn waits for the next round, so
  /// that sockets are not starved.
  private func performLocal(_ core: LoopCore) {
    guard unsafe !local.isEmpty else { return }
    var work: [Work] = []
    unsafe swap(&work, &local)
    perform(&work, core)
    if unsafe local.isEmpty { unsafe swap(&work, &local) }
  }
}

/// The eventfd that wakes a loop from `epoll_wait`.
private final class WakeupDescriptor: SocketHandler, Sendable {
  let descriptor: Int32

  init() throws(SocketError) {
    descriptor = eventfd(0, Int32(EFD_CLOEXEC | EFD_NONBLOCK))
    guard descriptor >= 0 else { throw SocketError(operation: "eventfd", code: errno) }
  }

  deinit {
    close(descriptor)
  }

  func signal() {
    var one: UInt64 = 1
    unsafe write(descriptor, &one, 8)
  }

  func ready(_ readiness: Readiness, on core: LoopCore) {
    var count: UInt64 = 0
    unsafe read(descriptor, &count, 8)
  }
}

/// Carries a new loop and its core over to the thread that it starts.
///
/// `@unchecked Sendable`: the core is made by the starting thread, and used by the started one
/// only, after `pthread_create`.
private final class LoopStart: @unchecked Sendable {
  private let loop: EventLoop
  private let core: LoopCore

  init(loop: EventLoop, core: LoopCore) {
    self.loop = loop
    self.core = core
  }

  func launch() throws(SocketError) {
    try startThread(named: "event-loop") { self.loop.run(self.core) }
  }
}
