/// One event that a Lambda function is to handle, with what the runtime interface says of it.
public struct LambdaInvocation: Sendable, CustomStringConvertible, CustomReflectable {
  /// Names the invocation in logs.
  public let requestID: String
  /// When the function is stopped, in milliseconds since 1970.
  public let deadline: UInt64
  /// The ARN under which the function was called.
  public let functionARN: String
  /// What ties the invocation to a trace; `nil` where tracing is off.
  public let traceID: String?
  /// The event, mostly JSON. It may hold secrets: it is never printed.
  public let event: [UInt8]

  /// Describes an invocation.
  public init(
    requestID: String, deadline: UInt64, functionARN: String = "", traceID: String? = nil,
    event: [UInt8]
  ) {
    self.requestID = requestID
    self.deadline = deadline
    self.functionARN = functionARN
    self.traceID = traceID
    self.event = event
  }

  /// How much time is left before the function is stopped; none once that is past.
  ///
  /// - Parameter now: milliseconds since 1970.
  public func timeLeft(at now: UInt64) -> Duration {
    .milliseconds(Int64(clamping: deadline > now ? deadline - now : 0))
  }

  /// The request's id.
  public var description: String { "invocation \(requestID)" }
  /// A mirror without children.
  public var customMirror: Mirror { Mirror(self, children: []) }
}

/// How an invocation ends that has failed. The service that called the function takes nothing else for
/// a failure: an answer with a status of 500 in it counts as success.
public struct LambdaFailure: Error, Sendable, Hashable {
  /// The kind of failure, such as `Rotation.Refused`.
  public var type: String
  /// What went wrong, for people. It goes into logs: no secrets in it.
  public var message: String

  /// Describes a failure.
  public init(type: String, message: String) {
    self.type = type
    self.message = message
  }
}
