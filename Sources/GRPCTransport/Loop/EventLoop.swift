import CLinux
import GRPCCall
import Glibc
import Locking
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
    /// The loop is awake, or has been told to wake, and will look here before it sleeps.
    var isAttended = true
    var isStopped = false
    /// With so much work the doorbell is to be rung; 0 while the loop does not sleep on it.
    var awaited = 0
  }

  private let inbox = Locked(Inbox())
  private let wakeup: WakeupDescriptor
  private let doorbell = ThreadSemaphore(count: 0)
  /// Where handlers run that are not to run on the loop.
  let handlers = HandlerExecutor()
  private let thread = Atomic<UInt>(0)
  /// Invariant of both: read and written on the loop's thread only.
  @exclusivity(unchecked) nonisolated(unsafe) private var local: [Work] = []
  @exclusivity(unchecked) nonisolated(unsafe) private var departures = Departures()

  /// Starts the thread.
  ///
  /// - Parameter busyPolling: whether the loop, while few calls wait for a peer that has been quick to
  ///   answer, looks for the answer for some microseconds before it sleeps: it answers sooner, and
  ///   takes more of its core. With a peer that takes longer than 60 µs it never does.
  /// - Throws: ``SocketError`` when the system gives no epoll instance, eventfd or thread.
  public init(busyPolling: Bool = true) throws(SocketError) {
    wakeup = try WakeupDescriptor()
    let core = try LoopCore(busyPolling: BusyPolling(isOn: busyPolling))
    let start = LoopStart(loop: self, core: core)
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
      $0.isAttended = true
    }
    wakeup.signal()
    doorbell.signal()
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
    enum Alarm { case none, wakeup, doorbell }
    let alarm = inbox.withLock { inbox in
      inbox.work.append(work)
      if inbox.isAttended {
        guard inbox.awaited > 0, inbox.work.count >= inbox.awaited else { return Alarm.none }
        inbox.awaited = 0
        return .doorbell
      }
      inbox.isAttended = true
      return .wakeup
    }
    switch alarm {
    case .none: break
    case .wakeup: wakeup.signal()
    case .doorbell: doorbell.signal()
    }
  }

  // MARK: On the loop's thread

  fileprivate func run(_ core: LoopCore) {
    thread.store(UInt(pthread_self()), ordering: .relaxed)
    handlers.attachLoop()
    guard let token = try? core.watch(wakeup.descriptor, for: .changed, wakeup) else { return }
    var handover = Handover()
    var work: [Work] = []
    var hasPolled = false
    while takeInbox(&work) {
      let mayBlock = unsafe work.isEmpty && local.isEmpty
      // What has come in first: before it is sent, there is mostly nothing new to be read.
      if hasPolled, !mayBlock {
        hasPolled = false
        core.updateTime()
      } else {
        hasPolled = true
        core.poll(canBlock: mayBlock)
      }
      if mayBlock { attendInbox() }
      perform(&work, core)
      performLocal(core)
      // A second time, so that a handler on the loop that has its answer by now gives it this turn.
      performLocal(core)
      core.flushAll()
      leave(core, &handover)
    }
    core.unwatch(wakeup.descriptor, token)
  }

  /// Lets the tasks go on that have what they waited for.
  private func leave(_ core: LoopCore, _ handover: inout Handover) {
    unsafe core.takeWaiters(&departures)
    let count = unsafe departures.leave() + handlers.takeGathered()
    guard count > 0, unsafe local.isEmpty else { return }
    if handover.begins(with: count, callsInFlight: core.callsInFlight) {
      handover.ended(inTime: awaitWork(count))
    } else if core.callsInFlight == 0, inbox.withLock({ $0.work.isEmpty }) {
      // The loop has nothing left to wait for but the callers that it has just let go on. On a
      // core that they share, they get their turn, and find the loop awake when they call again.
      sched_yield()
    }
  }

  /// Sleeps until that much work has come in.
  ///
  /// - Returns: false when it has not within the loop's patience.
  private func awaitWork(_ count: Int) -> Bool {
    let isThere = inbox.withLock { inbox in
      inbox.isAttended = true
      if inbox.work.count >= count || inbox.isStopped { return true }
      inbox.awaited = count
      return false
    }
    if isThere || doorbell.wait(nanoseconds: Handover.patience(for: count)) { return true }
    inbox.withLock { $0.awaited = 0 }
    doorbell.drain()
    return false
  }

  /// Takes what has come in. When that is nothing, whoever submits next has to wake the loop.
  ///
  /// - Returns: false once the loop is to end.
  private func takeInbox(_ work: inout [Work]) -> Bool {
    inbox.withLock { inbox in
      swap(&inbox.work, &work)
      inbox.isAttended = unsafe !(work.isEmpty && local.isEmpty)
      return !inbox.isStopped
    }
  }

  /// The loop has slept and is awake again: until it has looked, nobody needs to wake it.
  private func attendInbox() { inbox.withLock { $0.isAttended = true } }

  private func perform(_ work: inout [Work], _ core: LoopCore) {
    for item in work {
      switch item {
      case .task(let task): task.run(on: core)
      case .job(let job): unsafe job.runSynchronously(on: asUnownedTaskExecutor())
      }
    }
    work.removeAll(keepingCapacity: true)
  }

  /// Work that the loop's own work gave it. What that gives in turn waits for its next time, so
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

  /// Watched for changes, it need not be read: to have woken the loop is all that it is for.
  func ready(_ readiness: Readiness, on core: LoopCore) {}
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
    do {
      try startThread(named: "event-loop") { self.loop.run(self.core) }
    } catch {
      throw SocketError(operation: "pthread_create", code: error.code)
    }
  }
}
