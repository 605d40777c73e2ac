import CChildProcess
import Glibc
import LocalFiles
import Locking

/// A courier that has been started and told what to do.
struct CourierProcess: Sendable {
  private let identifier: pid_t
  private let socket: Int32

  /// Starts it, and hands the request over.
  ///
  /// - Parameter lock: the courier has it, too, from its first moment until it ends.
  /// - Returns: nil when no process can be started; then nothing has been done.
  init?(_ courier: Courier, _ request: CourierRequest, lock: SpoolLock) {
    guard let ends = CourierSocket.pair() else { return nil }
    defer { close(ends.theirs) }
    // Above the numbers that it is to have there.
    let lock = lock.duplicate(above: 10)
    defer { if lock >= 0 { close(lock) } }
    guard lock >= 0, let identifier = Self.spawn(courier, socket: ends.theirs, lock: lock) else {
      close(ends.ours)
      return nil
    }
    self.identifier = identifier
    socket = ends.ours
    // Where this fails, the courier finds that the request is not whole, and so does the answer.
    CourierSocket.send(request.encodedRevealingSecrets(), to: socket)
    shutdown(socket, Int32(SHUT_WR))
  }

  /// How it has ended.
  enum Ending: Sendable {
    case answer(CourierAnswer)
    /// It was no courier: another program, or one that could not begin.
    case nothingDone
    /// It has died, or is stuck.
    case unknown
  }

  /// Waits for its answer; to be called once.
  ///
  /// - Parameter time: how long it may be silent. One that is stuck then is left to itself.
  func ending(within time: Duration) async -> Ending {
    let (identifier, socket) = (identifier, socket)
    CourierSocket.limitSilence(of: socket, to: time)
    return await withCheckedContinuation { continuation in
      let body: @Sendable () -> Void = {
        var answer: CourierAnswer?
        var isStuck = false
        do throws(FileText.Failure) {
          answer = CourierAnswer(
            parsing: try FileText.read(descriptor: socket, limit: Courier.mostBytes))
        } catch {
          isStuck = error.wouldBlock
        }
        close(socket)
        if answer != nil || isStuck {
          continuation.resume(returning: answer.map { .answer($0) } ?? .unknown)
          _ = Self.status(of: identifier)
        } else {
          let isCourier = Self.status(of: identifier).map { !Self.refusals.contains($0) } ?? true
          continuation.resume(returning: isCourier ? .unknown : .nothingDone)
        }
      }
      // A thread of its own, because there is nothing to do for up to a minute but wait.
      do { try startThread(named: "courier", body) } catch { body() }
    }
  }

  /// What ends with these has done nothing: it did not understand its arguments or its request, or was
  /// no program that could be run.
  private static let refusals: Set<Int32> = [64, 126, 127]

  /// The code with which a process has ended, once it has; nil where a signal ended it.
  private static func status(of identifier: pid_t) -> Int32? {
    var status: Int32 = 0
    while unsafe waitpid(identifier, &status, 0) < 0 {
      guard errno == EINTR else { return nil }
    }
    return status & 0x7f == 0 ? (status >> 8) & 0xff : nil
  }

  private static func spawn(_ courier: Courier, socket: Int32, lock: Int32) -> pid_t? {
    let words = [CommandLine.arguments.first ?? courier.executable] + courier.arguments
    var arguments: [UnsafeMutablePointer<CChar>?] = unsafe words.map { unsafe strdup($0) }
    defer { unsafe arguments.forEach { unsafe free($0) } }
    unsafe arguments.append(nil)
    var identifier = pid_t()
    let failure = unsafe detached_process_start(
      courier.executable, arguments, socket, lock, &identifier)
    return failure == 0 ? identifier : nil
  }
}

/// The two ends between a rotator and its courier. A socket and no pipe, because writing to a pipe that
/// nobody reads would end a process that has not asked to be spared.
enum CourierSocket {
  static func pair() -> (ours: Int32, theirs: Int32)? {
    var ends: [Int32] = [-1, -1]
    let kind = Int32(SOCK_STREAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue)
    guard unsafe socketpair(AF_UNIX, kind, 0, &ends) == 0 else { return nil }
    let theirs = fcntl(ends[1], F_DUPFD_CLOEXEC, 10)
    close(ends[1])
    guard theirs >= 0 else {
      close(ends[0])
      return nil
    }
    return (ends[0], theirs)
  }

  /// Makes reading an error once nothing has come for so long.
  static func limitSilence(of socket: Int32, to time: Duration) {
    var limit = timeval(tv_sec: Int(clamping: max(1, time.components.seconds)), tv_usec: 0)
    _ = unsafe setsockopt(
      socket, SOL_SOCKET, SO_RCVTIMEO, &limit, socklen_t(MemoryLayout<timeval>.size))
  }

  static func send(_ bytes: [UInt8], to socket: Int32) {
    var rest = bytes[...]
    while !rest.isEmpty {
      let count = unsafe rest.withUnsafeBytes { buffer in
        unsafe Glibc.send(socket, buffer.baseAddress, buffer.count, Int32(MSG_NOSIGNAL))
      }
      if count < 0 {
        guard errno == EINTR else { return }
        continue
      }
      rest = rest.dropFirst(count)
    }
  }
}
