import CAllocationCount
import Testing

@testable import WirebenchCommands

@Suite struct CodecTests {
  private let timer = CodecTimer(allocationCount: allocation_count_of_thread)

  @Test(
    "encoding allocates one buffer, decoding one for each value that needs memory of its own",
    .enabled(if: allocation_count() > 0, "a sanitizer allocates without being counted"))
  func allocations() throws {
    for sample in try CodecSamples.all() {
      let encode = try timer.allocations { try sample.run(.encode) }
      #expect(encode == 1, "\(sample.name)")
      let decode = try timer.allocations { try sample.run(.decode) }
      #expect(decode == Double(sample.valuesOnHeap), "\(sample.name)")
    }
  }

  @Test("the messages have the sizes that the peers were measured with")
  func sizes() throws {
    let samples = try CodecSamples.all()
    #expect(samples.map(\.bytes.count) == [591, 405, 453])
  }
}
