import ArgumentParsing
import CommandConsole
import GRPCTransport

/// `wirebench idle`
enum IdleCommand {
  static let table = Command(
    "idle",
    abstract: "Measure what idle connections cost.",
    discussion: [
      "Starts 'wirebench serve' as a process of its own, opens connections to it that exchange "
        + "SETTINGS and then do nothing, and makes a call over a fresh one while all are open. "
        + "Before that, it opens channels of which each makes one call, in this process."
    ],
    options: [
      Option(
        "connections", .value(.init("number", fallback: "10000")), "How many idle connections."),
      Option(
        "channels", .value(.init("number", fallback: "500")), "How many idle channels."),
      Option("loops", .value(.init("number", fallback: "1")), "How many event loops serve."),
      .json,
    ])

  /// On the main thread: the server ends with the thread that starts it.
  @MainActor
  static func run(_ command: ParsedCommand, _ context: CommandContext) async throws {
    let connections = try command.number("connections", in: 1...16_000)
    let channels = try command.number("channels", in: 1...10_000)
    let loops = try command.number("loops", in: 1...64)
    try DescriptorLimit.raise(forConnections: max(connections, channels))
    let executable = try Executable.path
    let server = try MeasuredServer { port in
      ChildProcess.Command(
        [executable, "serve", "--listen", "127.0.0.1:\(port)", "--loops", "\(loops)"],
        environment: context.environment)
    }
    let client = try await clientBytes(channels, server)
    let report = try await measure(connections, server, channels: channels, clientBytes: client)
    try context.print(command.flag("json") ? "\(report.json)" : report.text(context.style))
  }

  @MainActor
  private static func measure(
    _ count: Int, _ server: MeasuredServer, channels: Int, clientBytes: Double
  ) async throws -> IdleReport {
    let before = try residentBytes(server.memory)
    let connections = try (0..<count).map { _ in try IdleConnection(port: server.port) }
    let after = try residentBytes(server.memory)
    let fresh = try caller(server.port, on: EventLoopGroup(count: 1))
    let didAnswer = (try? await fresh.call()) != nil
    await fresh.close()
    return IdleReport(
      connections: count, serverBytes: (after - before) / Double(count),
      stillOpen: connections.count { $0.isStillOpen() }, didAnswer: didAnswer, channels: channels,
      clientBytes: clientBytes)
  }

  /// What one channel with a finished call adds to this process.
  @MainActor
  private static func clientBytes(_ count: Int, _ server: MeasuredServer) async throws -> Double {
    let loop = EventLoopGroup(count: 1)
    // The first one brings what all share.
    let first = try caller(server.port, on: loop)
    try await first.call()
    let before = try residentBytes(ProcessMemory())
    var callers: [ChannelCaller] = []
    for _ in 0..<count {
      let caller = try caller(server.port, on: loop)
      try await caller.call()
      callers.append(caller)
    }
    let after = try residentBytes(ProcessMemory())
    for caller in callers + [first] { await caller.close() }
    return (after - before) / Double(count)
  }

  private static func caller(_ port: Int, on loop: EventLoopGroup) throws -> ChannelCaller {
    try ChannelCaller(host: "127.0.0.1", port: port, trustRoots: nil, on: loop)
  }

  private static func residentBytes(_ memory: ProcessMemory?) throws(CommandFailure) -> Double {
    guard let memory else { throw .system("/proc does not tell the memory of a process") }
    return Double(memory.resident) * 1_024
  }
}
