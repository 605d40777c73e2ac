import CommandConsole
import Glibc
import LocalFiles

/// Where this process is.
enum Executable {
  /// Its own program.
  static var path: String {
    get throws(CommandFailure) { try resolved("/proc/self/exe") }
  }

  /// The directory that it works in.
  static var workingDirectory: String {
    get throws(CommandFailure) { try resolved(".") }
  }

  private static func resolved(_ path: String) throws(CommandFailure) -> String {
    guard let real = unsafe realpath(path, nil) else {
      throw .system("cannot find \(path): \(FileText.Failure.system())")
    }
    defer { unsafe free(real) }
    return unsafe String(cString: real)
  }
}
