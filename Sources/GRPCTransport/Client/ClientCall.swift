import GRPCCall
import HTTP2Session
import Synchronization

/// One call on its way through the loop, whatever its kind.
///
/// `@unchecked Sendable`: the caller fills it in and submits it; from then on the loop alone
/// touches it, until it resumes the caller, who may then read the result. `queue` and `gate` are
/// safe from any thread.
final class ClientCall: AwaitedTask, TimerTarget, @unchecked Sendable {
  private enum TimerKind { static let deadline = 0, retry = 1 }

  /// Whether a call that failed may be sent again.
  enum Repeating {
    case never
    /// Only where a retry policy says so: trying again at once cannot help.
    case byPolicy
    case allowed
  }

  /// How a call with one response has ended.
  enum Result {
    case pending
    case response([UInt8], metadata: Metadata, trailers: Metadata)
    case failure(CallOutcome, phase: CallPhase)
  }

  private let lane: Lane
  private let loop: EventLoop
  let kind: CallKind
  let path: String
  let metadata: Metadata
  let deadline: MonotonicTime?
  let waitForReady: Bool
  let maxMessageSize: Int
  private let retryPolicy: RetryPolicyBox?
  /// Made when an attempt fails; most calls need none.
  private var retry: RetryMachine?
  private var isCommitted = false
  /// The server may have acted on an attempt before this one.
  private var wasDelivered = false
  /// When the caller began.
  let start: MonotonicTime
  private let trace: CallTraceBox?
  /// Set for streamed responses; a unary one stays in `response`.
  let queue: MessageQueue<CallOutcome>?
  let gate: SendGate?

  /// Invariant of these two: no access calls anything that could reach the same one again.
  @exclusivity(unchecked) private var result = Result.pending
  @exclusivity(unchecked) private var response: [UInt8] = []
  private(set) var isOver = false
  private var phase = CallPhase.call

  /// Invariant: set by the caller before it submits, resumed exactly once, by `complete`.
  private var waiter: Waiter?
  private let isReadable = Atomic<Bool>(false)
  /// Invariant of these two: on the loop alone, and none calls anything that could reach it again.
  @exclusivity(unchecked) private var machine: ClientCallMachine
  @exclusivity(unchecked) private var outbound: OutboundMessages
  private var connection: ClientConnection?
  private(set) var stream: StreamHandle?
  private var window = ReceiveWindow()
  private var deadlineTimer: TimerID?
  private var retryTimer: TimerID?
  /// Counted among the calls that have no stream yet, from the moment that the lane was picked.
  private var isCounted = true
  /// In the channel's queue.
  private var isWaiting = false
  private var isSubmitted = false
  private var attempts = 0
  /// How often the server has been asked, for `grpc-previous-rpc-attempts`.
  private(set) var previousAttempts = 0

  init(
    lane: Lane, kind: CallKind, path: String, metadata: Metadata, start: MonotonicTime,
    deadline: MonotonicTime?, waitForReady: Bool, maxMessageSize: Int, retryPolicy: RetryPolicyBox?,
    firstMessage: [UInt8]?, trace: CallTraceBox?
  ) {
    self.lane = lane
    loop = lane.loop
    self.kind = kind
    self.path = path
    self.metadata = metadata
    self.start = start
    self.deadline = deadline
    self.waitForReady = waitForReady
    self.maxMessageSize = maxMessageSize
    self.trace = trace
    self.retryPolicy = retryPolicy
    queue = kind.hasSingleResponse ? nil : MessageQueue()
    gate = kind.hasSingleRequest ? nil : SendGate()
    unsafe machine = ClientCallMachine(kind: kind, maxMessageSize: maxMessageSize)
    unsafe outbound = OutboundMessages(first: firstMessage)
  }

  // MARK: The caller's side

  /// Submits the call and waits until it is over. For unary responses.
  func waitUntilOver() async {
    await withTaskCancellationHandler {
      unsafe await withUnsafeContinuation { continuation in
        self.waiter = unsafe Waiter(
          continuation: continuation, isOnLoop: loop.isCurrent)
        loop.perform(self)
      }
    } onCancel: {
      cancel()
    }
  }

