import MomentoAuth

/// All runs of a comparison.
struct ComparisonResults {
  private var runs: [Cell: [Measurement]] = [:]

  mutating func add(_ measurement: Measurement, of cell: Cell) {
    runs[cell, default: []].append(measurement)
  }

  /// The values of a figure in all runs of a cell; nil where there is none.
  func samples(_ figure: Figure, of cell: Cell) -> Samples? {
    Samples((runs[cell] ?? []).compactMap { $0[figure] })
  }

  func median(_ figure: Figure, of cell: Cell) -> Double? { samples(figure, of: cell)?.median }

  /// The median over the rounds of one cell's figure to another's: what slows a machine down for a
  /// while slows both runs of a round. Nil where one is not measured, or where there is nothing to
  /// divide by.
  func ratio(_ figure: Figure, of cell: Cell, to other: Cell) -> Double? {
    let values = (runs[cell] ?? []).compactMap { $0[figure] }
    let others = (runs[other] ?? []).compactMap { $0[figure] }
    guard values.count == others.count else {
      // A run failed: the rounds cannot be told any more.
      guard let value = Samples(values)?.median, let other = Samples(others)?.median, other > 0
      else { return nil }
      return value / other
    }
    return Samples(zip(values, others).compactMap { $1 > 0 ? $0 / $1 : nil })?.median
  }

  func contains(_ cell: Cell) -> Bool { runs[cell] != nil }

  private typealias Column = (title: String, figure: Figure, decimals: Int)

  /// What is shown of each cell beside its throughput: medians.
  private static let columns: [Column] = [
    ("CPU µs/call", .cpuMicrosecondsPerCall, 2), ("p50 µs", .p50Microseconds, 1),
    ("p99 µs", .p99Microseconds, 1), ("allocations/call", .allocationsPerCall, 1),
    ("peak KB", .peakMemoryKB, 0),
  ]

  /// A table of the loads in plaintext, one of those over TLS, and one of the first responses.
  var tables: [MarkdownTable] {
    let loads = Cell.all.filter { $0.load != .oneCall }
    return [
      table("plaintext", loads.filter { !$0.isTLS }), table("TLS", loads.filter(\.isTLS)),
      firstResponses,
    ]
  }

  private func table(_ title: String, _ cells: [Cell]) -> MarkdownTable {
    var table = MarkdownTable(
      [title, "calls/s (min–max)", "× h2load"] + Self.columns.map(\.title))
    for cell in cells where contains(cell) {
      table.add(
        [
          "\(cell.loadName): \(cell.participants)",
          samples(.callsPerSecond, of: cell)?.text(0) ?? "", ratioToH2load(cell)?.fixed(2) ?? "",
        ] + Self.columns.map { median($0.figure, of: cell)?.grouped($0.decimals) ?? "" })
    }
    return table
  }

  private func ratioToH2load(_ cell: Cell) -> Double? {
    var h2load = cell
    h2load.client = .h2load
    h2load.server = .fastsrv
    return ratio(.callsPerSecond, of: cell, to: h2load)
  }

  private var firstResponses: MarkdownTable {
    var table = MarkdownTable(["process start to first response", "ms (min–max)"])
    for cell in Cell.all where cell.load == .oneCall {
      guard let samples = samples(.firstResponseMilliseconds, of: cell) else { continue }
      table.add(["\(cell.isTLS ? "TLS" : "plaintext"): \(cell.participants)", samples.text(1)])
    }
    return table
  }

  var json: JSONValue {
    .array(
      Cell.all.filter(contains).map { cell in
        var members: [String: JSONValue] = [
          "client": .string(cell.client.rawValue), "server": .string(cell.server.rawValue),
          "tls": .bool(cell.isTLS), "load": .string(cell.loadName),
        ]
        for figure in Figure.allCases {
          members[figure.rawValue] = samples(figure, of: cell)?.json(3)
        }
        return .object(members)
      })
  }
}
