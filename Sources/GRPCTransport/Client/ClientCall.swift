import GRPCCall
import HTTP2Session
import Synchronization

/// One call on its way through the loop, whatever its kind.
///
/// `@unchecked Sendable`: the caller fills it in and submits it; from then on the loop alone
/// touches it, until it resumes the caller, who may then read `outcome`, `response` and
/// `initialMetadata`. `queue` and `gate` are safe from any thread.
final class ClientCall: LoopTask, TimerTarget, @unchecked Sendable {
  private enum TimerKind { static let deadline = 0, retry = 1 }

  /// Whether a call that failed may be sent again.
  enum Repeating {
    case never
    /// Only where a retry policy says so: trying again at once cannot help.
    case byPolicy
    case allowed
  }

  let channel: LoopBound<ChannelCore>
  let kind: CallKind
  /// What is the same in every call of the method, and what is this call's own.
  let commonFields: HeaderBlock
  private let metadata: Metadata
  let deadline: MonotonicTime?
  let waitForReady: Bool
  let maxMessageSize: Int
  /// Set for streamed responses; a unary one stays in `response`.
  let queue: MessageQueue<CallOutcome>?
  let gate: SendGate?

  private(set) var outcome: CallOutcome?
  private(set) var response: [UInt8]?
  private(set) var initialMetadata = Metadata()
  private(set) var endpoint: String?
  private(set) var phase = CallPhase.call

  /// Invariant: set by the caller before it submits, resumed exactly once, by `complete`.
  private var waiter: Waiter?
  private let isReadable = Atomic<Bool>(false)
  private var machine: ClientCallMachine
  private var retry: RetryMachine
  /// What has been given to send; kept until the answer begins, so that it can be sent again.
  private var outbound: [[UInt8]]
  private var outboundSize: Int
  private var outboundEnded: Bool
  private var canReplay = true
  private var connection: ClientConnection?
  private(set) var stream: StreamHandle?
  private var withheldWindow = 0
  private var deadlineTimer: TimerID?
  private var retryTimer: TimerID?
  private var isWaiting = false
  private var isSubmitted = false

  /// Above this many bytes of requests, a call gives up being repeatable.
  private static let replayLimit = 1 << 20

  init(
    channel: LoopBound<ChannelCore>, kind: CallKind, commonFields: HeaderBlock,
    metadata: Metadata, deadline: MonotonicTime?, waitForReady: Bool, maxMessageSize: Int,
    retry: RetryMachine, firstMessage: [UInt8]?
  ) {
    self.channel = channel
    self.kind = kind
    self.commonFields = commonFields
    self.metadata = metadata
    self.deadline = deadline
    self.waitForReady = waitForReady
    self.maxMessageSize = maxMessageSize
    self.retry = retry
    let responseIsStreamed = kind == .serverStreaming || kind == .bidirectionalStreaming
    queue = responseIsStreamed ? MessageQueue() : nil
    gate = kind == .clientStreaming || kind == .bidirectionalStreaming ? SendGate() : nil
    machine = ClientCallMachine(kind: kind, maxMessageSize: maxMessageSize)
    outbound = firstMessage.map { [$0] } ?? []
    outboundSize = firstMessage?.count ?? 0
    outboundEnded = firstMessage != nil
  }

  // MARK: The caller's side

  /// Submits the call and waits until it is over. For unary responses.
  func waitUntilOver() async {
    await withTaskCancellationHandler {
      await Waiter.wait { waiter in
        self.waiter = waiter
        channel.loop.submit(self)
      }
    } onCancel: {
      cancel()
    }
    // Orders what the loop wrote before what the caller reads; the continuation does so too, but in
    // the runtime, where neither the compiler nor a sanitizer can see it.
    _ = isReadable.load(ordering: .acquiring)
  }

  /// Submits the call without waiting. For streamed responses.
  func start() { channel.loop.submit(self) }

