package import LocalFiles
import Locking
import MomentoAuth
public import SecretStores

/// Keeps the key of one secret renewed.
///
/// ```swift
/// let rotator = try KeyRotator(
///   store: store, strategy: RefreshStrategy(), spoolDirectory: "/var/lib/momento-auth")
/// let report = await rotator.rotateIfDue()
/// ```
///
/// Any number of rotators, in one process or on many machines, may work on one secret: one of them
/// asks the service, the others leave it to that one, and take over should it die. A rotation can be
/// interrupted at any point; whoever runs next goes on with it. What is not in the store by then is
/// in the spool directory, so that a new key survives the death of the process.
///
/// One thing a rotator cannot mend by itself. If the service takes each refresh token once, and the
/// process dies between the service's answer and the disk, the new key is lost. The service then
/// refuses to renew the old one; the store says so, the old key serves on until it expires, and a
/// key from the console puts things right. With a ``Courier`` it takes the death of two processes, or
/// of the machine, to come to that.
public final class KeyRotator: Sendable {
  private struct State: Sendable {
    var memory: RotatorMemory
    var running: Task<RotationReport, Never>?
  }

  private let parts: RotationParts
  private let state: Locked<State>
  private let wakeup = Wakeup()

  /// Makes a rotator; nothing is read yet.
  ///
  /// - Parameters:
  ///   - store: where the key is. The rotator does not close it.
  ///   - strategy: how a new key is come by.
  ///   - spoolDirectory: a directory of this machine that survives the process, in which a new key is
  ///     kept until it is in the store; `nil` for none, which loses the key with the process.
  ///   - policy: when and how patiently.
  ///   - observers: who is told of each step.
  ///   - courier: who asks the service in the place of this process; `nil` for nobody.
  ///   - leadership: which of several rotators works; `nil` where each may. Somebody has to run its
  ///     ``SecretStores/Leadership/campaign(_:)``, for one rotator or for many. Who does not lead only
  ///     watches, and acts once little of the key's life is left.
  /// - Throws: ``RotationSetupError`` when the spool directory cannot be used.
  public convenience init(
    store: any SecretStore, strategy: any RotationStrategy, spoolDirectory: String?,
    policy: RotationPolicy = RotationPolicy(), observers: [any RotationObserver] = [],
    courier: Courier? = nil, leadership: (any Leadership)? = nil
  ) throws(RotationSetupError) {
    try self.init(
      store: store, strategy: strategy, spoolDirectory: spoolDirectory, policy: policy,
      observers: observers, courier: courier, leadership: leadership, clock: SystemClock())
  }

  /// Makes a rotator with clocks of its own.
  package init(
    store: any SecretStore, strategy: any RotationStrategy, spoolDirectory: String?,
    policy: RotationPolicy = RotationPolicy(), observers: [any RotationObserver] = [],
    courier: Courier? = nil, leadership: (any Leadership)? = nil, clock: any RotationClock,
    fileSteps: FileSteps? = nil
  ) throws(RotationSetupError) {
    var spool: Spool?
    if let spoolDirectory { spool = try Spool(directory: spoolDirectory, steps: fileSteps) }
    parts = RotationParts(
      store: store, strategy: strategy, spool: spool, policy: policy, clock: clock,
      observers: observers, courier: courier, leadership: leadership)
    let machine = RotationMachine(
      policy: policy, owner: spool?.owner ?? .random(), traits: store.traits)
    state = Locked(State(memory: RotatorMemory(machine: machine)))
  }

  /// Renews the key if it is due, and goes on with whatever rotation was interrupted.
  ///
  /// It is not cancelled with its task, because a rotation is not left halfway; what fails is tried a
  /// few times only. A second call while one is under way gives the same report.
  ///
  /// - Parameter force: renew the key though it is not due, and ask again where the service has
  ///   refused.
  public func rotateIfDue(force: Bool = false) async -> RotationReport {
    let task = state.withLock { state in
      if let running = state.running { return running }
      let memory = state.memory
      // A task of its own: it is not cancelled with the caller's.
      let task = Task.detached { [self] in await runOnce(memory, force) }
      state.running = task
      return task
    }
    return await task.value
  }

  /// Whether a new key is in memory alone, because neither the disk nor the store would take it: then
  /// the process should not end, and ``rotateIfDue(force:)`` be called again soon.
  public var holdsUnsavedKey: Bool { state.withLock { $0.memory.inHand != nil } }

  private func runOnce(_ memory: RotatorMemory, _ isForced: Bool) async -> RotationReport {
    var run = RotationRun(parts, memory, isForced: isForced)
    let report = await run.run()
    let kept = run.memory
    state.withLock { state in
      state.memory = kept
      state.running = nil
    }
    for observer in parts.observers { observer.ended(report) }
    return report
  }

  /// Looks after the key until it is told to stop, or its task is cancelled: at every
  /// ``RotationPolicy/checkInterval``, and when the store hints at a change.
  ///
  /// A request to stop never interrupts a rotation, nor is it obeyed while a new key is in memory
  /// alone.
  public func run(until stop: StopSignal) async {
    await withTaskCancellationHandler {
      await loop(until: stop)
    } onCancel: {
      stop.request()
    }
  }

