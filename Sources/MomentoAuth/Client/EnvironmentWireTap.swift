import FoundationEssentials
import GRPCTransport
import Glibc

/// The capture file that the environment asks for, one for all clients of the process.
///
/// `MOMENTO_AUTH_WIRE_CAPTURE` names a file into which the HTTP/2 bytes of every connection go, before
/// TLS: all that is called, **with every key and token**. It is for debugging, and for files that
/// are removed afterwards; `wiredump dump` and Wireshark read them.
enum EnvironmentWireTap {
  private static let variable = "MOMENTO_AUTH_WIRE_CAPTURE"

  private static let made: Result<FileWireTap?, FileWireTapError> = {
    guard let path = ProcessInfo.processInfo.environment[variable], !path.isEmpty else {
      return .success(nil)
    }
    do throws(FileWireTapError) {
      let tap = try FileWireTap(path: path, role: .client)
      // A process that ends at once has not yet written what it saw last.
      atexit { EnvironmentWireTap.flush() }
      return .success(tap)
    } catch {
      return .failure(error)
    }
  }()

  /// The tap; nil if the variable is not set.
  ///
  /// - Throws: INVALID_ARGUMENT if the file cannot be made.
  static var tap: FileWireTap? {
    get throws(MomentoError) {
      switch made {
      case .success(let tap): return tap
      case .failure(let error):
        throw .invalidArgument(
          "\(variable) names a file that cannot be used: \(error).",
          advice: "Name a file in a directory that you may write to, or unset the variable.")
      }
    }
  }

  private static func flush() { try? made.get()?.flush() }
}
