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

    private func value(_ figure: Figure, _ client: ClientSystem, _ count: Int) -> Double? {
      results.median(figure, of: cell(client, count))
    }

    private func first(_ client: ClientSystem) -> Double? {
      results.median(
        .firstResponseMilliseconds, of: Cell(client: client, isTLS: isTLS, load: .oneCall))
    }

    private func name(_ text: String) -> String { "\(isTLS ? "TLS" : "plaintext"): \(text)" }

    var throughput: [Target] {
      let ours = value(.callsPerSecond, .channel, 64)
      return [
        .ratio(
          name("calls/s, 64 in flight, to h2load"), ours,
          to: value(.callsPerSecond, .h2load, 64), .atLeast(0.6)),
        .ratio(
          name("calls/s, 64 in flight, to gRPC C++"), ours,
          to: value(.callsPerSecond, .grpccli, 64), .atLeast(3)),
        .ratio(
          name("calls/s, 512 in flight, to h2load"), value(.callsPerSecond, .channel, 512),
          to: value(.callsPerSecond, .h2load, 512), .atLeast(0.6)),
        .ratio(
          name("calls/s, callers on the loop, to h2load"), value(.callsPerSecond, .onLoop, 64),
          to: value(.callsPerSecond, .h2load, 64), .atLeast(0.8)),
        .ratio(
          name("calls/s, 4,096 in flight, to 64"), value(.callsPerSecond, .channel, 4_096),
          to: ours, .atLeast(0.8)),
      ]
    }

    var latency: [Target] {
      let ours = value(.p50Microseconds, .channel, 1)
      let alone = [
        Target.ratio(
          name("p50, 1 in flight, to h2cli"), ours, to: value(.p50Microseconds, .h2cli, 1),
          .atMost(1.25)),
        Target.ratio(
          name("p50, 1 in flight, to gRPC C++"), ours, to: value(.p50Microseconds, .grpccli, 1),
          .below(1)),
      ]
      guard isTLS else { return alone }
      return alone + [
        .ratio(
          name("process start to first response, to h2cli"), first(.channel), to: first(.h2cli),
          .atMost(2))
      ]
    }

    var cost: [Target] {
      let peak = value(.peakMemoryKB, .channel, 64).map { $0 * 1_024 / 1e6 }
      return [
        .ratio(
          name("CPU a call, 64 in flight, to h2cli"), value(.cpuMicrosecondsPerCall, .channel, 64),
          to: value(.cpuMicrosecondsPerCall, .h2cli, 64), .atMost(2.5)),
        Target(
          name: name("allocations a call, 64 in flight"),
          value: value(.allocationsPerCall, .channel, 64), bound: .atMost(8), unit: ""),
        Target(
          name: name("peak memory, 64 in flight"), value: peak, bound: .atMost(20), unit: "MB"),
      ]
    }

    var server: [Target] {
      [
        .ratio(
          name("our server under h2load, to fastsrv"),
          results.median(.callsPerSecond, of: cell(.h2load, 64, .wirebench)),
          to: value(.callsPerSecond, .h2load, 64), .atLeast(0.5))
      ]
    }
  }
}
