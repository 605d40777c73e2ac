import CommandConsole
import FoundationEssentials
import GRPCTransport
import Synchronization
import WirebenchCommands

/// What a command did.
struct CommandRun {
  var exitCode: Int32
  var output: String
  var errors: String
}

/// Runs `wirebench` in this process.
func wirebench(
  _ arguments: [String], allocationCount: @escaping @Sendable () -> UInt64 = { 0 },
  untilTerminated: @escaping @Sendable () async -> Void = {},
  whenWritten: @escaping @Sendable (String) -> Void = { _ in }
) async -> CommandRun {
  let output = MemorySink(whenWritten)
  let errors = MemorySink()
  let exitCode = await WirebenchCommand.run(
    CommandContext(
      arguments: arguments, environment: [:], readStandardInput: { _ in [] },
      standardOutput: output, standardError: errors, now: { Date() },
      untilTerminated: untilTerminated),
    allocationCount: allocationCount)
  return CommandRun(exitCode: exitCode, output: output.text, errors: errors.text)
}

/// Keeps what is written.
final class MemorySink: TextSink {
  let isTerminal = false
  private let written = Mutex("")
  private let whenWritten: @Sendable (String) -> Void

  init(_ whenWritten: @escaping @Sendable (String) -> Void = { _ in }) {
    self.whenWritten = whenWritten
  }

  var text: String { written.withLock { $0 } }

  func write(_ text: String) {
    written.withLock { $0 += text }
    whenWritten(text)
  }
}

/// A server on a free port, for as long as the body runs.
func withServer<Result>(
  _ service: some GRPCService, _ security: ServerTransportSecurity = .plaintext,
  _ body: (_ address: SocketAddress) async throws -> Result
) async throws -> Result {
  var configuration = ServerConfiguration(port: 0, transportSecurity: security)
  // No call runs any more when it ends, and there may be clients that answer nothing.
  configuration.shutdownGrace = .zero
  let server = try Server(configuration: configuration, services: [service])
  let address = try await server.start()
  do {
    let result = try await body(address)
    await server.shutdown()
    return result
  } catch {
    await server.shutdown()
    throw error
  }
}
