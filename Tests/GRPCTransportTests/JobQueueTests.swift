import Testing

@testable import GRPCTransport

@Suite struct JobQueueTests {
  @Test func jobsComeOutInTheOrderInWhichTheyWentIn() {
    var queue = JobQueue<Int>()
    var taken: [Int] = []
    for start in stride(from: 0, to: 30, by: 3) {
      var more = Array(start..<start + 3)
      queue.append(&more)
      #expect(more.isEmpty)
      taken += [queue.popFirst(), queue.popFirst()].compactMap { $0 }
    }
    while let job = queue.popFirst() { taken.append(job) }
    #expect(taken == Array(0..<30))
    #expect(queue.isEmpty)
    #expect(queue.heldCount == 0)
  }

  @Test func aQueueThatIsNeverEmptyDoesNotGrow() {
    var queue = JobQueue<Int>()
    var first = Array(0..<10)
    queue.append(&first)
    var most = 0
    for job in 0..<100_000 {
      var more = [10 + job]
      queue.append(&more)
      let taken = queue.popFirst()
      guard taken == job else {
        Issue.record("\(job) came out as \(taken.map { "\($0)" } ?? "nothing")")
        return
      }
      most = max(most, queue.heldCount)
    }
    #expect(most < 3_000)
  }
}