  /// How a call that is over has ended, which is handed over once.
  func takeResult() -> Result {
    // Orders what the loop wrote before what the caller reads; the continuation does so too, but in
    // the runtime, where neither the compiler nor a sanitizer can see it.
    _ = isReadable.load(ordering: .acquiring)
    var result = Result.pending
    unsafe swap(&result, &self.result)
    return result
  }

  /// Submits the call without waiting. For streamed responses.
  func submit() { loop.submit(self) }

  func cancel() {
    lane.core.submit { _, core in
      self.finish(
        CallOutcome(
          status: Status(.cancelled, "the caller cancelled the call"),
          fault: .caller, delivery: self.stream == nil ? .notSent : .unknown, mustReset: true),
        repeating: .never, on: core)
    }
  }

  /// Queues one more message of a streamed request.
  func send(_ framed: [UInt8]) {
    gate?.add(framed.count)
    lane.core.submit { _, core in self.sendMore(framed, on: core) }
  }

  func finishSending() {
    lane.core.submit { _, core in
      guard unsafe !self.outbound.isEnded else { return }
      unsafe self.outbound.isEnded = true
      if let stream = self.stream { self.connection?.send([], on: stream, end: true, core) }
    }
  }

  /// The reader has caught up: the stream's window may open again.
  func releaseWindow() {
    lane.core.submit { _, core in
      guard let stream = self.stream else { return }
      self.giveBack(self.window.release(), on: stream, core)
    }
  }

  /// How a call with streamed responses has failed.
  func error(for outcome: CallOutcome, endpoint: String) -> RPCError {
    RPCError(outcome, phase: phase, endpoint: endpoint)
  }

  // MARK: On the loop

  func run(on core: LoopCore) {
    isSubmitted = true
    guard !isOver else { return resumeCaller(on: core) }
    core.callsInFlight += 1
    if let deadline { deadlineTimer = core.setTimer(deadline, self, kind: TimerKind.deadline) }
    begin(on: core)
  }

  private func begin(on core: LoopCore) {
    isWaiting = true
    lane.core.value(on: core).start(self, on: core)
  }

  /// The call gets a stream of a connection.
  func sending(on connection: ClientConnection) -> (body: [UInt8], ended: Bool) {
    self.connection = connection
    stopWaiting()
    attempts += 1
    trace?.record(
      .attemptStarted(number: attempts, peer: connection.address, connection: connection.id))
    return unsafe (outbound.body, outbound.isEnded)
  }

  private func stopWaiting() {
    isWaiting = false
    guard isCounted else { return }
    isCounted = false
    lane.counters.leaveQueue()
  }

  func opened(_ stream: StreamHandle) {
    self.stream = stream
    unsafe outbound.wereSent()
  }

  /// What is left of the call's time, in nanoseconds; nil when it has no end.
  func timeLeft(on core: LoopCore) -> UInt64? {
    guard let deadline else { return nil }
    return deadline > core.now ? deadline.nanoseconds &- core.now.nanoseconds : 1
  }

  func timerFired(_ kind: Int, on core: LoopCore) {
    if kind == TimerKind.retry {
      retryTimer = nil
      backOffEnded(on: core)
      isCounted = lane.counters.enterQueue()
      return begin(on: core)
    }
    deadlineTimer = nil
    finish(
      CallOutcome(
        status: Status(.deadlineExceeded, deadlineMessage(on: core)),
        fault: .network, delivery: stream == nil ? .notSent : .unknown, mustReset: true),
      repeating: .never, on: core)
  }

  /// Says what the time was spent on.
  private func deadlineMessage(on core: LoopCore) -> String {
    if let connection {
      return connection.hasPeerSettings
        ? "the deadline passed before the answer was complete"
        : "the deadline passed and the server has sent no HTTP/2 SETTINGS: it may not speak HTTP/2"
    }
    let failure = lane.core.value(on: core).lastFailure
    let reason = failure.map { "; the last failure: \($0)" } ?? ""
    return "the deadline passed before the request could be sent\(reason)"
  }

  private func sendMore(_ framed: [UInt8], on core: LoopCore) {
    guard !isOver, unsafe !outbound.isEnded else { return }
    unsafe outbound.append(framed, isOnItsWay: stream != nil)
    if let stream { connection?.send(framed, on: stream, end: false, core) }
  }

