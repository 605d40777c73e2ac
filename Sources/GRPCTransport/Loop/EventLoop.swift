import CLinux
import GRPCCall
import Glibc
import Locking
import Synchronization

/// Work that another thread gives a loop.
protocol LoopTask: AnyObject, Sendable {
  func run(on core: LoopCore)
}

/// A task that somebody waits for.
protocol AwaitedTask: LoopTask {
  /// To be read by who has the loop alone.
  var isOver: Bool { get }
}

/// One thread that waits for sockets and timers, and owns the connections that it serves: their
/// protocol state is touched by this thread alone and needs no lock.
///
/// It is a `TaskExecutor` too: a task that prefers it runs on the loop's thread, and its calls
/// need no hop to another. Such a task must not block.
public final class EventLoop: TaskExecutor {
  private let inbox = LoopInbox()
  private let wakeup: WakeupDescriptor
  private let doorbell = ThreadSemaphore(count: 0)
  private let lendingPatience: UInt64
  private let clock: any LoopClock
  /// Where handlers run that are not to run on the loop.
  let handlers = HandlerExecutor()
  /// Of the loop's thread or of the caller that has borrowed the loop; 0 while nobody has it.
  private let thread = Atomic<UInt>(0)
  /// Invariant of the three: read and written only by who has the loop, which the inbox passes on.
  @exclusivity(unchecked) nonisolated(unsafe) private var local: [LoopInbox.Work] = []
  @exclusivity(unchecked) nonisolated(unsafe) private var departures = Departures()
  @exclusivity(unchecked) nonisolated(unsafe) private var core: LoopCore?

  /// Starts the thread.
  ///
  /// - Parameter busyPolling: whether the loop, while few calls wait for a peer that has been quick to
  ///   answer, looks for the answer for some microseconds before it sleeps: it answers sooner, and
  ///   takes more of its core. A caller that makes one call after the other then does so on its own
  ///   thread. With a peer that takes longer than 60 µs it never does.
  /// - Throws: ``SocketError`` when the system gives no epoll instance, eventfd or thread.
  public convenience init(busyPolling: Bool = true) throws(SocketError) {
    try self.init(BusyPolling(isOn: busyPolling))
  }

  /// - Parameter lendingPatience: as ``Lending/patience``.
  init(
    _ busyPolling: BusyPolling, lendingPatience: UInt64 = Lending.patience
  ) throws(SocketError) {
    self.lendingPatience = lendingPatience
    clock = SystemClock()
    wakeup = try WakeupDescriptor()
    let core = LoopCore(system: try OperatingSystem(), clock: clock, busyPolling: busyPolling)
    let start = LoopStart(loop: self, core: core)
    try start.launch()
  }

  /// A loop without a thread: the calling thread has it, and takes its turns with ``takeTurn()``. For
  /// tests that say themselves what happens when.
  init(system: any LoopSystem, clock: any LoopClock) throws(SocketError) {
    lendingPatience = 0
    self.clock = clock
    wakeup = try WakeupDescriptor()
    unsafe core = LoopCore(
      system: system, clock: clock, busyPolling: BusyPolling(isOn: false))
    attachThread()
  }

  /// The time by the loop's clock.
  var now: MonotonicTime { clock.now }

