import GRPCCall
import Glibc
import Synchronization
import Testing

@testable import GRPCTransport

/// Callers that have the loop themselves find calls to be what they are on the loop's thread.
@Suite struct BorrowedLoopTests {
  /// Counts the calls that end on another thread than the loop's.
  private final class ThreadTracer: CallTracer, CallTrace {
    let borrowed = Atomic<Int>(0)
    private let loopThread: UInt

    init(_ loop: EventLoop) async {
      loopThread = await Task(executorPreference: loop) { UInt(pthread_self()) }.value
    }

    func begin(method: String, metadata: inout Metadata) -> (any CallTrace)? { self }

    func record(_ event: CallTraceEvent) {
      guard case .ended = event, UInt(pthread_self()) != loopThread else { return }
      borrowed.add(1, ordering: .relaxed)
    }
  }

  /// A channel whose loop takes every peer for a quick one.
  private func withLendingLoop(
    _ security: Security = .plaintext,
    _ body: (Channel, ThreadTracer, EchoService) async throws -> Void
  ) async throws {
    // On a busy machine callers take longer to come back, and answers longer to come. The server's
    // handlers do not wait for the threads that callers look for their answers on.
    let loop = try EventLoop(
      BusyPolling(isOn: true, longestMean: .max, fixedPatience: 50_000_000),
      lendingPatience: 10_000_000_000)
    defer { loop.shutdown() }
    let tracer = await ThreadTracer(loop)
    try await withEcho(
      security, server: { $0.runsHandlersOnLoops = true },
      channel: {
        $0.eventLoop = loop
        $0.tracer = tracer
      }
    ) { channel, _, service in try await body(channel, tracer, service) }
  }

  /// Makes calls one after the other until one has been made on a borrowed loop.
  private func callUntilBorrowed(_ channel: Channel, _ tracer: ThreadTracer) async throws {
    let before = tracer.borrowed.load(ordering: .relaxed)
    var number: UInt32 = 0
    while tracer.borrowed.load(ordering: .relaxed) == before, number < 1_000_000 {
      number += 1
      let response = try await channel.unary(EchoMethods.unary, EchoMessage(number: number))
      #expect(response.message.number == number)
    }
    #expect(tracer.borrowed.load(ordering: .relaxed) > before)
  }

  @Test(arguments: Security.allCases)
  func aCallerAloneMakesItsCallsOnItsOwnThread(_ security: Security) async throws {
    try await withLendingLoop(security) { channel, tracer, _ in
      for _ in 0..<2 { try await callUntilBorrowed(channel, tracer) }
    }
  }

  @Test func othersComeInBetween() async throws {
    try await withLendingLoop { channel, tracer, _ in
      for _ in 0..<2 {
        try await callUntilBorrowed(channel, tracer)
        try await withThrowingTaskGroup(of: UInt32.self) { group in
          for number in 0..<16 as Range<UInt32> {
            group.addTask {
              try await channel.unary(EchoMethods.unary, EchoMessage(number: number)).message.number
            }
          }
          let answers = try await group.reduce(into: Set<UInt32>()) { $0.insert($1) }
          #expect(answers == Set(0..<16))
        }
      }
    }
  }

  @Test func aCallThatTakesLongGivesTheLoopBack() async throws {
    try await withLendingLoop { channel, tracer, service in
      try await callUntilBorrowed(channel, tracer)
      let waiting = Task { _ = try await channel.unary(EchoMethods.wait, EchoMessage()) }
      await service.waitBegan.wait()
      _ = try await channel.unary(EchoMethods.unary, EchoMessage())
      waiting.cancel()
      let error = await rpcError { try await waiting.value }
      #expect(error?.status.code == .cancelled)
    }
  }

  @Test func aDeadlinePassesOnABorrowedLoopToo() async throws {
    try await withLendingLoop { channel, tracer, service in
      try await callUntilBorrowed(channel, tracer)
      await callUntilWaiting(channel, service)
    }
  }
}
