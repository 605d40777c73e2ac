import CommandConsole
import GRPCTransport
import Glibc
import LocalFiles

/// A server, lanes of callers, and proxies between them that cut all lanes but the first.
struct SoakRun {
  var options: SoakOptions

  /// What the process has.
  struct Holdings {
    /// In kilobytes.
    var memory: UInt64
    var descriptors: Int

    static func now() throws(CommandFailure) -> Holdings {
      guard let memory = ProcessMemory(),
        let descriptors = try? FileNames.list("/proc/self/fd")
      else { throw .system("/proc does not tell what this process holds") }
      return Holdings(memory: memory.resident, descriptors: descriptors.count)
    }
  }

  func report() async throws -> SoakReport {
    let loops = EventLoopGroup(count: options.loops)
    let ledger = SoakLedger(callers: options.lanes * options.callers)
    var configuration = ServerConfiguration(port: 0)
    configuration.eventLoops = loops
    let server = try Server(configuration: configuration, services: [ledger])
    let port = try await server.start().port
    let proxies = try (0..<options.lanes).map { _ in try CuttingProxy(to: port) }
    let lanes = try proxies.enumerated().map { index, proxy in
      let first = index * options.callers
      return try SoakLane(
        port: proxy.port, callers: first..<(first + options.callers), loops: loops)
    }
    var report = SoakReport()
    try await withThrowingTaskGroup(of: Void.self) { group in
      let end = BenchClock.now &+ UInt64(options.seconds * 1e9)
      for lane in lanes { group.addTask { await lane.run { BenchClock.now >= end } } }
      report.cuts = try await cut(proxies, until: end) { report.middle = $0 }
      try await group.waitForAll()
    }
    report.end = try Holdings.now()
    await server.shutdown()
    for proxy in proxies { proxy.close() }
    report.add(lanes, ledger)
    return report
  }

  /// Cuts now this connection and now that.
  ///
  /// - Parameter atAFifth: told what the process holds, once it has warmed up.
  /// - Returns: how many of each lane were cut.
  private func cut(
    _ proxies: [CuttingProxy], until end: UInt64, atAFifth: (Holdings) -> Void
  ) async throws -> [Int] {
    var cuts = proxies.map { _ in 0 }
    let fifth = end &- UInt64(options.seconds * 0.8e9)
    var isWarm = false
    while BenchClock.now < end {
      if !isWarm, BenchClock.now >= fifth {
        isWarm = true
        atAFifth(try Holdings.now())
      }
      try await Task.sleep(for: .milliseconds(Int.random(in: 1...options.pause)))
      let victim = Int.random(in: 0..<proxies.count)
      // The first one is the control.
      guard victim > 0 else { continue }
      cuts[victim] += proxies[victim].cut(isReset: .random())
    }
    return cuts
  }
}
