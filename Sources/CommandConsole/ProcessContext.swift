import CLinux
import Dispatch
import FoundationEssentials
import Glibc
import LocalFiles
import Locking

extension CommandContext {
  /// The world of this process. To be asked for once, first of all: from then on a reader that goes
  /// away ends no write with a signal, and an interrupt asks the process to end instead of ending it.
  package static func process() -> CommandContext {
    _ = signal(SIGPIPE, SIG_IGN)
    let variables = ProcessInfo.processInfo.environment
    var context = CommandContext(
      arguments: Array(CommandLine.arguments.dropFirst()), environment: variables,
      readStandardInput: { try? FileText.read(descriptor: STDIN_FILENO, limit: $0) },
      standardOutput: DescriptorSink(STDOUT_FILENO),
      standardError: DescriptorSink(STDERR_FILENO), now: { Date() },
      untilTerminated: { await Termination.wait() })
    context.executable = "/proc/self/exe"
    context.standardInput = STDIN_FILENO
    return context
  }
}

/// The memory of this process, which holds keys.
package enum PrivateMemory {
  /// Keeps it from others: a crash leaves no core file and sends none to a collector, and no other
  /// process of this user may read it, trace it or see its environment; root still may. What is started
  /// from here has to ask for the same. To be called first of all.
  package static func keep() {
    var none = rlimit(rlim_cur: 0, rlim_max: 0)
    // Neither can fail for a process that asks for less than it has; if they did, all else would work.
    _ = unsafe setrlimit(__rlimit_resource_t(RLIMIT_CORE.rawValue), &none)
    _ = set_process_dumpable(0)
  }
}

/// A file descriptor to write to.
private struct DescriptorSink: TextSink {
  private let descriptor: Int32
  let isTerminal: Bool
  private let closed = Locked(false)

  init(_ descriptor: Int32) {
    self.descriptor = descriptor
    isTerminal = isatty(descriptor) == 1
  }

  var isClosed: Bool { closed.withLock { $0 } }

  func write(_ text: String) throws { try write(text.utf8Span.span) }

  func write(_ bytes: Span<UInt8>) throws {
    do {
      try FileText.write(bytes, to: descriptor)
    } catch {
      guard error.isClosedPipe else { throw error }
      closed.withLock { $0 = true }
    }
  }
}

/// Waiting for SIGINT or SIGTERM.
private enum Termination {
  static func wait() async {
    let (signals, continuation) = AsyncStream.makeStream(of: Void.self)
    let sources = [SIGINT, SIGTERM].map { number in
      _ = signal(number, SIG_IGN)
      let source = DispatchSource.makeSignalSource(signal: number)
      source.setEventHandler {
        // The second one means it: whoever asks twice does not want to wait for what still runs.
        _ = signal(number, SIG_DFL)
        continuation.yield()
      }
      source.resume()
      return source
    }
    for await _ in signals { break }
    withExtendedLifetime(sources) {}
  }
}
