import CommandConsole
import Glibc
import LocalFiles
import Locking
import MomentoAuthService
import RotationService

/// One line of JSON for each call that a service has answered, in a file or on standard output.
///
/// A thread of its own writes, so that a slow disk or reader holds up no call. What it cannot keep up
/// with is lost, and counted in a line.
final class ServedCallLog: Sendable {
  private struct Queue {
    var lines: [[UInt8]] = []
    var lost = 0
    var isClosing = false
    var closing: CheckedContinuation<Void, Never>?
  }

  /// The most lines that wait to be written.
  private static let most = 10_000

  private let sink: @Sendable ([UInt8]) -> Void
  private let queue = Locked(Queue())
  private let wake = ThreadSemaphore(count: 0)

  /// - Parameter path: a file, to the end of which it writes, or `-` for standard output.
  init(path: String, _ context: CommandContext) throws {
    if path == "-" {
      let output = context.standardOutput
      sink = { try? output.write(String(decoding: $0, as: UTF8.self)) }
    } else {
      let file = try AppendedFile(path: path)
      sink = { file.append($0) }
    }
    do {
      try startThread(named: "call-log") { self.run() }
    } catch {
      throw CommandFailure.system("cannot start a thread for the log: \(error)")
    }
  }

  /// Writes a line soon.
  func write(_ call: ServedCall) {
    JSONLog(now: Self.time, write: enqueue).log(
      .info, "call",
      [
        "method": .text(call.method), "status": .text(call.status),
        "us": .number(Self.microseconds(call.duration)), "peer": .text(call.peer),
        "caller": call.callerID.map { .text($0) },
        "tokenID": call.callerTokenID.map { .text($0) },
        "issued": call.issuedID.map { .text($0) },
      ])
  }

  /// Writes what is left, and ends.
  func close() async {
    await withCheckedContinuation { continuation in
      queue.withLock { queue in
        queue.isClosing = true
        queue.closing = continuation
      }
      wake.signal()
    }
  }

  private func enqueue(_ line: [UInt8]) {
    let isFirst = queue.withLock { queue in
      guard queue.lines.count < Self.most else {
        queue.lost += 1
        return false
      }
      queue.lines.append(line)
      return queue.lines.count == 1
    }
    if isFirst { wake.signal() }
  }

  private func run() {
    while true {
      wake.wait()
      let taken = queue.withLock { queue in
        defer { (queue.lines, queue.lost) = ([], 0) }
        return queue
      }
      if !taken.lines.isEmpty { sink(Array(taken.lines.joined())) }
      if taken.lost > 0 {
        JSONLog(now: Self.time, write: sink).log(
          .warning, "lines are lost", ["count": .number(Int64(taken.lost))])
      }
      guard taken.isClosing else { continue }
      taken.closing?.resume()
      return
    }
  }

  @Sendable private static func time() -> timespec {
    var time = timespec()
    unsafe clock_gettime(CLOCK_REALTIME, &time)
    return time
  }

  private static func microseconds(_ duration: Duration) -> Int64 {
    let (seconds, attoseconds) = duration.components
    return seconds &* 1_000_000 &+ attoseconds / 1_000_000_000_000
  }
}

/// A file that is written at its end only, and that only its owner can read.
private final class AppendedFile: Sendable {
  private let descriptor: Int32

  init(path: String) throws {
    let flags = O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC
    descriptor = unsafe open(path, flags, mode_t(0o600))
    guard descriptor >= 0 else { throw FileText.Failure.system("cannot write \(path)") }
  }

  /// There is nobody to tell where a log cannot be written.
  func append(_ bytes: [UInt8]) { try? FileText.write(bytes, to: descriptor) }

  deinit { close(descriptor) }
}
