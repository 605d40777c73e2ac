import Glibc
import LocalFiles
import SecretStores

/// Asks for a new key in a process of its own, which keeps the answer on disk before it says anything:
/// so that a rotator that is killed in the middle of the call loses nothing, even where the service
/// takes each refresh token once.
///
/// The process is this very executable, begun anew. It must call ``serve(_:)`` when it gets the
/// arguments that are named here. What is secret goes through a socket, never through arguments or the
/// environment. It runs in a session of its own, and heeds no request to end.
///
/// Without a spool directory there is no use for it, and the call is made in the rotator's process; so
/// it is where no process can be started.
public struct Courier: Sendable, Hashable {
  let executable: String
  let arguments: [String]

  /// Names a process.
  ///
  /// - Parameters:
  ///   - arguments: what makes the executable a courier. They are no secret: others can see them.
  ///   - executable: this one, unless another is given.
  public init(arguments: [String], executable: String = "/proc/self/exe") {
    self.executable = executable
    self.arguments = arguments
  }

  /// Does a courier's work: reads from standard input what is to be done, asks the service, keeps the
  /// key and answers. The process is to end afterwards.
  ///
  /// - Parameter strategy: how a new key is come by, as the rotator has it.
  /// - Returns: false when what standard input says is nothing for a courier, or is not whole; then
  ///   nothing has been done.
  public static func serve(_ strategy: any RotationStrategy) async -> Bool {
    for number in [SIGTERM, SIGINT, SIGHUP, SIGQUIT, SIGABRT, SIGPIPE] {
      _ = signal(number, SIG_IGN)
    }
    guard let bytes = try? FileText.read(descriptor: STDIN_FILENO, limit: Self.mostBytes),
      let request = CourierRequest(parsing: bytes)
    else { return false }
    let answer = await request.answer(with: strategy)
    CourierSocket.send(answer.encodedRevealingSecrets(), to: STDOUT_FILENO)
    return true
  }

  static let mostBytes = 2 * 1_024 * 1_024
}