  /// Whether the caller runs on this loop's thread, or has the loop while that thread waits.
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
    inbox.stop()
    wakeup.signal()
    doorbell.signal()
  }

  /// Runs `task` on the loop, after everything that was submitted before it.
  func submit(_ task: any LoopTask) {
    submit(.task(task))
  }

  /// Runs a call on the loop, after everything that was submitted before it. Where the loop has
  /// nothing else to do and its peer answers fast, the calling thread does the loop's work until the
  /// call is over, or takes longer than it should.
  func perform(_ call: any AwaitedTask) {
    if isCurrent {
      unsafe local.append(.task(call))
    } else if let alarm = inbox.borrow(orPut: call) {
      sound(alarm)
    } else {
      runBorrowed(call)
    }
  }

  private func submit(_ work: LoopInbox.Work) {
    if isCurrent {
      unsafe local.append(work)
    } else {
      sound(inbox.put(work))
    }
  }

  private func sound(_ alarm: LoopInbox.Alarm) {
    switch alarm {
    case .none: break
    case .wakeup: wakeup.signal()
    case .doorbell: doorbell.signal()
    }
  }

  // MARK: On the loop's thread

  fileprivate func run(_ core: LoopCore) {
    unsafe self.core = core
    defer { unsafe self.core = nil }
    attachThread()
    guard let token = try? core.watch(wakeup.descriptor, for: .changed, wakeup) else { return }
    var handover = Handover()
    var lending = Lending()
    var work: [LoopInbox.Work] = []
    var hasPolled = false
    while unsafe inbox.take(&work, hasOther: !local.isEmpty) {
      let mayBlock = unsafe work.isEmpty && local.isEmpty
      // What has come in first: before it is sent, there is mostly nothing new to be read.
      if hasPolled, !mayBlock {
        hasPolled = false
        core.updateTime()
      } else {
        hasPolled = true
        core.poll(canBlock: mayBlock)
      }
      if mayBlock { inbox.attend() }
      perform(&work, core)
      performLocal(core)
      // A second time, so that a handler on the loop that has its answer by now gives it this turn.
      performLocal(core)
      core.flushAll()
      leave(core, &handover, &lending)
    }
    core.unwatch(wakeup.descriptor, token)
  }

  /// The calling thread is the one that has the loop.
  private func attachThread() {
    thread.store(UInt(pthread_self()), ordering: .relaxed)
    handlers.attachLoop()
  }

  /// The calling thread is about to give the loop away.
  private func detachThread() {
    thread.store(0, ordering: .relaxed)
    handlers.detachLoop()
  }

  /// Lets the tasks go on that have what they waited for.
  private func leave(_ core: LoopCore, _ handover: inout Handover, _ lending: inout Lending) {
    unsafe core.takeWaiters(&departures)
    let callers = unsafe departures.count
    let mayLend = lending.begins(with: callers, callsInFlight: core.callsInFlight)
    if mayLend, core.hasQuickPeer, unsafe local.isEmpty, inbox.isEmpty {
      return lending.ended(isBorrowed: lend())
    }
    let count = unsafe departures.leave() + handlers.takeGathered()
    guard count > 0, unsafe local.isEmpty else { return }
    if handover.begins(with: count, callsInFlight: core.callsInFlight) {
      handover.ended(inTime: awaitWork(count))
    } else if core.callsInFlight == 0, inbox.isEmpty {
      // The loop has nothing left to wait for but the callers that it has just let go on. On a
      // core that they share, they get their turn, and find the loop awake when they call again.
      sched_yield()
    }
  }

  /// Sleeps until that much work has come in.
  ///
  /// - Returns: false when it has not within the loop's patience.
  private func awaitWork(_ count: Int) -> Bool {
    guard inbox.await(count) else { return true }
    if doorbell.wait(nanoseconds: Handover.patience(for: count)) { return true }
    inbox.stopAwaiting()
    doorbell.drain()
    return false
  }

  /// Lets the only caller go on, and have the loop as long as it comes back for it.
  ///
  /// - Returns: whether it has.
  private func lend() -> Bool {
    _ = handlers.takeGathered()
    let caller = unsafe departures.popLast()
    detachThread()
    let isOffered = inbox.offer()
    // Not before the offer: on a core that they share, the caller may go on and call at once.
    caller?.resume()
    var loans = 0
    if isOffered {
      repeat { _ = doorbell.wait(nanoseconds: lendingPatience) } while !inbox.reclaim(&loans)
    }
    attachThread()
    return loans > 0
  }

  // MARK: On a caller's thread

  /// Does the loop's work until `call` is over or its answer takes longer than most.
  private func runBorrowed(_ call: any AwaitedTask) {
    guard let core = unsafe core else { return }
    attachThread()
    core.updateTime()
    call.run(on: core)
    core.flushAll()
    var work: [LoopInbox.Work] = []
    let start = core.now
    let end = core.endOfQuickAnswer
    // Sockets and timers are looked at once even for a call that is over at once: callers that come
    // back for one failure after the other would otherwise keep the loop from everything else.
    repeat {
      core.poll(canBlock: false)
      core.flushAll()
      letGo(core)
      guard !call.isOver, core.now < end, unsafe local.isEmpty, inbox.takeBorrowed(&work) else {
        break
      }
      perform(&work, core)
      core.flushAll()
    } while true
    core.waitedForAnswer(since: start)
    let isIdle = unsafe call.isOver && core.callsInFlight == 0 && local.isEmpty
    detachThread()
    if inbox.giveBack(isIdle: isIdle) { doorbell.signal() }
  }

  private func letGo(_ core: LoopCore) {
    unsafe core.takeWaiters(&departures)
    _ = unsafe departures.leave()
    _ = handlers.takeGathered()
  }

  // MARK: Without a thread

  /// What is ready and due, what was submitted, and what comes of both.
  ///
  /// - Returns: whether something is left to be done.
  func takeTurn() -> Bool {
    guard let core = unsafe core else { return false }
    core.poll(canBlock: false)
    performLocal(core)
    performLocal(core)
    core.flushAll()
    letGo(core)
    return unsafe !local.isEmpty || core.hasDueTimer
  }

  /// Reaches what a loop without a thread owns.
  func withCore<Result>(_ body: (LoopCore) -> Result) -> Result? { unsafe core.map(body) }

  // MARK: For both

  private func perform(_ work: inout [LoopInbox.Work], _ core: LoopCore) {
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
    var work: [LoopInbox.Work] = []
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
