import COpenSSL

/// A BIO that holds bytes in memory or reads a file, for PEM in and out.
///
/// Owns the pointer: nothing else frees it, and it does not leave this module.
@safe struct MemoryBIO: ~Copyable {
  let pointer: OpaquePointer

  private init(_ pointer: OpaquePointer) {
    unsafe self.pointer = unsafe pointer
  }

  deinit {
    unsafe BIO_free_all(pointer)
  }

  static func empty() throws(TLSError) -> MemoryBIO {
    try unsafe adopt(BIO_new(BIO_s_mem()), otherwise: "out of memory")
  }

  static func file(_ path: String) throws(TLSError) -> MemoryBIO {
    OpenSSLError.clearQueue()
    let failure = "cannot read the file \"\(printable(path, limit: 1024))\""
    guard !path.utf8.contains(0) else { throw .configuration(failure) }
    return try unsafe adopt(BIO_new_file(path, "r"), otherwise: failure)
  }

  /// Holds a copy of `text`.
  static func text(_ text: String) throws(TLSError) -> MemoryBIO {
    let bio = try empty()
    var text = text
    let isWritten = text.withUTF8 { bytes in
      var written = 0
      guard !bytes.isEmpty else { return true }
      return unsafe BIO_write_ex(bio.pointer, bytes.baseAddress, bytes.count, &written) == 1
        && written == bytes.count
    }
    guard isWritten else { throw .configuration("the text is too long to hold in memory") }
    return bio
  }

  private static func adopt(
    _ pointer: OpaquePointer?, otherwise summary: String
  ) throws(TLSError) -> MemoryBIO {
    guard let pointer = unsafe pointer else { throw .configuration(summary) }
    return unsafe MemoryBIO(pointer)
  }

  /// What has been written and not read, as UTF-8.
  var contents: String {
    var data: UnsafeMutablePointer<CChar>?
    let count = unsafe COpenSSL_BIO_get_mem_data(pointer, &data)
    guard let start = unsafe data, count > 0 else { return "" }
    let bytes = unsafe UnsafeRawBufferPointer(start: start, count: count)
    return unsafe String(decoding: bytes, as: UTF8.self)
  }
}
