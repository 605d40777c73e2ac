import CommandConsole

/// What a soak has found.
struct SoakReport {
  /// How much memory may grow from the first fifth on: allocators do not give everything back.
  private static let memorySlack: UInt64 = 24 << 10

  var middle: SoakRun.Holdings?
  var end: SoakRun.Holdings?
  /// How many connections of each lane were cut.
  var cuts: [Int] = []
  private var answered = 0
  private var cutOff = 0
  private var lanes = 0
  private(set) var problems: [String] = []

  mutating func add(_ lanes: [SoakLane], _ ledger: SoakLedger) {
    self.lanes = lanes.count
    for (lane, cuts) in zip(lanes, cuts) {
      answered += lane.answered
      cutOff += lane.cutOff
      problems += lane.found
      // Each cut ends what is on its way on that connection, and nothing else.
      if lane.cutOff > cuts * lane.inFlight {
        problems.append("\(lane.cutOff) calls failed where \(cuts) connections were cut")
      }
    }
    if ledger.duplicates > 0 { problems.append("\(ledger.duplicates) calls were done twice") }
    if ledger.tooLate > 0 { problems.append("\(ledger.tooLate) calls came far too late") }
    judgeHoldings()
  }

  private mutating func judgeHoldings() {
    guard let middle, let end else { return }
    if end.memory > middle.memory + middle.memory / 10 + Self.memorySlack {
      problems.append("memory grew from \(middle.memory) to \(end.memory) KB")
    }
    // A connection that is being made anew when they are counted has four more.
    if end.descriptors > middle.descriptors + 4 * lanes {
      problems.append("descriptors grew from \(middle.descriptors) to \(end.descriptors)")
    }
  }

  func text(_ style: Style) -> String {
    var rows = Rows()
    rows.add("Answered", Double(answered).grouped(0))
    rows.add("Cut off", "\(Double(cutOff).grouped(0)), by \(cuts.reduce(0, +)) cut connections")
    if let middle, let end {
      rows.add("Memory", "\(middle.memory) KB after a fifth, \(end.memory) KB in the end")
      rows.add("Descriptors", "\(middle.descriptors) after a fifth, \(end.descriptors) in the end")
    }
    rows.add("Problems", problems.isEmpty ? "none" : "\(problems.count)")
    return rows.lines(style) + problems.map { "  \($0)\n" }.joined()
  }

  var json: JSONObject {
    var object = JSONObject()
    object.add("answered", UInt64(answered))
    object.add("cutOff", UInt64(cutOff))
    object.add("cuts", UInt64(cuts.reduce(0, +)))
    object.add("memoryKB", end?.memory ?? 0)
    object.add("descriptors", UInt64(end?.descriptors ?? 0))
    object.add("problems", problems.joined(separator: "; "))
    return object
  }
}
