import GRPCCall
import GRPCTransport
import Locking

/// What is seen of one call from the outside: how its caller is answered, and what its trace tells.
final class CallRecord: Sendable {
  private struct State {
    var hasStream = false
    var failedAttempts = 0
    var ends: [StatusCode] = []
    var answers: [StatusCode] = []
    var delivery: Delivery?
    var writers = 0
    var hasTrace = false
    var began: UInt64?
  }

  private let state = Locked(State())

  /// How the call's caller has been answered.
  var answer: StatusCode? { state.withLock { $0.answers.last } }
  var failedAttempts: Int { state.withLock { $0.failedAttempts } }
  /// Callers that wait until they may send more.
  var writers: Int { state.withLock { $0.writers } }
  /// Whether something of the call still holds its trace.
  var hasTrace: Bool { state.withLock { $0.hasTrace } }
  /// It has a stream, and has not ended.
  var isOnStream: Bool { state.withLock { $0.hasStream && $0.ends.isEmpty } }
  /// It has a stream, or has ended on one.
  var hadStream: Bool { state.withLock { $0.hasStream } }

  /// - Parameter delivery: what the caller is told of whether the server may have acted.
  func answered(_ code: StatusCode, _ delivery: Delivery = .answered) {
    state.withLock {
      $0.answers.append(code)
      $0.delivery = delivery
    }
  }

  /// The caller has been told that the server surely did not act.
  var isSaidUnprocessed: Bool {
    state.withLock { $0.delivery == .notSent || $0.delivery == .refused }
  }

  func beganSending() { state.withLock { $0.writers += 1 } }
  func endedSending() { state.withLock { $0.writers -= 1 } }
  /// When the caller's call was made, in nanoseconds of the manual clock.
  var began: UInt64? { state.withLock { $0.began } }
  fileprivate func traceBegins(at time: UInt64) {
    state.withLock {
      $0.hasTrace = true
      $0.began = time
    }
  }
  fileprivate func traceEnds() { state.withLock { $0.hasTrace = false } }

  fileprivate func record(_ event: CallTraceEvent) {
    state.withLock { state in
      switch event {
      case .attemptStarted: state.hasStream = true
      case .attemptFailed:
        state.hasStream = false
        state.failedAttempts += 1
      case .responseStarted: break
      case .ended(let status): state.ends.append(status.code)
      }
    }
  }

  /// What is wrong with how the call ended.
  var disorder: String? {
    state.withLock { state in
      if state.ends.count > 1 { return "ended \(state.ends.count) times: \(state.ends)" }
      if state.answers.count > 1 { return "answered \(state.answers.count) times" }
      if let answer = state.answers.first, state.ends != [answer] {
        return "answered with \(answer), but its trace ended with \(state.ends)"
      }
      return nil
    }
  }
}

/// Gives each call's trace to its record.
final class OrderTracer: CallTracer {
  private let records = Locked<[Int: CallRecord]>([:])
  private let clock: ManualClock

  init(clock: ManualClock) { self.clock = clock }

  func add(_ record: CallRecord, call: Int) { records.withLock { $0[call] = record } }

  func begin(method: String, metadata: inout Metadata) -> (any CallTrace)? {
    OrderPeer.call(of: method).flatMap { call in records.withLock { $0[call] } }
      .map { OrderTrace($0, began: clock.now.nanoseconds) }
  }
}

/// Lives as long as anything of its call does.
private final class OrderTrace: CallTrace {
  private let target: CallRecord

  init(_ target: CallRecord, began: UInt64) {
    self.target = target
    target.traceBegins(at: began)
  }

  deinit { target.traceEnds() }

  func record(_ event: CallTraceEvent) { target.record(event) }
}

/// A call, and what the events up to now explain of how it may end.
struct OrderCall {
  let record: CallRecord
  let kind: CallKind
  let waitForReady: Bool
  /// In nanoseconds.
  let timeout: UInt64?
  let task: Task<Void, Never>
  let writer: RequestWriter<EchoMessage>?
  /// It has been looked at since it began.
  var isSettled = false
  var isOver = false

  // Since everything was looked at last.
  /// The statuses that something explains.
  var explained: Set<StatusCode> = []
  /// Something happened after which it cannot go on.
  var mustEnd = false
  var isRefused = false
  var mayBeRefused = false

  /// By the manual clock; nil without end, and before the caller's task has come to make the call.
  var deadline: UInt64? {
    guard let timeout, let began = record.began else { return nil }
    return began + timeout
  }

  mutating func explain(_ code: StatusCode, mustEnd: Bool) {
    explained.insert(code)
    if mustEnd { self.mustEnd = true }
  }

  mutating func settle() {
    isSettled = true
    explained = []
    mustEnd = false
    isRefused = false
    mayBeRefused = false
  }
}
