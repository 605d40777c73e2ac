import Glibc
import Locking

/// Runs what blocks on a thread of its own.
func onThread<Value: Sendable>(
  _ body: @escaping @Sendable () throws -> Value
) async throws -> Value {
  try await withCheckedThrowingContinuation { continuation in
    do {
      try startThread(named: "blocking") { continuation.resume(with: Result { try body() }) }
    } catch {
      continuation.resume(throwing: error)
    }
  }
}

/// Sends bytes on a socket that blocks, and that may have been closed by the peer.
///
/// - Returns: whether all could be sent.
func sendAll(_ bytes: [UInt8], on descriptor: Int32) -> Bool {
  var sent = 0
  while sent < bytes.count {
    let count = unsafe bytes.withUnsafeBytes {
      unsafe Glibc.send(
        descriptor, $0.baseAddress.map { unsafe $0 + sent }, bytes.count - sent,
        Int32(MSG_NOSIGNAL))
    }
    guard count > 0 else { return false }
    sent += count
  }
  return true
}
