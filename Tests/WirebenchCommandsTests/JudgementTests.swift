import Testing

@testable import WirebenchCommands

@Suite struct JudgementTests {
  @Test("a bound is met at the bound itself, and a limit to stay below is not")
  func bounds() {
    #expect(Target.ratio("", 6, to: 10, .atLeast(0.6)).verdict == .ok)
    #expect(Target.ratio("", 5.9, to: 10, .atLeast(0.6)).verdict == .miss)
    #expect(Target.ratio("", 25, to: 10, .atMost(2.5)).verdict == .ok)
    #expect(Target.ratio("", 25.1, to: 10, .atMost(2.5)).verdict == .miss)
    #expect(Target.ratio("", 10, to: 10, .below(1)).verdict == .miss)
    #expect(Target.ratio("", 9.9, to: 10, .below(1)).verdict == .ok)
  }

  @Test("what was not measured is neither met nor missed")
  func missing() {
    #expect(Target.ratio("", nil, to: 10, .atLeast(1)).verdict == .missing)
    #expect(Target.ratio("", 10, to: nil, .atLeast(1)).verdict == .missing)
    #expect(Target.ratio("", 10, to: 0, .atLeast(1)).verdict == .missing)
    #expect(Target(name: "", value: .nan, bound: .atMost(1)).verdict == .missing)
  }

  @Test("a row tells the target, its bound, the value and the verdict")
  func rows() {
    #expect(
      Target.ratio("calls/s", 1, to: 3, .atLeast(0.6)).row == [
        "calls/s", "≥ 0.60×", "0.33×", "MISS",
      ])
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
    #expect(targets.count == 23)
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
}
