import Testing

@testable import WirebenchCommands

@Suite struct JudgementTests {
  private func target(_ value: Double?, _ bound: Target.Bound) -> Target {
    Target(name: "calls/s", value: value, bound: bound)
  }

  @Test("a bound is met at the bound itself, and a limit to stay below is not")
  func bounds() {
    #expect(target(0.6, .atLeast(0.6)).verdict == .ok)
    #expect(target(0.59, .atLeast(0.6)).verdict == .miss)
    #expect(target(2.5, .atMost(2.5)).verdict == .ok)
    #expect(target(2.51, .atMost(2.5)).verdict == .miss)
    #expect(target(1, .below(1)).verdict == .miss)
    #expect(target(0.99, .below(1)).verdict == .ok)
  }

  @Test("what was not measured is neither met nor missed")
  func missing() {
    #expect(target(nil, .atLeast(1)).verdict == .missing)
    #expect(target(.nan, .atMost(1)).verdict == .missing)
  }

  @Test("a ratio is the median of the rounds' ratios, not the ratio of medians")
  func ratios() {
    let (ours, other) = (Cell.all[0], Cell.all[1])
    var results = ComparisonResults()
    #expect(results.ratio(.callsPerSecond, of: ours, to: other) == nil)
    for (value, base) in [(10.0, 20.0), (30, 100), (500, 50)] {
      results.add([.callsPerSecond: value], of: ours)
      results.add([.callsPerSecond: base], of: other)
    }
    #expect(results.ratio(.callsPerSecond, of: ours, to: other) == 0.5)
    // With a run missing, rounds are told apart no more: the medians have to do.
    results.add([.callsPerSecond: 30], of: ours)
    #expect(results.ratio(.callsPerSecond, of: ours, to: other) == 0.6)
  }

  @Test("what there is nothing to divide by has no ratio")
  func division() {
    var results = ComparisonResults()
    results.add([.callsPerSecond: 1], of: Cell.all[0])
    results.add([.callsPerSecond: 0], of: Cell.all[1])
    #expect(results.ratio(.callsPerSecond, of: Cell.all[0], to: Cell.all[1]) == nil)
  }

  @Test("a row tells the target, its bound, the value and the verdict")
  func rows() {
    #expect(target(1.0 / 3, .atLeast(0.6)).row == ["calls/s", "≥ 0.60×", "0.33×", "MISS"])
    #expect(
      Target(name: "peak", value: 18.06, bound: .atMost(20), unit: "MB").row
        == ["peak", "≤ 20.00 MB", "18.06 MB", "ok"])
    #expect(
      Target(name: "open", value: 10_000, bound: .atLeast(10_000), unit: "").row
        == ["open", "≥ 10,000", "10,000", "ok"])
  }

  @Test("every cell has a name of its own")
  func cells() {
    #expect(Set(Cell.all.map(\.name)).count == Cell.all.count)
  }

  @Test("every target finds the cells that it judges")
  func targets() {
    var results = ComparisonResults()
    for cell in Cell.all {
      var measurement: Measurement = [:]
      for figure in Figure.allCases { measurement[figure] = 4 }
      results.add(measurement, of: cell)
    }
    let targets = TransportTargets.judge(results)
    #expect(targets.count == 27)
    #expect(targets.allSatisfy { $0.verdict != .missing })
    // Everything is equal, so only what must exceed another is missed: three times gRPC C++, and
    // below its latency.
    #expect(targets.count { $0.verdict == .miss } == 4)
    #expect(TransportTargets.judge(ComparisonResults()).allSatisfy { $0.verdict == .missing })
  }

  @Test("growth is judged by the greatest and the least, CPU time without the shortest run")
  func growth() {
    let section = GrowthSection.section([
      .init(calls: 10, cpu: 90, peakKB: 10_000), .init(calls: 1_000, cpu: 10, peakKB: 10_500),
      .init(calls: 100_000, cpu: 10.9, peakKB: 11_500),
    ])
    #expect(section.targets.map(\.verdict) == [.ok, .miss])
  }

  @Test("idle connections are judged by their memory, and by their number if a call is answered")
  func idle() throws {
    func section(_ answers: Bool) -> CompareReport.Section? {
      IdleSection.section(
        #"{"connections":10000,"serverBytesPerConnection":13926,"stillOpen":10000,"#
          + "\"answersMeanwhile\":\(answers),"
          + #""channels":500,"clientBytesPerChannel":70000}"#)
    }
    #expect(section(true)?.targets.map(\.verdict) == [.ok, .miss, .ok])
    #expect(section(false)?.targets.map(\.verdict) == [.ok, .miss, .miss])
    #expect(IdleSection.section("{}") == nil)
  }

  @Test("codec rows are judged by their ratio and their allocations")
  func codec() throws {
    func section(_ ratio: Double, _ allocations: Double) -> CompareReport.Section? {
      CodecSection.section(
        #"{"messages":[{"message":"M","way":"encode","bytes":591,"nanoseconds":500.0,"#
          + "\"peerNanoseconds\":700.0,\"ratio\":\(ratio),\"allocations\":\(allocations),"
          + #""allocationsNeeded":1}]}"#)
    }
    #expect(section(0.7, 1)?.targets.map(\.verdict) == [.ok, .ok])
    #expect(section(1.6, 2)?.targets.map(\.verdict) == [.miss, .miss])
    #expect(CodecSection.section("{}") == nil)
  }
}
