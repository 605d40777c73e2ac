import ArgumentParsing
import CommandConsole
import GRPCTransport

/// `wirebench call`
enum CallCommand {
  static let table = Command(
    "call",
    abstract: "Put a server under load, and measure the calls.",
    discussion: [
      "Makes RefreshApiToken calls with a key of \(SampleCall.keySize) bytes; each caller makes its "
        + "next call when the last one is answered. The first call of all is made alone, and timed "
        + "from the start of the process: from \(ProcessStart.variable), a CLOCK_MONOTONIC time in "
        + "nanoseconds, where that is set."
    ],
    examples: [
      Example(
        "64 calls at any moment, for two seconds", "wirebench call --target localhost:8080"),
      Example(
        "The time to the first response, over TLS",
        "wirebench call --target localhost:8443 --tls --ca ca.pem --seconds 0"),
    ],
    options: LoadOptions.table)

  static func run(
    _ command: ParsedCommand, _ context: CommandContext, _ meter: ResourceMeter,
    _ start: ProcessStart
  ) async throws {
    let options = try LoadOptions(command)
    let report =
      switch options.face {
      case .channel: try await measure(options, ChannelCaller.init, meter, start)
      case .auth: try await measure(options, AuthClientCaller.init, meter, start)
      }
    if let load = report.load, load.errors > 0 {
      context.note("\(load.errors) calls failed; the first: \(load.firstError ?? "")")
    }
    try context.print(command.flag("json") ? "\(report.json)" : report.text(context.style))
  }

  private static func measure<Caller: RefreshCaller>(
    _ options: LoadOptions, _ make: (LoadOptions, EventLoopGroup) throws -> Caller,
    _ meter: ResourceMeter, _ start: ProcessStart
  ) async throws -> CallReport {
    let loops = EventLoopGroup(count: options.loops)
    let caller = try make(options, loops)
    try await caller.call()
    let firstResponse = CallReport.FirstResponse(start, at: BenchClock.now)
    var load: ClosedLoop.Result?
    if options.extent != .seconds(0) {
      if options.warmUp > 0 {
        _ = try await ClosedLoop.run(caller, loops, options, .seconds(options.warmUp), meter)
      }
      load = try await ClosedLoop.run(caller, loops, options, options.extent, meter)
    }
    await caller.close()
    return CallReport(
      options: options, firstResponse: firstResponse, load: load,
      peakMemory: ProcessMemory()?.peak ?? 0)
  }
}
