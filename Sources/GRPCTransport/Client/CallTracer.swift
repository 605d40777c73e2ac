public import GRPCCall

/// Follows the calls of a channel, for tracing and logging.
public protocol CallTracer: Sendable {
  /// A call begins. Runs in the caller's task, so that task-local values are there to be read.
  ///
  /// - Parameters:
  ///   - method: the full name, `/package.Service/Method`.
  ///   - metadata: what the call will send; a tracer may add to it, for example `traceparent`.
  /// - Returns: what follows the call; nil when nothing shall.
  func begin(method: String, metadata: inout Metadata) -> (any CallTrace)?
}

/// Follows one call. Its events come in order, ``CallTraceEvent/ended(_:)`` last and once.
public protocol CallTrace: Sendable {
  /// Something happened. Runs on the channel's loop, or in the caller's task when the channel does
  /// not take the call at all: it must neither block nor take long.
  func record(_ event: CallTraceEvent)
}

/// What happens to a call.
public enum CallTraceEvent: Sendable {
  /// The request goes out on a connection.
  ///
  /// - number: 1 for the first attempt.
  /// - connection: tells the process's connections apart, as a ``WireTap`` does.
  case attemptStarted(number: Int, peer: SocketAddress, connection: UInt64)
  /// The server has begun to answer.
  case responseStarted
  /// An attempt failed, and another one will follow.
  case attemptFailed(Status, retryAfter: Duration)
  /// The call is over.
  case ended(Status)
}

/// Holds a trace in one word, so that the calls without one have little to carry.
final class CallTraceBox: Sendable {
  private let trace: any CallTrace

  init(_ trace: any CallTrace) { self.trace = trace }

  func record(_ event: CallTraceEvent) { trace.record(event) }
}
