import CommandConsole
import Locking
import WireDump

/// The thread that explains what a tap has queued, and writes it.
///
/// `@unchecked Sendable`: made by one thread, and used by the one that it starts only.
final class TapPrinter: @unchecked Sendable {
  private let queue: TapQueue
  private let console: CommandContext
  private var dump: Dump<AnyOutput>
  /// Nobody reads any more: what follows is forwarded all the same.
  private var hasFailed = false

  init(queue: TapQueue, dump: Dump<AnyOutput>, console: CommandContext) {
    self.queue = queue
    self.dump = dump
    self.console = console
  }

  func start() throws {
    do {
      try startThread(named: "wiredump") { self.run() }
    } catch {
      throw CommandFailure.system("no thread can be started (errno \(error.code))")
    }
  }

  private func run() {
    var isOver = false
    while !isOver {
      for event in queue.take() {
        if case .over = event { isOver = true } else { explain(event) }
        write()
      }
    }
    dump.finish()
    write()
    queue.explained()
  }

  private func explain(_ event: TapQueue.Event) {
    switch event {
    case .bytes(let captured): dump.receive(captured)
    case .ended(let connection, let text):
      dump.endOfConnection(connection)
      dump.note(text, offset: 0)
    case .note(let text): dump.note(text, offset: 0)
    case .over: break
    }
  }

  private func write() {
    let text = dump.output.lines.take()
    guard !text.isEmpty, !hasFailed else { return }
    do {
      try console.write(text)
    } catch {
      hasFailed = true
      console.note("the output ends here: \(error)")
    }
  }
}
