import Glibc

/// A system call that failed.
public struct SocketError: Error, Sendable, Equatable, CustomStringConvertible {
  /// The call, for example `connect`.
  public var operation: String
  /// The system's error number (`errno`).
  public var code: Int32
  /// The address that it was about, where there is one.
  public var address: String?

  /// A failed call.
  public init(operation: String, code: Int32, address: String? = nil) {
    self.operation = operation
    self.code = code
    self.address = address
  }

  /// The system's words for the error number, for example `Connection refused`.
  public var reason: String {
    unsafe withUnsafeTemporaryAllocation(of: CChar.self, capacity: 256) { buffer in
      guard let base = buffer.baseAddress, unsafe strerror_r(code, base, buffer.count) == 0 else {
        return "error \(code)"
      }
      return unsafe String(cString: base)
    }
  }

  /// The call, the address and the reason.
  public var description: String {
    let place = address.map { " \($0)" } ?? ""
    return "\(operation)\(place): \(reason)"
  }
}
