import GRPCCall
import TestSupport
import Testing

@testable import GRPCTransport

@Suite struct TimerHeapTests {
  @Test func timersFireInTheOrderOfTheirDeadlinesAndNotBeforeThem() {
    var timers = TimerTester()
    for deadline in [30, 10, 20, 5, 40] as [UInt64] { timers.set(deadline) }
    #expect(timers.fire(at: 4) == [])
    #expect(timers.fire(at: 20) == [5, 10, 20])
    #expect(timers.heap.earliest == MonotonicTime(nanoseconds: 30))
    #expect(timers.fire(at: .max) == [30, 40])
    #expect(timers.heap.earliest == nil)
  }

  @Test(arguments: [0, 2, 4])
  func aCancelledTimerDoesNotFireWhereverItStands(position: Int) {
    var timers = TimerTester()
    let ids = (1...5).map { timers.set($0) }
    timers.heap.cancel(ids[position])
    #expect(timers.heap.count == 4)
    #expect(timers.fire(at: .max) == (1...5).filter { $0 != position + 1 })
    #expect(timers.heap.count == 0)
    #expect(timers.heap.entryCount == 0)
  }

  @Test func cancellingTwiceOrAfterFiringDoesNothing() {
    var timers = TimerTester()
    let first = timers.set(1)
    let second = timers.set(2)
    timers.set(3)
    timers.heap.cancel(second)
    timers.heap.cancel(second)
    #expect(timers.heap.count == 2)
    #expect(timers.fire(at: 1) == [1])
    timers.heap.cancel(first)
    #expect(timers.heap.count == 1)
    #expect(timers.fire(at: .max) == [3])
  }

  @Test func anOldIdentifierDoesNotCancelTheSlotsNextUser() {
    var timers = TimerTester()
    let cancelled = timers.set(1)
    timers.heap.cancel(cancelled)
    let fired = timers.set(2)
    #expect(timers.fire(at: 2) == [2])
    timers.set(3)
    timers.heap.cancel(cancelled)
    timers.heap.cancel(fired)
    #expect(timers.heap.count == 1)
    #expect(timers.fire(at: .max) == [3])
  }

  @Test func aCancelledTimerLetsGoOfItsTarget() {
    var heap = TimerHeap()
    var target: Target? = Target()
    weak let observed = target
    if let target { heap.cancel(heap.set(MonotonicTime(nanoseconds: 1), target, kind: 0)) }
    target = nil
    #expect(observed == nil)
    #expect(heap.entryCount == 1)
  }

  @Test func sweepingOutCancelledTimersKeepsTheOthersAndTheirOrder() {
    var timers = TimerTester()
    var random = SeededGenerator(seed: 1)
    let deadlines = (0..<400).map { UInt64($0) }.shuffled(using: &random)
    let ids = deadlines.map { timers.set($0) }
    for (id, deadline) in zip(ids, deadlines) where deadline % 4 != 0 { timers.heap.cancel(id) }
    #expect(timers.heap.count == 100)
    #expect(timers.heap.entryCount <= 2 * 100 + 1)
    #expect(timers.fire(at: .max) == stride(from: 0, to: 400, by: 4).map { $0 })
  }

  @Test func anyNumberOfCancelledTimersTakesNoRoom() {
    var timers = TimerTester()
    for deadline in 1...10 as ClosedRange<UInt64> { timers.set(1_000_000_000 + deadline) }
    var most = 0
    for deadline in 0..<50_000 as Range<UInt64> {
      timers.heap.cancel(timers.set(deadline))
      if deadline % 64 == 0 { most = max(most, timers.heap.entryCount) }
    }
    #expect(most < 200)
    #expect(timers.fire(at: .max) == (1...10).map { 1_000_000_000 + $0 })
  }

  /// Ends of the same deadline may fire in any order; so the model gives each its own.
  @Test(arguments: [1, 2, 3, 4] as [UInt64])
  func randomUseDoesAsAListWould(seed: UInt64) {
    var random = SeededGenerator(seed: seed)
    var timers = TimerTester()
    var model: [(id: TimerID, deadline: UInt64)] = []
    var spent: [TimerID] = []
    var now: UInt64 = 0
    for step in 0..<4_000 as Range<UInt64> {
      switch UInt64.random(in: 0..<10, using: &random) {
      case 0..<5:
        let deadline = UInt64.random(in: now...(now + 1_000), using: &random) << 16 | step
        model.append((timers.set(deadline), deadline))
      case 5..<8:
        guard let index = model.indices.randomElement(using: &random) else { break }
        spent.append(model[index].id)
        timers.heap.cancel(model.remove(at: index).id)
      case 8:
        if let id = spent.randomElement(using: &random) { timers.heap.cancel(id) }
      default:
        now += UInt64.random(in: 0..<300, using: &random)
        let due = model.filter { $0.deadline <= now << 16 }
        model.removeAll { $0.deadline <= now << 16 }
        spent += due.map(\.id)
        #expect(timers.fire(at: now << 16) == due.map(\.deadline).sorted())
      }
      #expect(timers.heap.count == model.count)
    }
    #expect(timers.fire(at: .max) == model.map(\.deadline).sorted())
  }
}

private final class Target: TimerTarget {
  func timerFired(_ kind: Int, on core: LoopCore) {}
}

/// A heap whose timers are told apart by their deadlines.
private struct TimerTester {
  var heap = TimerHeap()
  private let target = Target()

  @discardableResult
  mutating func set(_ deadline: UInt64) -> TimerID {
    heap.set(MonotonicTime(nanoseconds: deadline), target, kind: Int(deadline))
  }

  /// The deadlines of the timers that fire, in the order in which they do.
  mutating func fire(at now: UInt64) -> [UInt64] {
    var fired: [UInt64] = []
    while let due = heap.popDue(at: MonotonicTime(nanoseconds: now)) {
      fired.append(UInt64(due.kind))
    }
    return fired
  }
}
