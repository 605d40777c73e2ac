import GRPCCall
import Glibc
import TestSupport
import Testing

@testable import GRPCTransport

/// Orders in which calls, their cancellation, their deadlines, what the server says and the ends of
/// connections can come. No clock, socket or thread has a say in them: one seed is one order.
@Suite("orders of events", .timeLimit(.minutes(10))) struct OrderTests {
  /// `ORDERS=all` for many, as the project's own checks have it; `ORDERS=seed` for one again.
  private static let choice = unsafe getenv("ORDERS").map { unsafe String(cString: $0) }

  private static var seeds: [UInt64] {
    if let seed = choice.flatMap({ UInt64($0) }) { return [seed] }
    return Array(0..<(choice == "all" ? 20_000 : 300))
  }

  @Test func everyCallEndsOnceAndForAReasonInAnyOrderOfEvents() async throws {
    let seeds = Self.seeds
    let failures = try await onThread { try seeds.flatMap { try RandomOrder.failures(seed: $0) } }
    for failure in failures.prefix(5) { Issue.record("\(failure)") }
    #expect(failures.count == 0)
  }
}
