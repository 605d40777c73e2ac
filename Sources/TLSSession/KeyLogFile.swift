import Glibc

/// An open key log. Lines of different threads and processes do not mix, because each line is one
/// `write` to a descriptor opened for appending.
final class KeyLogFile: Sendable {
  private let descriptor: Int32

  /// Opens or makes the file; a regular file is closed to everyone but its owner (0600), even if
  /// it was there before with a wider mode.
  init(path: String) throws(TLSError) {
    let flags = O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC
    let opened = path.utf8.contains(0) ? -1 : unsafe open(path, flags, 0o600)
    guard opened >= 0 else {
      throw TLSError(
        phase: .configuration,
        summary: "cannot open the key log file \"\(printable(path, limit: 1024))\" (errno \(errno))"
      )
    }
    descriptor = opened
    try restrict(path)
  }

  deinit {
    close(descriptor)
  }

  private func restrict(_ path: String) throws(TLSError) {
    var status = stat()
    guard unsafe fstat(descriptor, &status) == 0 else { return }
    let isRegular = status.st_mode & S_IFMT == S_IFREG
    guard isRegular, status.st_mode & 0o077 != 0, fchmod(descriptor, 0o600) != 0 else { return }
    throw TLSError(
      phase: .configuration,
      summary: """
        the key log file "\(printable(path, limit: 1024))" is open to other users and belongs to \
        someone else; remove it or choose another
        """)
  }

  /// Appends `line` and a newline. A failed write is dropped: the log is an aid to debugging, and
  /// must not break a handshake.
  func append(_ line: UnsafePointer<CChar>) {
    let count = unsafe strlen(line)
    unsafe withUnsafeTemporaryAllocation(of: CChar.self, capacity: count + 1) { buffer in
      guard let start = buffer.baseAddress else { return }
      unsafe start.initialize(from: line, count: count)
      unsafe (start + count).initialize(to: CChar(bitPattern: UInt8(ascii: "\n")))
      _ = unsafe write(descriptor, start, count + 1)
    }
  }
}