  private func loop(until stop: StopSignal) async {
    let watch = HintWatch(clock: parts.clock, pause: parts.policy.leastCheckGap) { [wakeup] in
      wakeup.request()
    }
    defer { watch.stop() }
    while true {
      // Before the store is read: what changes after that is hinted at.
      if watch.hasEnded { watch.follow(parts.store.changeHints()) }
      wakeup.clear()
      let report = await rotateIfDue()
      let isInDanger = state.withLock { $0.memory.inHand != nil }
      if stop.isRequested, !isInDanger { return }
      await wait(after: report, until: isInDanger ? nil : stop)
      if stop.isRequested, !isInDanger { return }
    }
  }

  /// Has ``run(until:)`` look at the key soon, though its time has not come: to be called when
  /// something has happened that may concern it.
  package func wake() { wakeup.request() }

  /// Waits until it is time to look again, or something has happened. However much happens, there is
  /// a gap between two looks; and what has failed is not tried again before its time, because the
  /// attempt itself may have changed the store.
  private func wait(after report: RotationReport, until stop: StopSignal?) async {
    let pause = pause(after: report)
    let gap = min(pause, parts.policy.leastCheckGap)
    await wait(gap, until: stop) { await $0.value }
    guard stop?.isRequested != true else { return }
    if case .retryLater = report.outcome {
      await wait(pause - gap, until: stop) { await $0.value }
    } else {
      await wait(pause - gap, until: stop) { [wakeup] in await wakeup.wait(for: $0) }
    }
  }

  private func pause(after report: RotationReport) -> Duration {
    let usual = parts.policy.checkInterval
    // Never so short that a clock that stands still makes a loop without rest.
    let least = min(.seconds(1), usual)
    switch report.outcome {
    case .retryLater(let at, _): return max(least, time(until: at))
    case .notDue(let until?): return min(usual, max(least, time(until: until)))
    case .notDue(nil), .rotated, .underWayElsewhere, .refused: return usual
    }
  }

  private func time(until moment: UInt64) -> Duration {
    .seconds(max(0, Double(moment) - Double(parts.clock.now())))
  }

  private func wait(
    _ duration: Duration, until stop: StopSignal?,
    for sleep: (Task<Void, Never>) async -> Void
  ) async {
    guard duration > .zero else { return }
    let clock = parts.clock
    let sleeper = Task.detached { await clock.sleep(for: duration) }
    let number = stop?.onRequest { sleeper.cancel() }
    await sleep(sleeper)
    stop?.forget(number)
  }

  /// What would be done now; nothing is changed by asking.
  ///
  /// - Throws: ``SecretStores/SecretStoreError`` when the store cannot be read.
  public func plan() async throws(SecretStoreError) -> RotationPlan {
    let snapshot = try await parts.store.read()
    let (memory, clock) = (state.withLock(\.memory), parts.clock)
    var warnings: [String] = []
    var spooled: [IssuedPair] = []
    do {
      if let found = try parts.spool?.pairs(for: snapshot.identity, repairs: false) {
        spooled = found.pairs
        if found.damaged > 0 { warnings.append("a file in the spool directory is damaged") }
      }
    } catch {
      warnings.append(error.description)
    }
    let schedule = parts.schedule(snapshot)
    if schedule?.checksAreTooRare(parts.policy) == true {
      warnings.append("the key is looked at too seldom for so short a life")
    }
    var machine = memory.machine
    let step = machine.next(
      RotationFacts(
        snapshot: snapshot, spooled: spooled, inHand: memory.inHand,
        hasSpool: parts.spool != nil, now: clock.now(), uptime: clock.uptime(),
        isLeader: parts.isLeader))
    let key = snapshot.current.flatMap { current in
      schedule.map { KeyStatus(current.document, identity: snapshot.identity, $0) }
    }
    return RotationPlan(
      key: key, nextStep: step.summary, intent: snapshot.intent,
      hasPending: snapshot.pending != nil, spooledKeys: spooled.count, warnings: warnings)
  }
}

extension RotationStep {
  /// The step in a few words, without secrets.
  var summary: String {
    switch self {
    case .proveWritable: "rotate: prove that the store can be written, then claim"
    case .claim: "claim the rotation"
    case .issue: "ask the service for a new key"
    case .spool: "keep the new key on disk"
    case .stage: "keep the new key in the store"
    case .probe(_, .new): "try the new key"
    case .probe(_, .current): "try the current key"
    case .promote: "make the new key current"
    case .finish: "clear what a rotation has left in the store"
    case .drop: "remove a key that is not needed any more from disk"
    case .markRefused: "write down that the service has refused"
    case .leave: "leave it to the rotator that leads"
    case .wait: "wait for the rotator that is at it"
    case .rest(nil): "nothing: the key never expires"
    case .rest: "nothing until the key is due"
    case .stop(let refusal): "nothing: \(refusal.message)"
    }
  }
}
