import CommandConsole
import Glibc
import LocalFiles

/// How many files and sockets this process may have open (RLIMIT_NOFILE).
enum DescriptorLimit {
  /// What the process needs besides the connections of a measurement.
  private static let others: UInt64 = 100

  /// Raises the limit as far as this process may; what it starts inherits that.
  ///
  /// - Throws: when `connections` do not fit even so.
  static func raise(forConnections connections: Int) throws(CommandFailure) {
    var limit = rlimit()
    guard unsafe getrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit) == 0 else {
      throw .system("cannot read the limit of open files: \(FileText.Failure.system())")
    }
    limit.rlim_cur = limit.rlim_max
    _ = unsafe setrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit)
    let most = UInt64(limit.rlim_max) - min(UInt64(limit.rlim_max), others)
    guard most >= UInt64(connections) else {
      throw .system(
        "this process may have \(limit.rlim_max) files open, too few for \(connections) connections",
        hint: "Raise the hard limit ('ulimit -Hn'), or give --connections \(most) at most.")
    }
  }
}
