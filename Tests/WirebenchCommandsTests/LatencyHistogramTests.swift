import GRPCTransport
import TestSupport
import Testing

@testable import WirebenchCommands

@Suite struct LatencyHistogramTests {
  @Test("every bucket ends where the next begins, and is at most 1/64 wide")
  func buckets() {
    typealias Scale = LatencyHistogram.Scale
    var first: UInt64 = 0
    for bucket in 0..<Scale.bucketCount {
      let last = Scale.last(of: bucket)
      #expect(Scale.bucket(of: first) == bucket)
      #expect(Scale.bucket(of: last) == bucket)
      #expect((last - first) * 64 <= first)
      first = last + 1
    }
    #expect(Scale.bucket(of: first) == Scale.bucketCount - 1)
    #expect(Scale.bucket(of: .max) == Scale.bucketCount - 1)
  }

  @Test("a percentile is that of the sorted values, at most 1/64 above it", arguments: 0..<20)
  func percentiles(seed: UInt64) {
    var generator = SeededGenerator(seed: seed)
    var histogram = LatencyHistogram()
    var values: [UInt64] = []
    for _ in 0..<Int.random(in: 1...2_000, using: &generator) {
      let bits = UInt64.random(in: 0...36, using: &generator)
      let value = UInt64.random(in: 0...UInt64(1) << bits, using: &generator)
      values.append(value)
      histogram.record(value)
    }
    values.sort()
    for part in [0, 0.001, 0.1, 0.5, 0.9, 0.99, 0.999, 1] {
      let rank = max(1, Int((Double(values.count) * part).rounded(.up)))
      let exact = values[rank - 1]
      let read = histogram.percentile(part)
      #expect(read >= exact && read - exact <= exact / 64, "\(part) of \(values.count)")
    }
    #expect(histogram.percentile(1) == values.last)
    #expect(histogram.maximum == values.last)
    #expect(histogram.count == UInt64(values.count))
  }

  @Test("small latencies are exact")
  func small() {
    var histogram = LatencyHistogram()
    for value in UInt64(1)...100 { histogram.record(value) }
    #expect(histogram.percentile(0) == 1)
    #expect(histogram.percentile(0.5) == 50)
    #expect(histogram.percentile(0.99) == 99)
    #expect(histogram.percentile(1) == 100)
  }

  @Test("an empty histogram has no latency, and one value is every percentile")
  func ends() {
    var histogram = LatencyHistogram()
    #expect(histogram.percentile(0.5) == 0)
    histogram.record(123_456_789)
    for part in [0, 0.5, 1] { #expect(histogram.percentile(part) == 123_456_789) }
    histogram.record(.max)
    #expect(histogram.percentile(1) == .max)
  }

  @Test("what tasks record at once is all there")
  func recorder() async {
    let recorder = LatencyRecorder()
    await withTaskGroup { group in
      for task in UInt64(1)...8 {
        group.addTask { for value in UInt64(1)...1_000 { recorder.record(value * task) } }
      }
    }
    var expected = LatencyHistogram()
    for task in UInt64(1)...8 { for value in UInt64(1)...1_000 { expected.record(value * task) } }
    #expect(recorder.histogram == expected)
  }
}
