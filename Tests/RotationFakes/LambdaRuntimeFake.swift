import Foundation
import HTTPServer
import Locking
import MomentoAuth

/// Lambda's runtime interface (2018-06-01) as AWS documents it, on this machine: it hands out events one
/// after the other, and keeps what a function makes of each.
package final class LambdaRuntimeFake: Sendable {
  /// How an event, or the function's beginning, ended.
  package struct Ending: Sendable, Hashable {
    /// `response`, `error`, or `init/error`.
    package var kind: String
    /// The event's number, from 1 on; nil for the beginning.
    package var number: Int?
    /// What the function said.
    package var body: String
    /// What it called the error.
    package var errorType: String?
  }

  private struct State: Sendable {
    var events: [String] = []
    var handedOut = 0
    var isOpen = false
    var endings: [Ending] = []
    var isClosed = false
  }

  private let state = Locked(State())
  private let changes = Changes()
  private let remaining: Duration
  private let whenEnded: @Sendable (Ending) -> Void
  private let server = Locked<HTTPServer?>(nil)

  /// - Parameters:
  ///   - remaining: how much time each event has.
  ///   - whenEnded: told of each ending.
  package init(
    remaining: Duration = .seconds(120), whenEnded: @escaping @Sendable (Ending) -> Void = { _ in }
  ) {
    self.remaining = remaining
    self.whenEnded = whenEnded
  }

  /// Begins to listen.
  ///
  /// - Returns: the host and port, for `AWS_LAMBDA_RUNTIME_API`.
  package func start() throws -> String {
    let server = HTTPServer(readTime: .seconds(600)) { [self] in await answer(to: $0) }
    let address = try server.start()
    self.server.withLock { $0 = server }
    return "\(address.host):\(address.port)"
  }

  /// Lets who waits for an event go without one, and ends.
  package func shutdown() async {
    state.withLock { $0.isClosed = true }
    changes.tell()
    await server.withLock { $0 }?.shutdown()
  }

  /// Adds an event.
  package func put(_ event: String) {
    state.withLock { $0.events.append(event) }
    changes.tell()
  }

  /// Adds an event and waits for its ending, or for the function's failure to begin.
  package func run(_ event: String) async -> Ending {
    let count = state.withLock { $0.endings.count }
    put(event)
    await changes.wait { [state] in state.withLock { $0.endings.count > count } }
    return state.withLock { $0.endings[count] }
  }

  /// Everything that has ended.
  package var endings: [Ending] { state.withLock { $0.endings } }

  // MARK: Inner

  private static let base = "/2018-06-01/runtime"
  private static let id = "8476a536-e9f4-11e8-9739-2dfe598c3f"

  private func answer(to request: IncomingRequest) async -> HTTPAnswer {
    switch (request.method, request.path) {
    case ("GET", Self.base + "/invocation/next"): return await next()
    case ("POST", Self.base + "/init/error"):
      return accept(request, "init/error", number: nil)
    case ("POST", let path):
      guard let (number, kind) = state.withLock({ Self.outcome(path, handedOut: $0.handedOut) }),
        state.withLock({ $0.isOpen })
      else {
        return HTTPAnswer(
          400, text: #"{"errorMessage":"Invalid request ID","errorType":"InvalidRequestID"}"#,
          type: "application/json")
      }
      return accept(request, kind, number: number)
    default: return HTTPAnswer(404, text: "404 page not found")
    }
  }

  private func accept(_ request: IncomingRequest, _ kind: String, number: Int?) -> HTTPAnswer {
    if kind != "response" {
      let members = try? JSONDecoder().decode([String: JSONValue].self, from: Data(request.body))
      guard members?["errorMessage"]?.string != nil, members?["errorType"]?.string != nil else {
        return HTTPAnswer(400, text: #"{"errorType":"InvalidErrorShape"}"#)
      }
    }
    let ending = Ending(
      kind: kind, number: number, body: String(decoding: request.body, as: UTF8.self),
      errorType: request.field("Lambda-Runtime-Function-Error-Type"))
    state.withLock { state in
      state.isOpen = false
      state.endings.append(ending)
    }
    whenEnded(ending)
    changes.tell()
    return HTTPAnswer(202, text: #"{"status":"OK"}"#, type: "application/json")
  }

  /// One at a time: who asks for the next has ended the last.
  private func next() async -> HTTPAnswer {
    await changes.wait { [state] in
      state.withLock { $0.isClosed || $0.handedOut < $0.events.count }
    }
    let event: (body: String, number: Int)? = state.withLock { state in
      guard !state.isClosed, state.handedOut < state.events.count else { return nil }
      let body = state.events[state.handedOut]
      state.handedOut += 1
      state.isOpen = true
      return (body, state.handedOut)
    }
    guard let event else { return .droppedConnection }
    let deadline =
      Date().timeIntervalSince1970 * 1_000 + Double(remaining.components.seconds) * 1_000
    return HTTPAnswer(
      200, Array(event.body.utf8),
      fields: [
        ("Lambda-Runtime-Aws-Request-Id", "\(Self.id)\(String(event.number + 1_000).suffix(3))"),
        ("Lambda-Runtime-Deadline-Ms", "\(UInt64(deadline))"),
        (
          "Lambda-Runtime-Invoked-Function-Arn",
          "arn:aws:lambda:eu-west-1:123456789012:function:rotate"
        ), ("Lambda-Runtime-Trace-Id", "Root=1-5bef4de7-ad49b0e87f6ef6c87fc2e700;Sampled=0"),
      ])
  }

  private static func outcome(_ path: String, handedOut: Int) -> (Int, String)? {
    let prefix = "\(base)/invocation/\(id)\(String(handedOut + 1_000).suffix(3))/"
    guard path.hasPrefix(prefix) else { return nil }
    let kind = String(path.dropFirst(prefix.count))
    return ["response", "error"].contains(kind) ? (handedOut, kind) : nil
  }
}

/// Waiting for something to become true.
private final class Changes: Sendable {
  private let waiting = Locked<[CheckedContinuation<Void, Never>]>([])

  func tell() {
    let all = waiting.withLock { waiting in
      defer { waiting = [] }
      return waiting
    }
    for continuation in all { continuation.resume() }
  }

  func wait(until isTrue: @Sendable () -> Bool) async {
    while !isTrue() {
      await withCheckedContinuation { continuation in
        // Looked at again under the lock: what was told before this would not be told again.
        let isLate = waiting.withLock { waiting in
          if isTrue() { return true }
          waiting.append(continuation)
          return false
        }
        if isLate { continuation.resume() }
      }
    }
  }
}
