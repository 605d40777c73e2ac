import CommandConsole
import Foundation
import Synchronization
import WireDumpCommands

@testable import WireDump

/// What a run of `wiredump` has left.
struct DumpRun: Sendable {
  let exitCode: Int32
  let output: String
  let errors: String
  /// What was written that is no text.
  var bytes: [UInt8] = []
}

/// Runs `wiredump` in this process.
func wiredump(
  _ arguments: [String], input: [UInt8] = [], isTerminal: Bool = false
) async -> DumpRun {
  let output = MemorySink(isTerminal: isTerminal)
  let errors = MemorySink(isTerminal: false)
  let context = CommandContext(
    arguments: arguments, environment: [:],
    readStandardInput: { limit in input.count <= limit ? input : nil },
    standardOutput: output, standardError: errors, now: { Date(timeIntervalSince1970: 0) },
    untilTerminated: {})
  let exitCode = await WiredumpCommand.run(context)
  return DumpRun(exitCode: exitCode, output: output.text, errors: errors.text, bytes: output.bytes)
}

private final class MemorySink: TextSink {
  let isTerminal: Bool
  private let written = Mutex<[UInt8]>([])

  init(isTerminal: Bool) { self.isTerminal = isTerminal }

  var text: String { String(decoding: bytes, as: UTF8.self) }
  var bytes: [UInt8] { written.withLock { $0 } }

  func write(_ text: String) { write(text.utf8Span.span) }
  func write(_ bytes: Span<UInt8>) {
    let bytes = bytes.bytes(bytes.indices)
    written.withLock { $0 += bytes }
  }
}
