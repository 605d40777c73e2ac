import GRPCCall
import Glibc
import Testing

/// Orders in which calls, their cancellation, their deadlines, what the server says and the ends of
/// connections can come. No clock, socket or thread has a say in them, so an order that fails once
/// always does.
@Suite("orders of events", .timeLimit(.minutes(10))) struct OrderTests {
  /// `ORDERS=all` for many, as the project's own checks have it; `ORDERS=` and a number for the random
  /// order of that seed alone.
  private static let choice = unsafe getenv("ORDERS").map { unsafe String(cString: $0) }
  private static var isThorough: Bool { choice == "all" }

  private static var seeds: [UInt64] {
    if let seed = choice.flatMap({ UInt64($0) }) { return [seed] }
    return Array(0..<(isThorough ? 1_500 : 150))
  }

  @Test func everyCallEndsOnceAndForAReasonInARandomOrderOfEvents() async throws {
    let failures = try await onThread {
      try Self.seeds.flatMap { try RandomOrder.failures(seed: $0) }
    }
    report(failures)
  }

  @Test(arguments: EveryOrder.all.indices)
  func everyCallEndsOnceAndForAReasonInEveryOrderOfAFewEvents(index: Int) async throws {
    let orders = EveryOrder.all[index]
    report(
      try await onThread {
        try (Self.isThorough ? orders.withOneMore : orders).failures()
      })
  }

  /// The first few say enough.
  private func report(_ failures: [String]) {
    for failure in failures.prefix(3) { Issue.record("\(failure)") }
    #expect(failures.count == 0)
  }
}
