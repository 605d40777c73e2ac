import ArgumentParsing
package import CommandConsole
import GRPCTransport

/// The command `wirebench`, without its process: arguments in, exit code out.
package enum WirebenchCommand {
  private static let table = Command(
    "wirebench",
    abstract: "Measure this library's client and server, alone and beside others.",
    examples: [
      Example("Every figure of this library, beside others'", "wirebench compare"),
      Example("A server for clients to be measured against", "wirebench serve"),
    ],
    sections: [HelpSection("Exit codes", ExitCode.help)],
    version: "wirebench \(libraryVersion)"
  )

  /// Does what the arguments say.
  ///
  /// - Parameter allocationCount: how often the process has allocated so far, where the executable
  ///   counts that.
  /// - Returns: the exit code of the process.
  package static func run(
    _ context: CommandContext, allocationCount: @escaping @Sendable () -> UInt64 = { 0 }
  ) async -> Int32 {
    let start = ProcessStart(environment: context.environment)
    let meter = ResourceMeter(allocationCount: allocationCount)
    return await CommandRunner(
      table,
      [
        (CallCommand.table, { @Sendable in try await CallCommand.run($0, $1, meter, start) }),
        (ServeCommand.table, ServeCommand.run),
        (IdleCommand.table, { @Sendable in try await IdleCommand.run($0, $1) }),
        (CompareCommand.table, { @Sendable in try await CompareCommand.run($0, $1) }),
        (DumpBenchCommand.table, { @Sendable in try await DumpBenchCommand.run($0, $1) }),
        (CodecCommand.table, { @Sendable in try await CodecCommand.run($0, $1, meter) }),
        (DynamicCodecCommand.table, DynamicCodecCommand.run),
        (ConformanceCommand.table, ConformanceCommand.run),
        (SoakCommand.table, { @Sendable in try await SoakCommand.run($0, $1) }),
        (DescribeCommand.table, DescribeCommand.run),
      ]
    ).run(context)
  }
}
