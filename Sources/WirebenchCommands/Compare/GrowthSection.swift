import CommandConsole
import MomentoAuth

/// Whether the client's cost a call and its memory stay the same, however many calls it makes.
enum GrowthSection {
  static let title = "Growth"
  /// From so few calls on, starting the callers no longer shows in the CPU time a call.
  private static let fewest: Double = 1_000
  private static let inFlight = 64

  /// The table and its targets; nothing where a run fails, which is told.
  static func measure(
    _ programs: BenchPrograms, upToTenMillion: Bool, note: (String) -> Void
  ) -> [CompareReport.Section] {
    do {
      let server = try MeasuredServer { programs.server(.fastsrv, isTLS: false, port: $0) }
      let counts = [10, 1_000, 100_000] + (upToTenMillion ? [1_000_000, 10_000_000] : [])
      var rows: [Row] = []
      for count in counts {
        note("growth: \(Double(count).grouped(0)) calls")
        rows.append(try row(count, programs, port: server.port))
      }
      return [section(rows)]
    } catch {
      note("growth: \(error.message)")
      return []
    }
  }

  struct Row: Equatable {
    var calls: Double
    var cpu: Double
    var peakKB: Double
  }

  static func section(_ rows: [Row]) -> CompareReport.Section {
    var table = MarkdownTable(["calls, 64 in flight", "CPU µs/call", "peak KB"])
    for row in rows {
      table.add([row.calls.grouped(0), row.cpu.fixed(2), row.peakKB.grouped(0)])
    }
    let json = rows.map { row in
      JSONValue.object([
        "calls": .literal(row.calls, decimals: 0),
        Figure.cpuMicrosecondsPerCall.rawValue: .literal(row.cpu, decimals: 3),
        Figure.peakMemoryKB.rawValue: .literal(row.peakKB, decimals: 0),
      ])
    }
    return CompareReport.Section(
      title: title, key: "growth", tables: [table], json: .array(json), targets: targets(rows))
  }

  private static func targets(_ rows: [Row]) -> [Target] {
    let steady = rows.filter { $0.calls >= fewest }
    return [
      growth("CPU a call, of the most calls to that of 1,000", steady.map(\.cpu)),
      growth("peak memory, of the most calls to that of 10", rows.map(\.peakKB)),
    ]
  }

  /// What the last value is to the first: runs between them that went badly are no growth.
  private static func growth(_ name: String, _ values: [Double]) -> Target {
    let ratio = values.last.flatMap { last in
      values.first.flatMap { first in first > 0 ? last / first : nil }
    }
    return Target(name: "growth: \(name)", value: ratio, bound: .atMost(1.1))
  }

  /// Short runs vary, so they are made several times.
  private static func row(
    _ count: Int, _ programs: BenchPrograms, port: Int
  ) throws(CommandFailure) -> Row {
    var cell = Cell(client: .channel, isTLS: false, load: .inFlight(inFlight))
    cell.load = .inFlight(min(inFlight, count))
    var runs: [Measurement] = []
    for _ in 0..<(count <= 100_000 ? 5 : 1) {
      var command = programs.client(cell, port: port)
      command.arguments += ["--calls", "\(count)"]
      let output = try ChildProcess(command, readsOutput: true).wholeOutput()
      runs.append(try programs.measurement(of: cell, output))
    }
    func median(_ figure: Figure) -> Double {
      Samples(runs.compactMap { $0[figure] })?.median ?? .nan
    }
    return Row(
      calls: Double(count), cpu: median(.cpuMicrosecondsPerCall), peakKB: median(.peakMemoryKB))
  }
}
