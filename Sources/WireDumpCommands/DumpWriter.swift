import CommandConsole
import Locking

/// Writes what a dump says as it comes, and remembers when that is no use any more.
final class DumpWriter: Sendable {
  private let sink: any TextSink
  private let failure = Locked<String?>(nil)

  init(_ sink: any TextSink) { self.sink = sink }

  /// Whether what is written reaches nobody.
  var isOver: Bool { sink.isClosed || failure.withLock { $0 != nil } }

  func write(_ bytes: Span<UInt8>) {
    guard !isOver else { return }
    do {
      try sink.write(bytes)
    } catch {
      failure.withLock { $0 = "\(error)" }
    }
  }

  /// Says that something was lost, if it was; a reader that went away has lost nothing.
  func check() throws(CommandFailure) {
    guard let failure = failure.withLock({ $0 }) else { return }
    throw .system("cannot write standard output: \(failure)")
  }
}
