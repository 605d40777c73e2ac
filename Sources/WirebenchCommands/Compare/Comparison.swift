import CommandConsole

/// Runs every cell of a comparison, round after round.
final class Comparison {
  private let programs: BenchPrograms
  private let note: (String) -> Void
  private var servers: [ServerKey: MeasuredServer] = [:]
  private var failures: Set<String> = []

  private struct ServerKey: Hashable {
    var system: ServerSystem
    var isTLS: Bool
  }

  /// - Parameter note: tells the person what is going on.
  init(_ programs: BenchPrograms, note: @escaping (String) -> Void) {
    self.programs = programs
    self.note = note
  }

  /// Measures each cell once a round. Each round begins with another cell, so that no system always
  /// follows the same one.
  func run(_ cells: [Cell], rounds: Int) -> ComparisonResults {
    var results = ComparisonResults()
    for round in 0..<rounds {
      note("round \(round + 1) of \(rounds), \(cells.count) runs")
      let first = cells.isEmpty ? 0 : round * 5 % cells.count
      for cell in cells[first...] + cells[..<first] {
        for measurement in measure(cell) { results.add(measurement, of: cell) }
      }
    }
    return results
  }

  /// A run that fails is made once more, against a server made anew: a server may have been spoilt by
  /// the client before. One that fails again leaves its cell without a value, and is told once: one
  /// program that is missing must not cost the rest.
  private func measure(_ cell: Cell) -> [Measurement] {
    do {
      return try runs(of: cell)
    } catch {
      servers[ServerKey(system: cell.server, isTLS: cell.isTLS)] = nil
    }
    do {
      return try runs(of: cell)
    } catch {
      let failure = (error as? CommandFailure)?.message ?? "\(error)"
      if failures.insert(failure).inserted { note("\(cell.name): \(failure)") }
      return []
    }
  }

  private func runs(of cell: Cell) throws -> [Measurement] {
    let port = try server(for: cell).port
    // A single call takes no time, and varies.
    let runs = cell.load == .oneCall ? 3 : 1
    return try (0..<runs).map { _ in
      let client = try ChildProcess(programs.client(cell, port: port), readsOutput: true)
      let measurement = try programs.measurement(of: cell, client.wholeOutput())
      guard cell.load == .oneCall || measurement[.callsPerSecond] != 0 else {
        throw CommandFailure.system("the server answered no call")
      }
      return measurement
    }
  }

  private func server(for cell: Cell) throws -> MeasuredServer {
    let key = ServerKey(system: cell.server, isTLS: cell.isTLS)
    if let server = servers[key] { return server }
    let server = try MeasuredServer {
      programs.server(cell.server, isTLS: cell.isTLS, port: $0)
    }
    servers[key] = server
    return server
  }
}
