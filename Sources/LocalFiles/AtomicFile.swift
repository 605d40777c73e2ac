package import Glibc

/// A file that appears whole or not at all, and survives a power failure once it is there.
///
/// It is prepared before what goes into it exists, so that a directory that cannot be written is
/// found out while nothing is lost by it.
package struct AtomicFile: ~Copyable {
  private let path: String
  private let temporaryPath: String
  private let descriptor: Int32
  private let steps: FileSteps?

  /// Prepares to write `path`: makes an empty file beside it.
  ///
  /// - Parameters:
  ///   - mode: who may read it; by default nobody but its owner.
  ///   - followsLinks: where `path` is a link, replace what it leads to. Otherwise a link is refused:
  ///     who can put one there must not choose what is overwritten.
  ///   - steps: is told of each step.
  package init(
    path: String, mode: mode_t = 0o600, followsLinks: Bool = true, steps: FileSteps? = nil
  ) throws(FileText.Failure) {
    let target = followsLinks ? Self.resolved(path) : path
    if !followsLinks { try Self.refuseLink(path) }
    try Self.refuseDevice(target)
    let temporary = try Self.temporary(target, mode)
    self.path = target
    temporaryPath = temporary.path
    descriptor = temporary.descriptor
    self.steps = steps
    steps?(.created, target)
  }

  /// A file of a new name beside `path`, which is locked for as long as somebody writes it.
  private static func temporary(
    _ path: String, _ mode: mode_t
  ) throws(FileText.Failure) -> (path: String, descriptor: Int32) {
    for _ in 0..<10 {
      let name = "\(path).\(String(UInt32.random(in: 0 ... .max), radix: 16)).tmp"
      let descriptor = unsafe open(name, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, mode)
      guard descriptor >= 0 else { throw .system("cannot write \(path)") }
      // Who sweeps may have come between: then the file is gone.
      var status = stat()
      let isOurs = flock(descriptor, LOCK_EX | LOCK_NB) == 0 || errno != EWOULDBLOCK
      if isOurs, unsafe fstat(descriptor, &status) == 0, status.st_nlink > 0 {
        return (name, descriptor)
      }
      unsafe unlink(name)
      close(descriptor)
    }
    throw FileText.Failure(
      description: "cannot write \(path): a new file beside it loses its name at once")
  }

  /// Puts the bytes in the place of whatever `path` was.
  package consuming func commit(_ bytes: [UInt8]) throws(FileText.Failure) {
    do {
      if let steps {
        try FileText.write(Array(bytes.prefix(bytes.count / 2)), to: descriptor)
        steps(.begun, path)
        try FileText.write(Array(bytes.dropFirst(bytes.count / 2)), to: descriptor)
      } else {
        try FileText.write(bytes, to: descriptor)
      }
    } catch {
      throw FileText.Failure(description: "cannot write \(path): \(error)")
    }
    steps?(.written, path)
    guard fsync(descriptor) == 0 else { throw .system("cannot write \(path)") }
    steps?(.synced, path)
    guard unsafe rename(temporaryPath, path) == 0 else { throw .system("cannot write \(path)") }
    steps?(.renamed, path)
    Self.syncDirectory(of: path)
    steps?(.directorySynced, path)
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
  package static func remove(
    path: String, steps: FileSteps? = nil
  ) throws(FileText.Failure) {
    guard unsafe unlink(path) == 0 || errno == ENOENT else {
      throw .system("cannot remove \(path)")
    }
    steps?(.removed, path)
    syncDirectory(of: path)
    steps?(.directorySynced, path)
  }

  /// Takes away what writers of `path` have left that died over it. One that lives keeps its file.
  package static func sweep(path: String) {
    let slash = path.lastIndex(of: "/")
    let directory = slash.map { String(path[...$0]) } ?? "./"
    let name = slash.map { String(path[path.index(after: $0)...]) } ?? path
    for entry in (try? FileNames.list(directory)) ?? [] where isTemporary(entry, of: name) {
      removeIfAbandoned(path: directory + entry)
    }
  }

  /// Takes a temporary file away, unless somebody is writing it.
  package static func removeIfAbandoned(path: String) {
    // The lock is held until the name is gone, so that no writer can come between.
    guard let lock = try? FileLock.tryToTake(existing: path) else { return }
    unsafe unlink(path)
    withExtendedLifetime(lock) {}
  }

  /// Whether a file is one that a writer of `name`, or of any file, has made beside it.
  package static func isTemporary(_ entry: String, of name: String? = nil) -> Bool {
    let parts = entry.split(separator: ".", omittingEmptySubsequences: false)
    guard parts.count >= 3, parts[parts.count - 1] == "tmp" else { return false }
    let number = parts[parts.count - 2]
    guard 1...8 ~= number.utf8.count, number.utf8.allSatisfy(isDigit) else { return false }
    return name.map { entry == "\($0).\(number).tmp" } ?? true
  }

  private static func isDigit(_ byte: UInt8) -> Bool {
    switch byte {
    case UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "a")...UInt8(ascii: "f"): true
    default: false
    }
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
