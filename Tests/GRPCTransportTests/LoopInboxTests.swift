import Testing

@testable import GRPCTransport

@Suite struct LoopInboxTests {
  private final class Nothing: LoopTask {
    func run(on core: LoopCore) {}
  }

  private static let work = LoopInbox.Work.task(Nothing())

  /// An inbox whose loop's thread has given the loop away.
  private static func offered() -> LoopInbox {
    let inbox = LoopInbox()
    #expect(inbox.offer())
    return inbox
  }

  @Test func nobodyWakesALoopThatIsAwakeTheFirstWakesOneThatSleeps() {
    let inbox = LoopInbox()
    #expect(inbox.put(Self.work) == .none)
    var work: [LoopInbox.Work] = []
    #expect(inbox.take(&work, hasOther: false))
    #expect(work.count == 1)
    #expect(inbox.put(Self.work) == .none)
    work.removeAll()
    #expect(inbox.take(&work, hasOther: false))
    work.removeAll()
    #expect(inbox.take(&work, hasOther: false))
    #expect(inbox.put(Self.work) == .wakeup)
    #expect(inbox.put(Self.work) == .none)
  }

  @Test func theDoorbellIsRungOnceWhenAsMuchWorkIsThereAsIsAwaited() {
    let inbox = LoopInbox()
    #expect(inbox.await(2))
    #expect(inbox.put(Self.work) == .none)
    #expect(inbox.put(Self.work) == .doorbell)
    #expect(inbox.put(Self.work) == .none)
    #expect(inbox.await(4))
    #expect(!inbox.await(3))
  }

  @Test func aLoopWithWorkIsNotGivenAway() {
    let inbox = LoopInbox()
    _ = inbox.put(Self.work)
    #expect(!inbox.offer())
  }

  @Test func oneCallerHasTheLoopAtATimeTheWorkOfOthersWaitsForIt() {
    let inbox = Self.offered()
    #expect(inbox.borrow(orPut: Nothing()) == nil)
    #expect(inbox.borrow(orPut: Nothing()) == LoopInbox.Alarm.none)
    var loans = 0
    #expect(!inbox.reclaim(&loans))
    var work: [LoopInbox.Work] = []
    #expect(inbox.takeBorrowed(&work))
    #expect(work.count == 1)
    #expect(!inbox.giveBack(isIdle: true))
    #expect(inbox.borrow(orPut: Nothing()) == nil)
  }

  @Test func otherWorkOnALoopThatNobodyHasWakesItsThreadWhichThenHasIt() {
    let inbox = Self.offered()
    #expect(inbox.put(Self.work) == .doorbell)
    var loans = 0
    #expect(inbox.reclaim(&loans))
    #expect(inbox.borrow(orPut: Nothing()) == LoopInbox.Alarm.none)
  }

  @Test(arguments: [true, false])
  func aLoopWithSomethingLeftToDoGoesBackToItsThread(isIdle: Bool) {
    let inbox = Self.offered()
    _ = inbox.borrow(orPut: Nothing())
    if isIdle { _ = inbox.put(Self.work) }
    #expect(inbox.giveBack(isIdle: isIdle))
    var loans = 0
    #expect(inbox.reclaim(&loans))
  }

  @Test func theLoopsThreadWaitsAsLongAsCallersComeBackAndThenHasTheLoop() {
    let inbox = Self.offered()
    var loans = 0
    _ = inbox.borrow(orPut: Nothing())
    _ = inbox.giveBack(isIdle: true)
    #expect(!inbox.reclaim(&loans))
    #expect(loans == 1)
    #expect(inbox.reclaim(&loans))
    #expect(inbox.borrow(orPut: Nothing()) == LoopInbox.Alarm.none)
  }

  @Test func aLoopThatIsToEndGoesBackToItsThreadBorrowedOrNot() {
    let borrowed = Self.offered()
    _ = borrowed.borrow(orPut: Nothing())
    borrowed.stop()
    var work: [LoopInbox.Work] = []
    #expect(!borrowed.takeBorrowed(&work))
    #expect(borrowed.giveBack(isIdle: true))
    let free = Self.offered()
    free.stop()
    var loans = 5
    #expect(free.reclaim(&loans))
  }
}
