import Locking
import Synchronization
import Testing

@testable import GRPCTransport

@Suite struct HandlerExecutorTests {
  @Test func everyTaskRunsToItsEnd() async {
    let executor = HandlerExecutor()
    let sum = await withTaskGroup(of: Int.self) { group in
      for number in 1...1_000 {
        group.addTask(executorPreference: executor) {
          // Between the two halves the task comes back to the executor.
          await Task.yield()
          return number
        }
      }
      return await group.reduce(0, +)
    }
    #expect(sum == 500_500)
  }

  @Test func whatTheLoopBeginsWaitsForTheEndOfItsTurn() async throws {
    let executor = HandlerExecutor()
    let count = Counter()
    let tasks = await withCheckedContinuation { turn in
      // A thread of its own takes the loop's part.
      startLoop {
        executor.attachLoop()
        let tasks = (0..<10).map { _ in
          Task(executorPreference: executor) { _ = count.value.add(1, ordering: .relaxed) }
        }
        #expect(count.value.load(ordering: .relaxed) == 0)
        #expect(executor.takeGathered() == 10)
        #expect(executor.takeGathered() == 0)
        turn.resume(returning: tasks)
      }
    }
    for task in tasks { await task.value }
    #expect(count.value.load(ordering: .relaxed) == 10)
  }

  private func startLoop(_ body: @escaping @Sendable () -> Void) {
    do {
      try startThread(named: "loop", body)
    } catch {
      Issue.record(error)
    }
  }
}

private final class Counter: Sendable {
  let value = Atomic<Int>(0)
}
