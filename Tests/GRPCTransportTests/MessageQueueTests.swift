import Testing

@testable import GRPCTransport

@Suite struct MessageQueueTests {
  @Test(arguments: [0, 1, 1_000])
  func aQueueThatNobodyReadsBecomesFullWhateverTheSizeOfItsMessages(size: Int) {
    let queue = MessageQueue<Int>()
    var count = 0
    while !queue.isFull(), count < 1_000_000 {
      queue.push([UInt8](repeating: 0, count: size))
      count += 1
    }
    #expect(count < 20_000)
  }

  @Test func theReaderReportsOnceItHasCaughtUp() async {
    let queue = MessageQueue<Int>()
    while !queue.isFull() { queue.push([UInt8](repeating: 0, count: 10_000)) }
    queue.finish(5)
    var reports = 0
    var messages = 0
    while case .message = await queue.next(report: { reports += 1 }) { messages += 1 }
    #expect(messages > 20)
    #expect(reports == 1)
    #expect(!queue.isFull())
    #expect(queue.end == 5)
  }
}
