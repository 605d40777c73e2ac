import Locking
import Testing

@testable import GRPCTransport

@Suite struct HandoverTests {
  private static let enough = Handover.fewestTasks

  @Test func aLoopStepsAsideForManyTasksOnly() {
    var handover = Handover()
    let answers = [
      handover.begins(with: Self.enough - 1, callsInFlight: 0),
      handover.begins(with: Self.enough, callsInFlight: 0),
    ]
    #expect(answers == [false, true])
  }

  @Test func aPeerThatHasManyCallsLeftIsNotIdleMeanwhile() {
    for (calls, steps) in [(4 * Self.enough, true), (5 * Self.enough, false)] {
      var handover = Handover()
      let stepsAside = handover.begins(with: Self.enough, callsInFlight: calls)
      #expect(stepsAside == steps)
    }
  }

  @Test func tasksThatComeBackInTimeAreAwaitedEachTime() {
    var handover = Handover()
    var waits = 0
    for _ in 0..<100 where handover.begins(with: Self.enough, callsInFlight: 0) {
      waits += 1
      handover.ended(inTime: true)
    }
    #expect(waits == 100)
  }

  @Test func tasksThatDoNotComeBackAreAwaitedEverMoreSeldom() {
    var handover = Handover()
    var waits: [Int] = []
    for occasion in 0..<2_000 where handover.begins(with: Self.enough, callsInFlight: 0) {
      waits.append(occasion)
      handover.ended(inTime: false)
    }
    let pauses = zip(waits.dropFirst(), waits).map { $0 - $1 - 1 }
    #expect(pauses == [1, 2, 4, 8, 16, 32, 64] + Array(repeating: 128, count: 14))
  }

  @Test func theFirstTasksThatComeBackInTimeEndThePauses() {
    var handover = Handover()
    for _ in 0..<100 where handover.begins(with: Self.enough, callsInFlight: 0) {
      handover.ended(inTime: false)
    }
    while !handover.begins(with: Self.enough, callsInFlight: 0) {}
    handover.ended(inTime: true)
    let isAwaited = handover.begins(with: Self.enough, callsInFlight: 0)
    #expect(isAwaited)
  }
}

@Suite struct SemaphoreTests {
  @Test func aRingBeforeTheWaitCounts() {
    let semaphore = ThreadSemaphore(count: 0)
    semaphore.signal()
    #expect(semaphore.wait(nanoseconds: 3_600_000_000_000))
    #expect(!semaphore.wait(nanoseconds: 0))
  }

  @Test func silenceForgetsEveryRing() {
    let semaphore = ThreadSemaphore(count: 0)
    semaphore.signal()
    semaphore.signal()
    semaphore.drain()
    #expect(!semaphore.wait(nanoseconds: 1))
  }

  @Test func aWaitEndsWithTheRingOfAnotherThread() async throws {
    let semaphore = ThreadSemaphore(count: 0)
    try startThread(named: "ringer") { semaphore.signal() }
    #expect(semaphore.wait(nanoseconds: 3_600_000_000_000))
  }

  @Test func aWaitOfAnyLengthHasADeadline() {
    let semaphore = ThreadSemaphore(count: 0)
    semaphore.signal()
    #expect(semaphore.wait(nanoseconds: .max))
  }
}
