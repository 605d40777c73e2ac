import Glibc

/// The memory of a ``Secret``: allocated once, never changed, wiped before it is freed.
///
/// Sendable without a lock: `bytes` is written in the initialiser only, and freed when no
/// reference is left.
@safe final class SecretStorage: @unchecked Sendable {
  private let bytes: UnsafeMutableRawBufferPointer

  init(copying source: UnsafeRawBufferPointer) {
    unsafe bytes = .allocate(byteCount: source.count, alignment: 1)
    unsafe bytes.copyMemory(from: source)
  }

  deinit {
    // `explicit_bzero`, because a plain fill of memory about to be freed may be optimised away.
    if let base = unsafe bytes.baseAddress { unsafe explicit_bzero(base, bytes.count) }
    unsafe bytes.deallocate()
  }

  var count: Int { unsafe bytes.count }

  func withBytes<Result, Failure: Error>(
    _ body: (UnsafeRawBufferPointer) throws(Failure) -> Result
  ) throws(Failure) -> Result {
    defer { withExtendedLifetime(self) {} }
    return try unsafe body(UnsafeRawBufferPointer(bytes))
  }
}
