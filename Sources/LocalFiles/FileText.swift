import Glibc

/// Reading and writing whole files, with the system's words for what goes wrong.
package enum FileText {
  /// Why a file cannot be used.
  package struct Failure: Error, CustomStringConvertible {
    package let description: String
    /// What to do about it, where that is not plain.
    package var advice: String
    /// The system's number for it, where it comes from the system.
    package var number: Int32?
    /// Whether the system or we refuse the use of this file, so that a person has to act.
    package var isRefused: Bool

    package init(description: String, advice: String = "", isRefused: Bool = false) {
      self.description = description
      self.advice = advice
      self.isRefused = isRefused
    }

    package static func system(_ what: String? = nil, _ number: Int32 = errno) -> Failure {
      let reason = unsafe strerror(number).map { unsafe String(cString: $0) } ?? "error \(number)"
      var failure = Failure(
        description: what.map { "\($0): \(reason)" } ?? reason,
        isRefused: [EACCES, EPERM, ELOOP].contains(number))
      failure.number = number
      return failure
    }

    /// Whether nobody reads what is written, which is no reason for alarm: `… | head`.
    package var isClosedPipe: Bool { number == EPIPE }
    /// Whether there is no such file.
    package var isMissing: Bool { number == ENOENT || number == ENOTDIR }
    /// Whether it would have to be waited for: somebody else has it, or nothing came in time.
    package var wouldBlock: Bool { number == EWOULDBLOCK }
  }

  /// The bytes of a file of at most `limit` bytes.
  package static func read(path: String, limit: Int) throws(Failure) -> [UInt8] {
    let descriptor = unsafe open(path, O_RDONLY | O_CLOEXEC)
    guard descriptor >= 0 else { throw .system("cannot read \(path)") }
    defer { close(descriptor) }
    do {
      return try read(descriptor: descriptor, limit: limit)
    } catch {
      throw Failure(description: "cannot read \(path): \(error)")
    }
  }

  /// The bytes of a file that only its owner, this process's user or root, may read and write.
  ///
  /// - Parameter allowsReadable: also read a file that others may read.
  package static func readPrivate(
    path: String, limit: Int, allowsReadable: Bool = false
  ) throws(Failure) -> [UInt8] {
    let descriptor = unsafe open(path, O_RDONLY | O_CLOEXEC)
    guard descriptor >= 0 else { throw .system("cannot read \(path)") }
    defer { close(descriptor) }
    var status = stat()
    guard unsafe fstat(descriptor, &status) == 0 else { throw .system("cannot read \(path)") }
    guard status.st_mode & S_IFMT == S_IFREG else {
      throw Failure(
        description: "cannot read \(path): it is not a regular file", isRefused: true)
    }
    guard allowsReadable || status.st_mode & 0o077 == 0 else {
      throw Failure(
        description: "cannot read \(path): others than its owner may read or write it",
        advice: "Run: chmod 600 \(path)", isRefused: true)
    }
    guard allowsReadable || status.st_uid == geteuid() || status.st_uid == 0 else {
      throw Failure(
        description: "cannot read \(path): it belongs to another user", isRefused: true)
    }
    do {
      return try read(descriptor: descriptor, limit: limit)
    } catch {
      var failure = Failure(description: "cannot read \(path): \(error)")
      failure.number = error.number
      throw failure
    }
  }

  /// What a descriptor has until its end.
  package static func read(descriptor: Int32, limit: Int) throws(Failure) -> [UInt8] {
    var bytes: [UInt8] = []
    var chunk = [UInt8](repeating: 0, count: 16 * 1024)
    while true {
      let count = unsafe Glibc.read(descriptor, &chunk, chunk.count)
      if count == 0 { return bytes }
      if count < 0 {
        guard errno == EINTR else { throw .system() }
        continue
      }
      bytes += chunk[..<count]
      guard bytes.count <= limit else {
        throw Failure(description: "it is larger than \(limit) bytes")
      }
    }
  }

  /// Writes all bytes to a descriptor.
  package static func write(_ bytes: [UInt8], to descriptor: Int32) throws(Failure) {
    try write(bytes.span, to: descriptor)
  }

  /// Writes all bytes to a descriptor.
  package static func write(_ bytes: Span<UInt8>, to descriptor: Int32) throws(Failure) {
    var start = 0
    while start < bytes.count {
      let count = unsafe bytes.extracting(start..<bytes.count).withUnsafeBytes { buffer in
        unsafe Glibc.write(descriptor, buffer.baseAddress, buffer.count)
      }
      if count < 0 {
        guard errno == EINTR else { throw .system() }
        continue
      }
      start += count
    }
  }
}
