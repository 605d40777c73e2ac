package import Glibc

/// A file that appears whole or not at all, and survives a power failure once it is there.
///
/// It is prepared before what goes into it exists, so that a directory that cannot be written is
/// found out while nothing is lost by it.
package struct AtomicFile: ~Copyable {
  private let path: String
  private let temporaryPath: String
  private let descriptor: Int32

  /// Prepares to write `path`: makes an empty file beside it.
  ///
  /// - Parameters:
  ///   - mode: who may read it; by default nobody but its owner.
  ///   - followsLinks: where `path` is a link, replace what it leads to. Otherwise a link is refused:
  ///     who can put one there must not choose what is overwritten.
  package init(
    path: String, mode: mode_t = 0o600, followsLinks: Bool = true
  ) throws(FileText.Failure) {
    let target = followsLinks ? Self.resolved(path) : path
    if !followsLinks { try Self.refuseLink(path) }
    try Self.refuseDevice(target)
    let temporaryPath = "\(target).\(String(UInt32.random(in: 0 ... .max), radix: 16)).tmp"
    let flags = O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC
    let descriptor = unsafe open(temporaryPath, flags, mode)
    guard descriptor >= 0 else { throw .system("cannot write \(path)") }
    self.path = target
    self.temporaryPath = temporaryPath
    self.descriptor = descriptor
  }

  /// Puts the bytes in the place of whatever `path` was.
  package consuming func commit(_ bytes: [UInt8]) throws(FileText.Failure) {
    do {
      try FileText.write(bytes, to: descriptor)
    } catch {
      throw FileText.Failure(description: "cannot write \(path): \(error)")
    }
    guard fsync(descriptor) == 0, unsafe rename(temporaryPath, path) == 0 else {
      throw .system("cannot write \(path)")
    }
    Self.syncDirectory(of: path)
  }

  /// Proves that so many bytes could be written, and writes nothing to `path`.
  package consuming func proveRoom(for count: Int) throws(FileText.Failure) {
    do {
      try FileText.write([UInt8](repeating: 0, count: max(0, count)), to: descriptor)
    } catch {
      throw FileText.Failure(description: "cannot write \(path): \(error)")
    }
    guard fsync(descriptor) == 0 else { throw .system("cannot write \(path)") }
  }

  /// Takes a file away, for good once this returns; that there is none is fine.
  package static func remove(path: String) throws(FileText.Failure) {
    guard unsafe unlink(path) == 0 || errno == ENOENT else {
      throw .system("cannot remove \(path)")
    }
    syncDirectory(of: path)
  }

  deinit {
    close(descriptor)
    // After a commit there is nothing of that name.
    unsafe unlink(temporaryPath)
  }

  /// A device or a directory must not be replaced by a file.
  private static func refuseDevice(_ path: String) throws(FileText.Failure) {
    var status = stat()
    guard unsafe stat(path, &status) == 0, status.st_mode & S_IFMT != S_IFREG else { return }
    throw FileText.Failure(description: "cannot write \(path): it is not a regular file")
  }

  private static func refuseLink(_ path: String) throws(FileText.Failure) {
    var status = stat()
    guard unsafe lstat(path, &status) == 0, status.st_mode & S_IFMT == S_IFLNK else { return }
    throw FileText.Failure(
      description: "cannot write \(path): it is a symbolic link",
      advice: "Name the file that it leads to.", isRefused: true)
  }

  private static func resolved(_ path: String) -> String {
    guard let real = unsafe realpath(path, nil) else { return path }
    defer { unsafe free(real) }
    return unsafe String(cString: real)
  }

  /// The name of the file is an entry of its directory, which must reach the disk too. The file is in
  /// its place by now, so a failure is no reason to say that it is not.
  private static func syncDirectory(of path: String) {
    let parent = path.lastIndex(of: "/").map { String(path[...$0]) } ?? "."
    let descriptor = unsafe open(parent, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
    guard descriptor >= 0 else { return }
    fsync(descriptor)
    close(descriptor)
  }
}
