import CLinux
import Glibc

/// What a test puts in a socket's place: a connection in memory.
protocol SocketStandIn: AnyObject {
  var connectResult: Int32 { get }
  func receive(into buffer: UnsafeMutableRawBufferPointer) -> Socket.TransferResult
  func send(_ bytes: UnsafeRawBufferPointer) -> Socket.TransferResult
  func close()
}

/// A TCP socket that never blocks. It owns its descriptor, and is owned by one loop.
final class Socket {
  /// -1 once the socket is closed.
  private(set) var descriptor: Int32
  /// Nil but in tests.
  private let standIn: (any SocketStandIn)?

  /// Takes over a descriptor: a new one, or one that another socket let go of with ``detach()``.
  init(adopting descriptor: Int32) {
    self.descriptor = descriptor
    standIn = nil
  }

  /// - Parameter number: tells the stand-ins of a loop apart; no descriptor of the system's.
  init(_ standIn: any SocketStandIn, number: Int32) {
    descriptor = number
    self.standIn = standIn
  }

  deinit { close() }

  /// Lets go of the descriptor without closing it, to hand it to another loop.
  func detach() -> Int32 {
    defer { descriptor = -1 }
    return descriptor
  }

  func close() {
    guard descriptor >= 0 else { return }
    if let standIn { standIn.close() } else { Glibc.close(descriptor) }
    descriptor = -1
  }

  private static let kind =
    Int32(SOCK_STREAM.rawValue) | Int32(SOCK_NONBLOCK.rawValue)
    | Int32(SOCK_CLOEXEC.rawValue)

  private static func make(_ address: SocketAddress) throws(SocketError) -> Socket {
    let descriptor = socket(address.family, kind, 0)
    guard descriptor >= 0 else {
      throw SocketError(operation: "socket", code: errno, address: address.description)
    }
    return Socket(adopting: descriptor)
  }

  // MARK: Client

  /// Begins to connect. The socket is writable once that has succeeded or failed.
  static func connecting(to address: SocketAddress) throws(SocketError) -> Socket {
    let socket = try make(address)
    socket.set(Int32(IPPROTO_TCP), TCP_NODELAY, 1)
    let result = unsafe address.withSockaddr { unsafe connect(socket.descriptor, $0, $1) }
    guard result == 0 || errno == EINPROGRESS else {
      throw SocketError(operation: "connect to", code: errno, address: address.description)
    }
    return socket
  }

  /// How the connecting ended: 0, or the error number.
  var connectResult: Int32 {
    if let standIn { return standIn.connectResult }
    var code: Int32 = 0
    var size = socklen_t(MemoryLayout<Int32>.size)
    guard unsafe getsockopt(descriptor, SOL_SOCKET, SO_ERROR, &code, &size) == 0 else {
      return errno
    }
    return code
  }

  // MARK: Server

  static func listening(on address: SocketAddress, backlog: Int32) throws(SocketError) -> Socket {
    let socket = try make(address)
    socket.set(SOL_SOCKET, SO_REUSEADDR, 1)
    if address.isIPv6 { socket.set(Int32(IPPROTO_IPV6), IPV6_V6ONLY, 1) }
    guard unsafe address.withSockaddr({ unsafe bind(socket.descriptor, $0, $1) }) == 0 else {
      throw SocketError(operation: "bind", code: errno, address: address.description)
    }
    guard listen(socket.descriptor, backlog) == 0 else {
      throw SocketError(operation: "listen on", code: errno, address: address.description)
    }
    return socket
  }

  enum AcceptResult {
    case socket(Socket, SocketAddress)
    case wouldBlock
    /// The connection was gone before it was accepted, or the like: try the next.
    case skipped
    /// No descriptors are left, or the like: wait before the next try.
    case failed(SocketError)
  }

  func accept() -> AcceptResult {
    var storage = sockaddr_storage()
    var size = socklen_t(MemoryLayout<sockaddr_storage>.size)
    let fd = unsafe withUnsafeMutableBytes(of: &storage) { bytes in
      let address = unsafe bytes.bindMemory(to: sockaddr.self)
      return unsafe accept4(
        descriptor, address.baseAddress, &size,
        Int32(SOCK_NONBLOCK.rawValue) | Int32(SOCK_CLOEXEC.rawValue))
    }
    guard fd >= 0 else { return Self.acceptFailure(errno) }
    let socket = Socket(adopting: fd)
    socket.set(Int32(IPPROTO_TCP), TCP_NODELAY, 1)
    guard let address = storage.address else { return .skipped }
    return .socket(socket, address)
  }

  private static func acceptFailure(_ code: Int32) -> AcceptResult {
    switch code {
    case EAGAIN: .wouldBlock
    case EMFILE, ENFILE, ENOBUFS, ENOMEM: .failed(SocketError(operation: "accept", code: code))
    default: .skipped
    }
  }

  var localAddress: SocketAddress? {
    var storage = sockaddr_storage()
    var size = socklen_t(MemoryLayout<sockaddr_storage>.size)
    let result = unsafe withUnsafeMutableBytes(of: &storage) { bytes in
      let address = unsafe bytes.bindMemory(to: sockaddr.self)
      return unsafe getsockname(descriptor, address.baseAddress, &size)
    }
    return result == 0 ? storage.address : nil
  }

  // MARK: Bytes

  enum TransferResult {
    case bytes(Int)
    case wouldBlock
    case endOfFile
    case failed(SocketError)
  }

  func receive(into buffer: UnsafeMutableRawBufferPointer) -> TransferResult {
    if let standIn { return unsafe standIn.receive(into: buffer) }
    while true {
      let count = unsafe recv(descriptor, buffer.baseAddress, buffer.count, 0)
      if count > 0 { return .bytes(count) }
      if count == 0 { return .endOfFile }
      if errno == EINTR { continue }
      if errno == EAGAIN { return .wouldBlock }
      return .failed(SocketError(operation: "recv", code: errno))
    }
  }

  func send(_ bytes: UnsafeRawBufferPointer) -> TransferResult {
    if let standIn { return unsafe standIn.send(bytes) }
    while true {
      let count = unsafe Glibc.send(
        descriptor, bytes.baseAddress, bytes.count, Int32(MSG_NOSIGNAL))
      if count >= 0 { return .bytes(count) }
      if errno == EINTR { continue }
      if errno == EAGAIN { return .wouldBlock }
      return .failed(SocketError(operation: "send", code: errno))
    }
  }

  private func set(_ level: Int32, _ option: Int32, _ value: Int32) {
    var value = value
    unsafe setsockopt(descriptor, level, option, &value, socklen_t(MemoryLayout<Int32>.size))
  }
}

extension sockaddr_storage {
  fileprivate var address: SocketAddress? {
    unsafe withUnsafeBytes(of: self) { bytes in
      unsafe bytes.bindMemory(to: sockaddr.self).baseAddress.flatMap { unsafe SocketAddress($0) }
    }
  }
}
