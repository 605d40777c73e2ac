import CommandConsole
import Glibc
import LocalFiles

/// The client's end of an HTTP/2 connection on which nothing happens: a socket and nothing else.
final class IdleConnection {
  private static let preface = Array("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n".utf8)
  private static let settings: [UInt8] = [0, 0, 0, 4, 0, 0, 0, 0, 0]
  private static let acknowledgement: [UInt8] = [0, 0, 0, 4, 1, 0, 0, 0, 0]
  private static let headerSize = 9

  private let descriptor: Int32

  /// Connects, and exchanges SETTINGS and their acknowledgements.
  init(port: Int) throws(CommandFailure) {
    guard let descriptor = try LocalPort.connect(port) else {
      throw .system("the server refuses a connection: \(FileText.Failure.system())")
    }
    self.descriptor = descriptor
    var patience = timeval(tv_sec: 10, tv_usec: 0)
    let size = socklen_t(MemoryLayout<timeval>.size)
    unsafe setsockopt(descriptor, SOL_SOCKET, SO_RCVTIMEO, &patience, size)
    do {
      try FileText.write(Self.preface + Self.settings, to: descriptor)
      try Self.awaitSettings(descriptor)
      try FileText.write(Self.acknowledgement, to: descriptor)
    } catch {
      throw .system("the server does not speak HTTP/2: \(error)")
    }
  }

  deinit {
    close(descriptor)
  }

  /// Whether the server has not closed it. What the server has sent meanwhile is thrown away.
  func isStillOpen() -> Bool {
    var chunk = [UInt8](repeating: 0, count: 1_024)
    while true {
      let count = unsafe recv(descriptor, &chunk, chunk.count, Int32(MSG_DONTWAIT))
      if count == 0 { return false }
      if count < 0 && errno != EINTR { return errno == EAGAIN }
    }
  }

  /// Reads until the server has sent its SETTINGS and acknowledged ours.
  private static func awaitSettings(_ descriptor: Int32) throws(FileText.Failure) {
    var hasSettings = false
    var isAcknowledged = false
    while !(hasSettings && isAcknowledged) {
      let header = try read(headerSize, from: descriptor)
      let length = Int(header[0]) << 16 | Int(header[1]) << 8 | Int(header[2])
      _ = try read(length, from: descriptor)
      guard header[3] == 4 else { continue }
      if header[4] & 1 == 1 { isAcknowledged = true } else { hasSettings = true }
    }
  }

  private static func read(
    _ count: Int, from descriptor: Int32
  ) throws(FileText.Failure) -> [UInt8] {
    var bytes = [UInt8](repeating: 0, count: count)
    var filled = 0
    while filled < count {
      let got = unsafe bytes.withUnsafeMutableBytes { buffer in
        unsafe recv(descriptor, buffer.baseAddress.map { unsafe $0 + filled }, count - filled, 0)
      }
      if got < 0 && errno == EINTR { continue }
      guard got > 0 else {
        throw got == 0 ? FileText.Failure(description: "it closes the connection") : .system()
      }
      filled += got
    }
    return bytes
  }
}
