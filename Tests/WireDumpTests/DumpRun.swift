import CommandConsole
import Foundation
import Synchronization
import WireDumpCommands

/// What a run of `wiredump` has left.
struct DumpRun: Sendable {
  let exitCode: Int32
  let output: String
  let errors: String
}

/// Runs `wiredump` in this process.
func wiredump(_ arguments: [String], input: [UInt8] = []) async -> DumpRun {
  let output = MemorySink()
  let errors = MemorySink()
  let context = CommandContext(
    arguments: arguments, environment: [:],
    readStandardInput: { limit in input.count <= limit ? input : nil },
    standardOutput: output, standardError: errors, now: { Date(timeIntervalSince1970: 0) },
    untilTerminated: {})
  let exitCode = await WiredumpCommand.run(context)
  return DumpRun(exitCode: exitCode, output: output.text, errors: errors.text)
}

private final class MemorySink: TextSink {
  let isTerminal = false
  private let written = Mutex("")

  var text: String { written.withLock { $0 } }

  func write(_ text: String) { written.withLock { $0 += text } }
}
