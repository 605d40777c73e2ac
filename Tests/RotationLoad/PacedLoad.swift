import Locking
import MomentoAuth
import Synchronization

/// Calls at a steady rate, made by as many tasks as keep it up.
final class PacedLoad: Sendable {
  private static let tasks = 64
  private let client: AuthClient
  private let interval: Duration
  private let start = ContinuousClock.now
  private let next = Atomic<Int>(0)
  private let calls = Atomic<Int>(0)
  private let failures = Atomic<Int>(0)
  private let firstFailure = Locked<String?>(nil)
  private let isOver = Atomic<Bool>(false)
  private let took = Locked(Duration.zero)

  init(_ client: AuthClient, callsPerSecond: Int) {
    self.client = client
    interval = .seconds(1) / callsPerSecond
  }

  func stop() { isOver.store(true, ordering: .relaxed) }

  func run() async {
    await withTaskGroup { group in
      for _ in 0..<Self.tasks { group.addTask { await self.callRepeatedly() } }
    }
    took.withLock { $0 = ContinuousClock.now - start }
  }

  private func callRepeatedly() async {
    while !isOver.load(ordering: .relaxed) {
      // Each call has its moment. Who is late calls at once, until the rate is caught up with.
      let number = next.wrappingAdd(1, ordering: .relaxed).oldValue
      let moment = start + interval * number
      if moment > .now { try? await Task.sleep(until: moment) }
      await call()
    }
  }

  private func call() async {
    do {
      _ = try await client.generateDisposableToken(
        scope: .topicSubscribeOnly("cache", topic: "topic"), expiresIn: .minutes(1))
    } catch {
      failures.wrappingAdd(1, ordering: .relaxed)
      firstFailure.withLock { $0 = $0 ?? "\(error.code.rawValue): \(error.message)" }
    }
    calls.wrappingAdd(1, ordering: .relaxed)
  }

  /// What came of it, as a line of JSON.
  func report(rotations: Int, troubles: [String]) -> String {
    let seconds = took.withLock { $0 / .seconds(1) }
    let calls = calls.load(ordering: .relaxed)
    let members: [String: JSONValue] = [
      "calls": .integer(Int64(calls)), "seconds": .number(seconds),
      "callsPerSecond": .integer(Int64(Double(calls) / max(seconds, 1))),
      "rotations": .integer(Int64(rotations)),
      "failed": .integer(Int64(failures.load(ordering: .relaxed))),
      "firstFailure": firstFailure.withLock { $0.map { .string($0) } ?? .null },
      "troubles": .array(troubles.map { .string($0) }),
    ]
    return JSONValue.object(members).description
  }
}
