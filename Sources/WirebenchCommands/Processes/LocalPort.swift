import CommandConsole
import Glibc
import LocalFiles

/// Ports of the loopback address.
enum LocalPort {
  /// A port that nobody listens on. It is free now; nobody promises that it stays so.
  static func free() throws(CommandFailure) -> Int {
    let (descriptor, port) = try bound()
    close(descriptor)
    return port
  }

  /// A socket that listens, and its port.
  static func listen() throws(CommandFailure) -> (descriptor: Int32, port: Int) {
    let (descriptor, port) = try bound()
    guard Glibc.listen(descriptor, 128) == 0 else {
      defer { close(descriptor) }
      throw .system("cannot listen on a port: \(FileText.Failure.system())")
    }
    return (descriptor, port)
  }

  private static func bound() throws(CommandFailure) -> (descriptor: Int32, port: Int) {
    let descriptor = try openSocket()
    var address = loopback(port: 0)
    var size = socklen_t(MemoryLayout<sockaddr_in>.size)
    let isBound = unsafe withUnsafeMutablePointer(to: &address) { pointer in
      unsafe pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { address in
        unsafe bind(descriptor, address, size) == 0 && getsockname(descriptor, address, &size) == 0
      }
    }
    guard isBound else {
      defer { close(descriptor) }
      throw .system("no free port: \(FileText.Failure.system())")
    }
    return (descriptor, Int(UInt16(bigEndian: address.sin_port)))
  }

  /// Connects to a port.
  ///
  /// - Returns: the socket, or nil when it is refused.
  static func connect(_ port: Int) throws(CommandFailure) -> Int32? {
    let descriptor = try openSocket()
    var address = loopback(port: port)
    let size = socklen_t(MemoryLayout<sockaddr_in>.size)
    let isConnected = unsafe withUnsafeMutablePointer(to: &address) { pointer in
      unsafe pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { address in
        unsafe Glibc.connect(descriptor, address, size) == 0
      }
    }
    if !isConnected { close(descriptor) }
    return isConnected ? descriptor : nil
  }

  private static func openSocket() throws(CommandFailure) -> Int32 {
    let kind = Int32(SOCK_STREAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue)
    let descriptor = socket(AF_INET, kind, 0)
    guard descriptor >= 0 else { throw .system("no socket: \(FileText.Failure.system())") }
    return descriptor
  }

  private static func loopback(port: Int) -> sockaddr_in {
    var address = sockaddr_in()
    address.sin_family = sa_family_t(AF_INET)
    address.sin_port = UInt16(truncatingIfNeeded: port).bigEndian
    address.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
    return address
  }
}
