import CChildProcess
import CommandConsole
import Glibc
import LocalFiles

/// A program that this process has started. It is killed when nobody refers to it any more, and by the
/// system when the thread that started it ends: start it on the main thread, which ends last.
final class ChildProcess {
  /// How to start a program.
  struct Command: Sendable {
    /// The program, looked up in PATH where it has no slash, and its arguments.
    var arguments: [String]
    /// All the variables that the program gets.
    var environment: [String: String]
    /// The core that it runs on; nil for any.
    var core: Int?

    init(_ arguments: [String], environment: [String: String], core: Int? = nil) {
      self.arguments = arguments
      self.environment = environment
      self.core = core
    }

    /// How a shell would be told, for messages.
    var description: String { arguments.joined(separator: " ") }
  }

  /// Its number.
  let identifier: pid_t
  /// What it writes to standard output, if that was asked for.
  private let output: Int32
  private let command: Command
  private var isOver = false

  /// Starts a program.
  ///
  /// - Parameter readsOutput: whether ``wholeOutput(limit:)`` will be asked for; else it goes nowhere.
  ///   What it writes to standard error goes where this process's own goes if `showsErrors`.
  init(
    _ command: Command, readsOutput: Bool = false, showsErrors: Bool = false
  ) throws(CommandFailure) {
    let pipe = readsOutput ? try Self.makePipe() : nil
    let null = unsafe open("/dev/null", O_WRONLY | O_CLOEXEC)
    defer {
      close(null)
      if let pipe { close(pipe.write) }
    }
    do {
      identifier = try Self.start(
        command, output: pipe?.write ?? null, errors: showsErrors ? STDERR_FILENO : null)
    } catch {
      if let pipe { close(pipe.read) }
      throw error
    }
    output = pipe?.read ?? -1
    self.command = command
  }

  deinit {
    if output >= 0 { close(output) }
    guard !isOver else { return }
    kill(identifier, SIGKILL)
    Self.wait(for: identifier)
  }

  /// Whether it still runs.
  var isRunning: Bool {
    guard !isOver else { return false }
    isOver = waitpid(identifier, nil, WNOHANG) == identifier
    return !isOver
  }

  /// Waits until it has ended.
  ///
  /// - Returns: all of its standard output.
  /// - Throws: when it does not end well.
  func wholeOutput(limit: Int = 1 << 20) throws(CommandFailure) -> String {
    let bytes: [UInt8]
    do {
      bytes = try output < 0 ? [] : FileText.read(descriptor: output, limit: limit)
    } catch {
      throw .system("cannot read what '\(command.description)' prints: \(error)")
    }
    let status = Self.wait(for: identifier)
    isOver = true
    guard status == 0 else { throw Self.ended(command, status) }
    return String(decoding: bytes, as: UTF8.self)
  }

  /// Waits until it has ended, and looks at it every so many microseconds until then.
  ///
  /// - Throws: when it does not end well.
  func waitUntilEnd(
    pause microseconds: UInt32, _ look: () -> Void
  ) throws(CommandFailure) {
    var status: Int32 = 0
    while unsafe waitpid(identifier, &status, WNOHANG) == 0 {
      look()
      usleep(microseconds)
    }
    isOver = true
    guard status == 0 else { throw Self.ended(command, status) }
  }

  /// What its next line of output is; nil when there is none.
  func nextLine() -> String? {
    var line: [UInt8] = []
    var byte: UInt8 = 0
    while unsafe read(output, &byte, 1) == 1, line.count < 4_096 {
      if byte == UInt8(ascii: "\n") { return String(decoding: line, as: UTF8.self) }
      line.append(byte)
    }
    return nil
  }

  // MARK: Inner

  private static func start(
    _ command: Command, output: Int32, errors: Int32
  ) throws(CommandFailure) -> pid_t {
    var process: pid_t = 0
    let variables = command.environment.map { "\($0.key)=\($0.value)" }
    let failure = unsafe withCStrings(command.arguments) { arguments in
      unsafe withCStrings(variables) { environment in
        unsafe child_process_start(
          arguments, environment, Int32(command.core ?? -1), output, errors, &process)
      }
    }
    guard failure == 0 else {
      throw .system(
        "cannot start '\(command.arguments.first ?? "")': \(FileText.Failure.system(nil, failure))")
    }
    return process
  }

  private static func makePipe() throws(CommandFailure) -> (read: Int32, write: Int32) {
    var ends: [Int32] = [-1, -1]
    guard unsafe pipe(&ends) == 0 else { throw .system("no pipe: \(FileText.Failure.system())") }
    // No other program starts in between: programs are started by one thread only.
    for end in ends { _ = fcntl(end, F_SETFD, FD_CLOEXEC) }
    return (ends[0], ends[1])
  }

  @discardableResult
  private static func wait(for process: pid_t) -> Int32 {
    var status: Int32 = 0
    while unsafe waitpid(process, &status, 0) < 0 && errno == EINTR {}
    return status
  }

  private static func ended(_ command: Command, _ status: Int32) -> CommandFailure {
    let signal = status & 0x7F
    let how = signal == 0 ? "exit code \(status >> 8 & 0xFF)" : "signal \(signal)"
    return .system("'\(command.description)' ended with \(how)")
  }
}

/// Lends texts as C wants them: an array of pointers that ends with a null pointer.
private func withCStrings<Result>(
  _ texts: [String], _ body: (UnsafePointer<UnsafeMutablePointer<CChar>?>) -> Result
) -> Result {
  var pointers = unsafe texts.map { unsafe strdup($0) } + [nil]
  defer { unsafe pointers.forEach { unsafe free($0) } }
  return unsafe body(&pointers)
}