  func cancel() {
    channel.submit { _, core in
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
    channel.submit { _, core in self.sendMore(framed, on: core) }
  }

  func finishSending() {
    channel.submit { _, core in
      guard !self.outboundEnded else { return }
      self.outboundEnded = true
      if let stream = self.stream { self.connection?.send([], on: stream, end: true, core) }
    }
  }

  /// The reader has caught up: the stream's window may open again.
  func releaseWindow() {
    channel.submit { _, core in
      guard let stream = self.stream, self.withheldWindow > 0 else { return }
      self.connection?.consume(self.withheldWindow, on: stream, core)
      self.withheldWindow = 0
    }
  }

  // MARK: On the loop

  func run(on core: LoopCore) {
    isSubmitted = true
    guard outcome == nil else { return resumeCaller() }
    let channel = channel.value(on: core)
    endpoint = channel.endpoint
    if let deadline { deadlineTimer = core.setTimer(deadline, self, kind: TimerKind.deadline) }
    isWaiting = true
    channel.start(self, on: core)
  }

  /// The call gets a stream of a connection.
  func sending(on connection: ClientConnection, core: LoopCore) -> (body: [UInt8], ended: Bool) {
    self.connection = connection
    isWaiting = false
    return (outbound.count == 1 ? outbound[0] : Array(outbound.joined()), outboundEnded)
  }

  func opened(_ stream: StreamHandle) {
    self.stream = stream
    if !canReplay { outbound.removeAll() }
  }

  /// This call's own fields, with the time that is left of its deadline.
  func ownFields(on core: LoopCore) -> HeaderBlock {
    let timeout = deadline.map { core.now.duration(to: max($0, core.now)) }
    return HeaderBlock(
      RequestHeaders.variable(
        timeout: timeout.map(Self.rounded), previousAttempts: retry.previousAttempts,
        metadata: metadata))
  }

  /// Rounds up to three digits, so that calls with the same deadline send the same
  /// `grpc-timeout` and HPACK has it in its table. The timer on this side is exact.
  private static func rounded(_ timeout: Duration) -> Duration {
    let milliseconds = timeout / .milliseconds(1)
    guard milliseconds > 100, milliseconds < 1e12 else { return timeout }
    var step = 1.0
    while milliseconds > step * 1_000 { step *= 10 }
    return .milliseconds(Int64((milliseconds / step).rounded(.up) * step))
  }

  func timerFired(_ kind: Int, on core: LoopCore) {
    if kind == TimerKind.retry {
      retryTimer = nil
      isWaiting = true
      return channel.value(on: core).start(self, on: core)
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
    let reason = channel.value(on: core).lastFailure.map { "; the last failure: \($0)" } ?? ""
    return "the deadline passed before the request could be sent\(reason)"
  }

  private func sendMore(_ framed: [UInt8], on core: LoopCore) {
    guard outcome == nil, !outboundEnded else { return }
    outboundSize += framed.count
    if outboundSize > Self.replayLimit, canReplay {
      canReplay = false
      if stream != nil { outbound.removeAll() }
    }
    if canReplay || stream == nil { outbound.append(framed) }
    if let stream { connection?.send(framed, on: stream, end: false, core) }
  }

  // MARK: Events of the stream

  func received(_ event: HTTP2Event, _ batch: HTTP2EventBatch, on core: LoopCore) {
    switch event {
    case .headerField(_, let name, let value):
      batch.withBytes(name) { name in
        batch.withBytes(value) { value in machine.receivedField(name: name, value: value) }
      }
    case .headersEnded(_, let endStream): receivedHeaders(endStream, on: core)
    case .headerListTooLarge:
      fail(.resourceExhausted, "the answer's header list is larger than the limit", on: core)
    case .data(_, let range): receivedData(range, batch, on: core)
    case .dataEnded: finish(machine.receivedEndOfStream(), on: core)
    case .bodyDrained: gate?.drained()
    case .streamClosed(_, let code, _):
      finish(machine.receivedReset(errorCode: code.rawValue), streamIsClosed: true, on: core)
    default: break
    }
  }

  private func receivedHeaders(_ endStream: Bool, on core: LoopCore) {
    switch machine.receivedEndOfHeaders(endStream: endStream) {
    case .informational, .ignored: break
    case .initialMetadata:
      commit()
      initialMetadata = machine.initialMetadata
      queue?.setMetadata(initialMetadata)
    case .finished(let outcome), .failed(let outcome): finish(outcome, on: core)
    }
  }

  /// The answer has begun: from here on the call is not repeated.
  private func commit() {
    retry.commit()
    canReplay = false
    outbound.removeAll()
  }

  private func receivedData(_ range: ByteRange, _ batch: HTTP2EventBatch, on core: LoopCore) {
    var failure: CallOutcome?
    batch.withBytes(range) { bytes in
      var offset = 0
      parsing: while true {
        switch machine.receivedData(bytes, from: &offset) {
        case .needsMoreData: break parsing
        case .message(let message): deliver(message)
        case .failed(let outcome):
          failure = outcome
          break parsing
        }
      }
    }
    if let failure { return finish(failure, on: core) }
    openWindow(by: range.count, on: core)
  }

  private func deliver(_ message: [UInt8]) {
    if let queue { queue.push(message) } else { response = message }
  }

  private func openWindow(by count: Int, on core: LoopCore) {
    guard let stream else { return }
    if let queue, queue.isFull() {
      withheldWindow += count
    } else {
      connection?.consume(count + withheldWindow, on: stream, core)
      withheldWindow = 0
    }
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
      machine.connectionLost(reason: failure.reason, delivery: delivery), streamIsClosed: true,
      on: core)
  }

  /// No connection can be had.
  func connectFailed(_ failure: ConnectionFailure, on core: LoopCore) {
    phase = failure.phase
    isWaiting = false
    finish(
      CallOutcome(
        status: Status(.unavailable, failure.reason), fault: failure.fault,
        delivery: .notSent),
      repeating: .byPolicy, on: core)
  }

  /// The channel takes the call no further: it is full, or shut down.
  func rejected(_ code: StatusCode, _ message: String, on core: LoopCore) {
    isWaiting = false
    finish(
      CallOutcome(
        status: Status(code, message), fault: .caller, delivery: .notSent,
        mustReset: false),
      repeating: .never, on: core)
  }

  var isOver: Bool { outcome != nil }

  /// - Parameters:
  ///   - streamIsClosed: nothing is left to reset.
  ///   - repeating: whether the call may be sent again.
  func finish(
    _ outcome: CallOutcome?, streamIsClosed: Bool = false, repeating: Repeating = .allowed,
    on core: LoopCore
  ) {
    guard self.outcome == nil, let outcome else { return }
    // An answer that came before the request had ended leaves half a stream open.
    detach(reset: (outcome.mustReset || !outboundEnded) && !streamIsClosed, on: core)
    if outcome.status.code != .ok, repeatIfUseful(after: outcome, repeating, on: core) { return }
    self.outcome = outcome
    if outcome.status.code == .ok {
      retry.attemptSucceeded(throttle: &channel.value(on: core).throttle)
    }
    core.cancelTimer(&deadlineTimer)
    core.cancelTimer(&retryTimer)
    if isWaiting { channel.value(on: core).noteWaitingCallOver() }
    outbound.removeAll()
    gate?.close()
    queue?.finish(outcome)
    resumeCaller()
  }

  private func detach(reset: Bool, on core: LoopCore) {
    guard let connection, let stream else { return }
    connection.release(stream, reset: reset, on: core)
    self.connection = nil
    self.stream = nil
    withheldWindow = 0
  }

  private func repeatIfUseful(
    after outcome: CallOutcome, _ repeating: Repeating, on core: LoopCore
  ) -> Bool {
    guard repeating != .never else { return false }
    var outcome = outcome
    if repeating == .byPolicy { outcome.delivery = .unknown }
    let channel = channel.value(on: core)
    guard canReplay, !channel.isShutDown else { return false }
    let decision = retry.attemptFailed(
      outcome, throttle: &channel.throttle, random: UInt64.random(in: .min ... .max))
    switch decision {
    case .fail: return false
    case .retryNow: retryTimer = core.setTimer(core.now, self, kind: TimerKind.retry)
    case .retry(let delay): retryTimer = core.setTimer(after: delay, self, kind: TimerKind.retry)
    }
    machine = ClientCallMachine(kind: kind, maxMessageSize: maxMessageSize)
    phase = .call
    return true
  }

  private func resumeCaller() {
    // A cancellation may come before the call has been submitted: its caller still writes to it.
    guard isSubmitted else { return }
    isReadable.store(true, ordering: .releasing)
    guard let waiter = waiter else { return }
    self.waiter = nil
    waiter.resume()
  }
}
