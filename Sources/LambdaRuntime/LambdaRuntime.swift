public import HTTPClient
import MomentoAuth

/// A custom runtime of AWS Lambda: takes events from the runtime interface (2018-06-01) one after the
/// other, and gives back what a handler makes of them.
public struct LambdaRuntime: Sendable {
  /// What handles an event.
  public typealias Handler =
    @Sendable (LambdaInvocation) async throws(LambdaFailure) -> [UInt8]

  /// Why the runtime cannot go on. The process is to end with 1, and Lambda starts another.
  public struct Failure: Error, Sendable, Hashable, CustomStringConvertible {
    /// What went wrong, for people.
    public let description: String
  }

  private let base: String
  private let http: any HTTPExchange
  private let exportTraceID: @Sendable (String?) -> Void

  /// Makes a runtime; nothing is called yet.
  ///
  /// - Parameters:
  ///   - api: the host and port of the runtime interface, from `AWS_LAMBDA_RUNTIME_API`.
  ///   - exportTraceID: told the trace of each invocation before it is handled, for
  ///     `_X_AMZN_TRACE_ID`.
  public init(
    api: String, http: any HTTPExchange, exportTraceID: @escaping @Sendable (String?) -> Void
  ) {
    base = "http://\(api)/2018-06-01/runtime"
    self.http = http
    self.exportTraceID = exportTraceID
  }

  /// Handles events until the runtime interface fails.
  public func run(_ handler: Handler) async throws(Failure) {
    while true { try await runOnce(handler) }
  }

  /// Waits for one event and handles it.
  public func runOnce(_ handler: Handler) async throws(Failure) {
    let invocation = try await next()
    exportTraceID(invocation.traceID)
    do {
      let answer = try await handler(invocation)
      try await post("/invocation/\(invocation.requestID)/response", answer)
    } catch let failure as LambdaFailure {
      try await report(
        failure, to: "/invocation/\(invocation.requestID)/error", of: invocation.requestID)
    } catch let failure as Failure {
      throw failure
    } catch {
      throw Failure(description: "\(error)")
    }
  }

  /// Says that the function cannot even begin; the process is to end with 1 then.
  public func reportInitFailure(_ failure: LambdaFailure) async throws(Failure) {
    try await report(failure, to: "/init/error", of: nil)
  }

  // MARK: Inner

  /// No time limit: between events the process may be frozen for hours.
  private func next() async throws(Failure) -> LambdaInvocation {
    let response = try await send(
      HTTPRequest(
        .get, base + "/invocation/next", timeout: nil, mostBytes: Self.mostEventBytes,
        usesProxy: false))
    guard response.status == 200 else {
      throw Failure(
        description: "the runtime interface answers \(response.status) when asked for an event")
    }
    guard let id = response.field("Lambda-Runtime-Aws-Request-Id"), Self.isPathSegment(id) else {
      throw Failure(description: "the runtime interface gave an event without a request id")
    }
    return LambdaInvocation(
      requestID: id,
      deadline: response.field("Lambda-Runtime-Deadline-Ms").flatMap(UInt64.init) ?? .max,
      functionARN: response.field("Lambda-Runtime-Invoked-Function-Arn") ?? "",
      traceID: response.field("Lambda-Runtime-Trace-Id"), event: response.body)
  }

  private func report(
    _ failure: LambdaFailure, to path: String, of requestID: String?
  ) async throws(Failure) {
    var members: [String: JSONValue] = [
      "errorMessage": .string(failure.message), "errorType": .string(failure.type),
      "stackTrace": .array([]),
    ]
    if let requestID { members["requestId"] = .string(requestID) }
    let type = failure.type.filter { $0.isASCII && ($0.isLetter || $0.isNumber || $0 == ".") }
    try await post(
      path, Array(JSONValue.object(members).description.utf8),
      fields: [HTTPField("Lambda-Runtime-Function-Error-Type", type)])
  }

  private func post(
    _ path: String, _ body: [UInt8], fields: [HTTPField] = []
  ) async throws(Failure) {
    let response = try await send(
      HTTPRequest(
        .post, base + path, fields: [HTTPField("Content-Type", "application/json")] + fields,
        body: body, timeout: .seconds(30), usesProxy: false))
    guard response.status == 202 else {
      throw Failure(
        description: "the runtime interface answers \(response.status) to what was handed to it")
    }
  }

  private func send(_ request: HTTPRequest) async throws(Failure) -> HTTPResponse {
    do {
      return try await http.send(request)
    } catch {
      throw Failure(description: "the runtime interface cannot be used: \(error)")
    }
  }

  /// Synchronous events have 6 MB at most, and may be longer once escaped.
  private static let mostEventBytes = 16 * 1_024 * 1_024

  /// The id goes into a path: one with a slash or a question mark in it would lead elsewhere.
  private static func isPathSegment(_ text: String) -> Bool {
    !text.isEmpty
      && text.utf8.allSatisfy { byte in
        byte == UInt8(ascii: "-") || byte == UInt8(ascii: "_")
          || UInt8(ascii: "0")...UInt8(ascii: "9") ~= byte
          || UInt8(ascii: "a")...UInt8(ascii: "z") ~= (byte | 0x20)
      }
  }
}
