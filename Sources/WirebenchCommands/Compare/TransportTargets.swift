/// What the client and the server shall reach beside the others.
enum TransportTargets {
  /// The targets, each for plaintext and for TLS, as far as they are of one of the cells asked for.
  static func judge(_ results: ComparisonResults) -> [Target] {
    [false, true].flatMap { isTLS in
      let side = Side(results: results, isTLS: isTLS)
      return side.throughput + side.latency + side.cost + side.server
    }
  }

  /// The targets of one kind of connection.
  private struct Side {
    let results: ComparisonResults
    let isTLS: Bool

    private func cell(
      _ client: ClientSystem, _ count: Int, _ server: ServerSystem = .fastsrv
    ) -> Cell {
      Cell(client: client, server: server, isTLS: isTLS, load: .inFlight(count))
    }

    private func first(_ client: ClientSystem) -> Cell {
      Cell(client: client, isTLS: isTLS, load: .oneCall)
    }

    private func target(_ text: String, _ value: Double?, _ bound: Target.Bound) -> Target {
      Target(name: "\(isTLS ? "TLS" : "plaintext"): \(text)", value: value, bound: bound)
    }

    /// How a figure of one cell is to be to the same figure of another.
    private func ratio(
      _ text: String, _ figure: Figure, _ cell: Cell, to other: Cell, _ bound: Target.Bound
    ) -> Target {
      target(text, results.ratio(figure, of: cell, to: other), bound)
    }

    var throughput: [Target] {
      let ours = cell(.channel, 64)
      return [
        ratio(
          "calls/s, 64 in flight, to h2load", .callsPerSecond, ours, to: cell(.h2load, 64),
          .atLeast(0.6)),
        ratio(
          "calls/s, 64 in flight, to gRPC C++", .callsPerSecond, ours, to: cell(.grpccli, 64),
          .atLeast(3)),
        ratio(
          "calls/s, 512 in flight, to h2load", .callsPerSecond, cell(.channel, 512),
          to: cell(.h2load, 512), .atLeast(0.6)),
        ratio(
          "calls/s, callers on the loop, to h2load", .callsPerSecond, cell(.onLoop, 64),
          to: cell(.h2load, 64), .atLeast(0.8)),
        ratio(
          "calls/s, 4,096 in flight, to 64", .callsPerSecond, cell(.channel, 4_096), to: ours,
          .atLeast(0.8)),
      ]
    }

    var latency: [Target] {
      let ours = cell(.channel, 1)
      let alone = [
        ratio(
          "p50, 1 in flight, to h2cli", .p50Microseconds, ours, to: cell(.h2cli, 1),
          .atMost(1.25)),
        ratio(
          "p50, 1 in flight, to gRPC C++", .p50Microseconds, ours, to: cell(.grpccli, 1),
          .below(1)),
        ratio(
          "p50, 1 in flight, callers on the loop, to h2cli", .p50Microseconds, cell(.onLoop, 1),
          to: cell(.h2cli, 1), .atMost(1.25)),
      ]
      guard isTLS else { return alone }
      return alone + [
        ratio(
          "process start to first response, to h2cli", .firstResponseMilliseconds,
          first(.channel), to: first(.h2cli), .atMost(2))
      ]
    }

    var cost: [Target] {
      let ours = cell(.channel, 64)
      var allocations = target(
        "allocations a call, 64 in flight", results.median(.allocationsPerCall, of: ours),
        .atMost(8))
      allocations.unit = ""
      var peak = target(
        "peak memory, 64 in flight",
        results.median(.peakMemoryKB, of: ours).map { $0 * 1_024 / 1e6 }, .atMost(20))
      peak.unit = "MB"
      return [
        ratio(
          "CPU a call, 64 in flight, to h2cli", .cpuMicrosecondsPerCall, ours,
          to: cell(.h2cli, 64), .atMost(2.5)),
        allocations, peak,
      ]
    }

    var server: [Target] {
      [ServerSystem.wirebench, .wirebenchOnLoop].map { system in
        ratio(
          "\(system.rawValue), under h2load, to fastsrv", .callsPerSecond,
          cell(.h2load, 64, system), to: cell(.h2load, 64), .atLeast(0.5))
      }
    }
  }
}
