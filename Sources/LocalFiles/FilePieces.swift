import Glibc

/// Reads a file, a pipe or a socket piece by piece.
package final class FilePieces {
  private let descriptor: Int32
  private let isOwned: Bool

  /// Opens a file.
  package init(path: String) throws(FileText.Failure) {
    descriptor = path.utf8.contains(0) ? -1 : unsafe open(path, O_RDONLY | O_CLOEXEC)
    guard descriptor >= 0 else { throw .system("cannot read \(path)") }
    isOwned = true
  }

  /// Reads a descriptor that stays open behind the reader.
  package init(descriptor: Int32) {
    self.descriptor = descriptor
    isOwned = false
  }

  deinit { if isOwned { close(descriptor) } }

  /// What is there, `most` bytes at most; none at the end. It waits as long as nothing is there.
  package func next(_ most: Int) throws(FileText.Failure) -> [UInt8] {
    while true {
      var number: Int32 = 0
      // As many bytes are initialised as the system says that it has written.
      let bytes = unsafe [UInt8](unsafeUninitializedCapacity: most) { buffer, count in
        let found = unsafe read(descriptor, buffer.baseAddress, buffer.count)
        number = found < 0 ? errno : 0
        count = max(0, found)
      }
      if number == 0 { return bytes }
      guard number == EINTR else { throw .system(nil, number) }
    }
  }

  /// Whether ``next(_:)`` would return at once.
  package var isReady: Bool {
    var request = pollfd(fd: descriptor, events: Int16(POLLIN), revents: 0)
    return unsafe poll(&request, 1, 0) != 0
  }
}