  // MARK: Events of the stream

  /// Takes the events from `index` on that are about this call's stream.
  ///
  /// - Returns: the index behind the last of them.
  func received(
    _ batch: borrowing HTTP2EventBatch, from index: Int, by connection: ClientConnection,
    on core: LoopCore
  ) -> Int {
    guard let stream else { return index + 1 }
    let events = batch.events.span
    let arena = batch.arena.span
    var index = index
    while index < events.count, events[index].isAbout(stream) {
      if self.stream?.id == stream.id {
        received(events[index], arena, on: core)
      } else {
        // The call let go of the stream at an event before this one.
        connection.discard(events[index], on: core)
      }
      index += 1
    }
    return index
  }

  private func received(_ event: HTTP2Event, _ arena: Span<UInt8>, on core: LoopCore) {
    switch event {
    case .headerField(_, let name, let value):
      unsafe machine.receivedField(
        name: arena.extracting(name.indices), value: arena.extracting(value.indices))
    case .data(_, let range): receivedData(arena.extracting(range.indices), on: core)
    case .headersEnded(_, let endStream): receivedHeaders(endStream, on: core)
    case .headerListTooLarge:
      fail(.resourceExhausted, "the answer's header list is larger than the limit", on: core)
    case .dataEnded: finish(unsafe machine.receivedEndOfStream(), on: core)
    case .bodyDrained: gate?.drained()
    case .streamClosed(_, let code, let isByPeer):
      // A stream beyond the last one of GOAWAY is closed as one that was refused.
      let ours: ClientCallMachine.Reset = code == .refusedStream ? .byGoAway : .byClient
      finish(
        unsafe machine.receivedReset(errorCode: code.rawValue, isByPeer ? .byServer : ours),
        on: core)
    default: break
    }
  }

  private func receivedHeaders(_ endStream: Bool, on core: LoopCore) {
    switch unsafe machine.receivedEndOfHeaders(endStream: endStream) {
    case .informational, .ignored: break
    case .initialMetadata:
      commit()
      queue?.setMetadata(unsafe machine.initialMetadata)
      trace?.record(.responseStarted)
    case .finished(let outcome), .failed(let outcome): finish(outcome, on: core)
    }
  }

  /// The answer has begun: from here on the call is not repeated.
  private func commit() {
    isCommitted = true
    unsafe outbound.forget()
  }

  private func receivedData(_ bytes: Span<UInt8>, on core: LoopCore) {
    var offset = 0
    while true {
      switch unsafe machine.receivedData(bytes, from: &offset) {
      case .needsMoreData: return openWindow(by: bytes.count, on: core)
      case .message(let message): deliver(message)
      case .failed(let outcome): return finish(outcome, on: core)
      }
    }
  }

  private func deliver(_ message: [UInt8]) {
    if let queue { queue.push(message) } else { unsafe response = message }
  }

  private func openWindow(by count: Int, on core: LoopCore) {
    guard let stream else { return }
    giveBack(window.received(count, isFull: queue?.isFull() ?? false), on: stream, core)
  }

  private func giveBack(_ count: Int, on stream: StreamHandle, _ core: LoopCore) {
    if count > 0 { connection?.consume(count, on: stream, core) }
  }

  private func fail(_ code: StatusCode, _ message: String, on core: LoopCore) {
    finish(
      CallOutcome(
        status: Status(code, message), fault: .peer, delivery: .answered,
        mustReset: true),
      on: core)
  }

  // MARK: The end

  /// The connection is gone.
  func connectionLost(_ failure: ConnectionFailure, delivery: Delivery, on core: LoopCore) {
    phase = failure.phase
    finish(
      unsafe machine.connectionLost(reason: failure.reason, delivery: delivery), on: core)
  }

  /// No connection can be had.
  func connectFailed(_ failure: ConnectionFailure, on core: LoopCore) {
    phase = failure.phase
    stopWaiting()
    finish(
      CallOutcome(
        status: Status(.unavailable, failure.reason), fault: failure.fault,
        delivery: .notSent),
      repeating: .byPolicy, on: core)
  }

