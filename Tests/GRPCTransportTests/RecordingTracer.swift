import GRPCCall
import GRPCTransport
import Locking

/// Keeps what happens to the calls of a channel, and can add metadata to them.
final class RecordingTracer: CallTracer {
  private struct State {
    var traces: [RecordedTrace] = []
    var attempts = 0
    var awaited: (attempts: Int, signal: Signal)?
  }

  private let state = Locked(State())
  private let added: @Sendable (inout Metadata) -> Void

  /// - Parameter added: changes the metadata of each call.
  init(adding added: @escaping @Sendable (inout Metadata) -> Void = { _ in }) {
    self.added = added
  }

  func begin(method: String, metadata: inout Metadata) -> (any CallTrace)? {
    added(&metadata)
    let trace = RecordedTrace(method: method, tracer: self)
    state.withLock { $0.traces.append(trace) }
    return trace
  }

  /// The calls in the order in which they began.
  var traces: [RecordedTrace] { state.withLock { $0.traces } }

  /// Waits until so many attempts of all calls have started.
  func waitForAttempts(_ count: Int) async {
    let signal = Signal()
    let isDone = state.withLock { state in
      state.awaited = (count, signal)
      return state.attempts >= count
    }
    if !isDone { await signal.wait() }
  }

  fileprivate func attemptStarted() {
    let signal = state.withLock { state -> Signal? in
      state.attempts += 1
      guard let awaited = state.awaited, state.attempts >= awaited.attempts else { return nil }
      return awaited.signal
    }
    signal?.raise()
  }
}

/// The events of one call as text.
final class RecordedTrace: CallTrace {
  let method: String
  /// The tracer keeps its traces, so they must not keep it.
  private weak let tracer: RecordingTracer?
  private let recorded = Locked<[String]>([])

  init(method: String, tracer: RecordingTracer) {
    self.method = method
    self.tracer = tracer
  }

  var events: [String] { recorded.withLock { $0 } }

  func record(_ event: CallTraceEvent) {
    let text =
      switch event {
      case .attemptStarted(let number, _, _): "attempt \(number)"
      case .responseStarted: "response"
      case .attemptFailed(let status, _): "failed \(status.code)"
      case .ended(let status): "ended \(status.code)"
      }
    recorded.withLock { $0.append(text) }
    if case .attemptStarted = event { tracer?.attemptStarted() }
  }
}
