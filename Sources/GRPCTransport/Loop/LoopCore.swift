import GRPCCall
import HTTP2Session

/// Something whose file descriptor the loop watches.
protocol SocketHandler: AnyObject {
  func ready(_ readiness: Readiness, on core: LoopCore)
}

/// Something that gathers output during a turn and sends it at the turn's end.
protocol Flushable: AnyObject {
  func flush(on core: LoopCore)
}

/// All that one loop owns: descriptors, timers, and the buffers that its connections share. It is
/// never sent anywhere: who holds a `LoopCore` is on the loop's thread, or on the one of a caller that
/// has borrowed the loop while that thread waits.
///
/// Invariant of the members without dynamic exclusivity checks: one thread reaches them at a time, and
/// no access calls anything that could reach the same member again.
final class LoopCore {
  let system: any LoopSystem
  private let clock: any LoopClock
  private var handlers: [(handler: (any SocketHandler)?, generation: UInt32)] = []
  private var freeHandlers: [Int] = []
  @exclusivity(unchecked) private var timers = TimerHeap()
  @exclusivity(unchecked) private var dirty: [any Flushable] = []
  @exclusivity(unchecked) private var resumable: [Waiter] = []
  private var busyPolling: BusyPolling
  /// Calls of clients that this loop has begun and not ended.
  var callsInFlight = 0
  /// The time as of this turn.
  private(set) var now: MonotonicTime
  /// Scratch memory of a turn: what was read, what it meant, what is to be sent. One for all
  /// connections, so that an idle one costs none.
  ///
  private let readBuffer = ScratchBuffer(count: LoopCore.mostRecords * LoopCore.largestRecord)
  var plaintextBuffer = ScratchBuffer(count: 32_768)
  @exclusivity(unchecked) var batch = HTTP2EventBatch()
  @exclusivity(unchecked) var output: [UInt8] = []

  init(system: any LoopSystem, clock: any LoopClock, busyPolling: BusyPolling) {
    self.system = system
    self.clock = clock
    self.busyPolling = busyPolling
    now = clock.now
  }

  // MARK: Descriptors

  /// Begins to watch a descriptor; the token names it until ``unwatch(_:_:)``.
  func watch(
    _ fd: Int32, for readiness: Readiness, _ handler: any SocketHandler
  ) throws(SocketError) -> WatchToken {
    let slot = freeHandlers.popLast() ?? addHandlerSlot()
    handlers[slot].handler = handler
    let token = WatchToken(slot: UInt32(slot), generation: handlers[slot].generation)
    do {
      try system.add(fd, token: token.bits, for: readiness)
    } catch {
      release(token)
      throw error
    }
    return token
  }

  func rewatch(_ fd: Int32, _ token: WatchToken, for readiness: Readiness) throws(SocketError) {
    try system.modify(fd, token: token.bits, for: readiness)
  }

  func unwatch(_ fd: Int32, _ token: WatchToken) {
    system.remove(fd)
    release(token)
  }

  private func addHandlerSlot() -> Int {
    handlers.append((nil, 0))
    return handlers.count - 1
  }

  private func release(_ token: WatchToken) {
    let slot = Int(token.slot)
    guard handlers[slot].generation == token.generation else { return }
    handlers[slot].handler = nil
    handlers[slot].generation &+= 1
    freeHandlers.append(slot)
  }

  /// How many descriptors are watched.
  var watchCount: Int { handlers.count - freeHandlers.count }

  // MARK: Timers

  /// How many timers are set.
  var timerCount: Int { unsafe timers.count }

  /// Whether a timer may be due as of this turn.
  var hasDueTimer: Bool { unsafe timers.earliest.map { $0 <= now } ?? false }

  func setTimer(_ deadline: MonotonicTime, _ target: any TimerTarget, kind: Int) -> TimerID {
    unsafe timers.set(deadline, target, kind: kind)
  }

  func setTimer(after delay: Duration, _ target: any TimerTarget, kind: Int) -> TimerID {
    unsafe timers.set(now.advanced(by: delay), target, kind: kind)
  }

  func cancelTimer(_ id: TimerID) { unsafe timers.cancel(id) }

  func cancelTimer(_ id: inout TimerID?) {
    guard let timer = id else { return }
    cancelTimer(timer)
    id = nil
  }

  // MARK: A turn

  /// Asks for `flush(on:)` at the end of this turn; the caller sees to asking once.
  func flushLater(_ connection: any Flushable) {
    unsafe dirty.append(connection)
  }

  /// Begins a turn that does not look at sockets and timers.
  func updateTime() { now = clock.now }

  /// Waits for what is ready, and handles it and the timers that are due.
  func poll(canBlock: Bool) {
    var ready = takeReadyList()
    if canBlock { wait(&ready) } else { look(&ready) }
    for (token, readiness) in ready { dispatch(token, readiness) }
    ready.removeAll(keepingCapacity: true)
    readyList = ready
    while let due = unsafe timers.popDue(at: now) { due.target.timerFired(due.kind, on: self) }
  }

