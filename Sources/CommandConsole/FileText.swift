import Glibc

/// Reading and writing whole files, with the system's words for what goes wrong.
package enum FileText {
  /// Why a file cannot be used.
  package struct Failure: Error, CustomStringConvertible {
    package let description: String
    /// Whether nobody reads what is written, which is no reason for alarm: `… | head`.
    package var isClosedPipe = false

    package init(description: String, isClosedPipe: Bool = false) {
      self.description = description
      self.isClosedPipe = isClosedPipe
    }

    package static func system(_ what: String? = nil, _ number: Int32 = errno) -> Failure {
      let reason = unsafe strerror(number).map { unsafe String(cString: $0) } ?? "error \(number)"
      return Failure(
        description: what.map { "\($0): \(reason)" } ?? reason, isClosedPipe: number == EPIPE)
    }
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
    var rest = bytes[...]
    while !rest.isEmpty {
      let count = unsafe rest.withUnsafeBytes { buffer in
        unsafe Glibc.write(descriptor, buffer.baseAddress, buffer.count)
      }
      if count < 0 {
        guard errno == EINTR else { throw .system() }
        continue
      }
      rest = rest.dropFirst(count)
    }
  }
}
