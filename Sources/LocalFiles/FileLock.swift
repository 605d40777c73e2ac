import Glibc

/// An exclusive lock between processes, on a file that is there for nothing else (flock(2)). It is let
/// go of when the value goes, or the process dies.
///
/// On a network file system the lock may hold on this machine only.
package struct FileLock: ~Copyable {
  private let descriptor: Int32

  /// Takes the lock, and waits for whoever has it.
  package init(path: String) throws(FileText.Failure) {
    try self.init(path: path, operation: LOCK_EX)
  }

  /// Takes the lock if nobody has it.
  ///
  /// - Returns: nil when somebody has.
  package static func tryToTake(path: String) throws(FileText.Failure) -> FileLock? {
    try tryToTake(path: path, flags: O_CREAT)
  }

  /// Takes the lock on a file that is there, if nobody has it.
  ///
  /// - Returns: nil when somebody has.
  package static func tryToTake(existing path: String) throws(FileText.Failure) -> FileLock? {
    try tryToTake(path: path, flags: 0)
  }

  private static func tryToTake(
    path: String, flags: Int32
  ) throws(FileText.Failure) -> FileLock? {
    do {
      return try FileLock(path: path, operation: LOCK_EX | LOCK_NB, flags: flags)
    } catch {
      guard error.wouldBlock else { throw error }
      return nil
    }
  }

  private init(
    path: String, operation: Int32, flags: Int32 = O_CREAT
  ) throws(FileText.Failure) {
    let flags = O_RDWR | flags | O_CLOEXEC | O_NOFOLLOW
    let descriptor = unsafe open(path, flags, mode_t(0o600))
    guard descriptor >= 0 else { throw .system("cannot lock \(path)") }
    while flock(descriptor, operation) != 0 {
      let number = errno
      guard number == EINTR else {
        close(descriptor)
        throw .system("cannot lock \(path)", number)
      }
    }
    self.descriptor = descriptor
  }

  /// Another descriptor of the same lock (fcntl(2), F_DUPFD_CLOEXEC): it is held until all are closed.
  ///
  /// - Returns: -1 when there is none to have.
  package func duplicate(above least: Int32) -> Int32 {
    fcntl(descriptor, F_DUPFD_CLOEXEC, least)
  }

  deinit { close(descriptor) }
}