  private func look(_ ready: inout [(WatchToken, Readiness)], milliseconds: Int32 = 0) {
    system.wait(milliseconds: milliseconds) { bits, readiness in
      ready.append((WatchToken(bits: bits), readiness))
    }
    now = clock.now
  }

  /// Waits until something is ready. While few calls wait for a peer that has been quick to answer,
  /// it does so awake at first: falling asleep and being woken would take longer than the answer.
  private func wait(_ ready: inout [(WatchToken, Readiness)]) {
    now = clock.now
    let start = now
    let isForCalls = callsInFlight > 0
    if isForCalls, callsInFlight <= BusyPolling.mostCalls, let budget = busyPolling.budget {
      let end = start.advanced(byNanoseconds: budget)
      while ready.isEmpty, now < end { look(&ready) }
    }
    if ready.isEmpty { look(&ready, milliseconds: pollTimeout) }
    if isForCalls { waitedForAnswer(since: start) }
  }

  /// Room for what is read in one turn: the more calls are in flight, the larger a part of their
  /// answers may be taken at once without leaving the peer idle meanwhile.
  var turnsReadBuffer: UnsafeMutableRawBufferPointer {
    let records = min(max(1, callsInFlight / Self.callsPerRecord), Self.mostRecords)
    return unsafe UnsafeMutableRawBufferPointer(
      rebasing: readBuffer.bytes[..<(records * Self.largestRecord)])
  }

  /// A TLS record of the largest size (RFC 8446 §5.2).
  private static let largestRecord = 16_384 + 1_024
  private static let mostRecords = 4
  private static let callsPerRecord = 64

  /// The peer has been quick to answer: it pays to stay awake for its next answer.
  var hasQuickPeer: Bool { busyPolling.budget != nil }

  /// Until when to stay awake for the answer to a call that begins now.
  var endOfQuickAnswer: MonotonicTime { now.advanced(byNanoseconds: busyPolling.patience) }

  /// An answer has come, or has been waited for, since then.
  func waitedForAnswer(since start: MonotonicTime) {
    busyPolling.waited(now.nanoseconds &- start.nanoseconds)
  }

  /// Lets a task go on once the turn's events have been handled: waking its thread between two
  /// events would only make both threads wait for each other.
  func resumeLater(_ waiter: Waiter) { unsafe resumable.append(waiter) }

  /// Lets the tasks of this loop go on that have what they waited for, and gives the others away.
  func takeWaiters(_ departures: inout Departures) {
    guard unsafe !resumable.isEmpty else { return }
    var waiters: [Waiter] = []
    unsafe swap(&waiters, &resumable)
    for waiter in waiters {
      if waiter.isOnLoop { waiter.resume() } else { departures.add(waiter) }
    }
    waiters.removeAll(keepingCapacity: true)
    unsafe swap(&waiters, &resumable)
  }

  /// Sends what the turn has gathered.
  func flushAll() {
    var index = 0
    while unsafe index < dirty.count {
      unsafe dirty[index].flush(on: self)
      index += 1
    }
    unsafe dirty.removeAll(keepingCapacity: true)
  }

  private var readyList: [(WatchToken, Readiness)] = []

  private func takeReadyList() -> [(WatchToken, Readiness)] {
    var list: [(WatchToken, Readiness)] = []
    swap(&list, &readyList)
    return list
  }

  /// A handler that was removed earlier in the same turn no longer has this generation.
  private func dispatch(_ token: WatchToken, _ readiness: Readiness) {
    let slot = Int(token.slot)
    guard slot < handlers.count, handlers[slot].generation == token.generation else { return }
    handlers[slot].handler?.ready(readiness, on: self)
  }

  /// Rounded up, so that the loop does not spin through a timer's last millisecond.
  private var pollTimeout: Int32 {
    guard let earliest = unsafe timers.earliest else { return -1 }
    guard earliest > now else { return 0 }
    let wait = earliest.nanoseconds - now.nanoseconds
    return Int32(clamping: wait / 1_000_000 + 1)
  }
}

/// Names a watched descriptor: its slot, and which of the slot's users it is.
struct WatchToken: Sendable {
  fileprivate var slot: UInt32
  fileprivate var generation: UInt32

  fileprivate init(slot: UInt32, generation: UInt32) {
    self.slot = slot
    self.generation = generation
  }

  fileprivate init(bits: UInt64) {
    self.init(slot: UInt32(truncatingIfNeeded: bits), generation: UInt32(bits >> 32))
  }

  fileprivate var bits: UInt64 { UInt64(generation) << 32 | UInt64(slot) }
}

/// Memory of a fixed size that is written by the kernel or by a C library.
@safe struct ScratchBuffer: ~Copyable {
  /// Invariant: allocated here, freed in `deinit` alone, used by the loop's thread only.
  private let memory: UnsafeMutableRawBufferPointer

  init(count: Int) {
    unsafe memory = .allocate(byteCount: count, alignment: 16)
  }

  deinit {
    unsafe memory.deallocate()
  }

  var bytes: UnsafeMutableRawBufferPointer { unsafe memory }
}