  /// The channel takes the call no further: it is full, or shut down.
  func rejected(_ code: StatusCode, _ message: String, on core: LoopCore) {
    stopWaiting()
    finish(
      CallOutcome(
        status: Status(code, message), fault: .caller, delivery: .notSent,
        mustReset: false),
      repeating: .never, on: core)
  }

  /// - Parameter repeating: whether the call may be sent again.
  private func finish(
    _ outcome: consuming CallOutcome?, repeating: Repeating = .allowed, on core: LoopCore
  ) {
    guard !isOver, var outcome else { return }
    detach(on: core)
    let isOK = outcome.status.code == .ok
    if !isOK, repeatIfUseful(after: outcome, repeating, on: core) { return }
    isOver = true
    if wasDelivered, outcome.delivery == .notSent || outcome.delivery == .refused {
      outcome.delivery = .unknown
    }
    if isSubmitted { core.callsInFlight -= 1 }
    cancelTimers(on: core)
    let channel = lane.core.value(on: core)
    if isOK { channel.recordSuccess() }
    if isWaiting { channel.noteWaitingCallOver() }
    stopWaiting()
    unsafe outbound.forget()
    lane.counters.finished(outcome.status.code, start: start, now: core.now)
    trace?.record(.ended(outcome.status))
    gate?.close()
    if let queue {
      queue.finish(outcome)
    } else {
      keep(outcome)
    }
    resumeCaller(on: core)
  }

  private func keep(_ outcome: CallOutcome) {
    guard outcome.status.code == .ok else {
      unsafe result = .failure(outcome, phase: phase)
      return
    }
    var bytes: [UInt8] = []
    unsafe swap(&bytes, &response)
    unsafe result = .response(
      bytes, metadata: unsafe machine.takeInitialMetadata(), trailers: outcome.trailers)
  }

  private func cancelTimers(on core: LoopCore) {
    if let timer = deadlineTimer {
      core.cancelTimer(timer)
      deadlineTimer = nil
    }
    if let timer = retryTimer {
      core.cancelTimer(timer)
      backOffEnded(on: core)
      retryTimer = nil
    }
  }

  private func backOffEnded(on core: LoopCore) {
    lane.counters.backOffEnded()
    lane.core.value(on: core).backOffEnded(self)
  }

  private func detach(on core: LoopCore) {
    let connection = self.connection
    self.connection = nil
    guard let connection, let stream else { return }
    self.stream = nil
    window = ReceiveWindow()
    connection.release(stream, of: self, on: core)
  }

  private func repeatIfUseful(
    after outcome: CallOutcome, _ repeating: Repeating, on core: LoopCore
  ) -> Bool {
    guard repeating != .never else { return false }
    var judged = outcome
    if repeating == .byPolicy { judged.delivery = .unknown }
    let channel = lane.core.value(on: core)
    guard !channel.isShutDown else { return false }
    var machine = retry ?? RetryMachine(policy: retryPolicy?.policy)
    defer { retry = machine }
    let decision = unsafe machine.attemptFailed(
      judged, isCommitted: isCommitted || !outbound.canReplay, throttle: &channel.throttle,
      random: core.system.random())
    let wait: Duration
    switch decision {
    case .fail: return false
    case .retryNow: wait = .zero
    case .retry(let delay): wait = delay
    }
    previousAttempts = machine.previousAttempts
    lane.counters.retried()
    lane.counters.backOffBegan()
    channel.backOffBegan(self)
    if outcome.delivery == .unknown || outcome.delivery == .answered { wasDelivered = true }
    trace?.record(.attemptFailed(outcome.status, retryAfter: wait))
    retryTimer = core.setTimer(after: wait, self, kind: TimerKind.retry)
    unsafe self.machine = ClientCallMachine(kind: kind, maxMessageSize: maxMessageSize)
    phase = .call
    return true
  }

  private func resumeCaller(on core: LoopCore) {
    // A cancellation may come before the call has been submitted: its caller still writes to it.
    guard isSubmitted else { return }
    isReadable.store(true, ordering: .releasing)
    guard let waiter = waiter else { return }
    self.waiter = nil
    core.resumeLater(waiter)
  }
}
