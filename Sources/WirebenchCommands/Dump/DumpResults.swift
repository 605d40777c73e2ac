import MomentoAuth

/// What was measured of one form of output on one capture.
struct DumpCell {
  var traffic: CapturedTraffic
  var mode: DumpMode
  /// The size of the capture, in bytes.
  var size: Double
  var ours: [MeasuredRun]
  /// Empty where tshark was not run.
  var tshark: [MeasuredRun]

  /// Millions of bytes a second.
  func rate(_ runs: [MeasuredRun]) -> Samples? { Samples(runs.map { size / $0.seconds / 1e6 }) }

  /// How much faster ours is, run beside run.
  var ratio: Samples? { Samples(zip(ours, tshark).map { $1.seconds / $0.seconds }) }

  func memory(_ runs: [MeasuredRun]) -> Double? { runs.map { $0.peakMemory / 1e6 }.max() }

  fileprivate var row: [String] {
    [
      traffic.rawValue, mode.rawValue, rate(ours)?.text(1) ?? "-",
      memory(ours)?.grouped(0) ?? "-", "tshark \(mode.counterpart)",
      rate(tshark)?.text(1) ?? "-", memory(tshark)?.grouped(0) ?? "-",
      ratio.map { "\($0.text(1))×" } ?? "-",
    ]
  }

  fileprivate var json: JSONValue {
    .object([
      "traffic": .string(traffic.rawValue), "mode": .string(mode.rawValue),
      "megabytesPerSecond": rate(ours)?.json(1) ?? .null,
      "peakMegabytes": memory(ours).map { .literal($0, decimals: 1) } ?? .null,
      "tsharkMegabytesPerSecond": rate(tshark)?.json(1) ?? .null,
      "tsharkPeakMegabytes": memory(tshark).map { .literal($0, decimals: 1) } ?? .null,
      "ratio": ratio?.json(2) ?? .null,
    ])
  }
}

/// What `wirebench dump` prints.
struct DumpResults {
  /// Our own bounds: megabytes a second, megabytes of memory, times tshark's speed.
  private static let (leastRate, mostMemory, leastRatio) = (100.0, 64.0, 10.0)

  var cells: [DumpCell] = []

  var section: CompareReport.Section {
    var table = MarkdownTable([
      "capture", "output", "MB/s", "peak MB", "beside", "MB/s", "peak MB", "ratio",
    ])
    for cell in cells { table.add(cell.row) }
    return CompareReport.Section(
      title: "wiredump", key: "wiredump", tables: [table], json: .array(cells.map(\.json)),
      targets: cells.flatMap(Self.targets))
  }

  private static func targets(_ cell: DumpCell) -> [Target] {
    let name = "\(cell.traffic), \(cell.mode)"
    return [
      Target(
        name: "speed, \(name)", value: cell.rate(cell.ours)?.median, bound: .atLeast(leastRate),
        unit: "MB/s"),
      Target(
        name: "peak memory, \(name)", value: cell.memory(cell.ours), bound: .below(mostMemory),
        unit: "MB"),
      Target(
        name: "speed to tshark's, \(name)", value: cell.ratio?.median, bound: .atLeast(leastRatio)),
    ]
  }
}
