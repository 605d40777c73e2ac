import CommandConsole
import Glibc

/// Bytes of standard input and output, which other programs read and write.
enum StandardStreams {
  /// That many bytes of standard input; nil when it ends before the first.
  static func read(_ count: Int) throws(CommandFailure) -> [UInt8]? {
    var bytes = [UInt8](repeating: 0, count: count)
    var filled = 0
    while filled < count {
      // No more than fits behind what is filled.
      let got = unsafe bytes.withUnsafeMutableBytes { buffer in
        unsafe Glibc.read(STDIN_FILENO, buffer.baseAddress?.advanced(by: filled), count - filled)
      }
      if got < 0, errno == EINTR { continue }
      guard got >= 0 else { throw CommandFailure.system("cannot read standard input") }
      guard got > 0 else {
        guard filled == 0 else { throw CommandFailure.system("the input ends inside a request") }
        return nil
      }
      filled += got
    }
    return bytes
  }

  static func write(_ bytes: [UInt8]) throws(CommandFailure) {
    var written = 0
    while written < bytes.count {
      // No more than is left behind what is written.
      let put = unsafe bytes.withUnsafeBytes { buffer in
        unsafe Glibc.write(
          STDOUT_FILENO, buffer.baseAddress?.advanced(by: written), bytes.count - written)
      }
      if put < 0, errno == EINTR { continue }
      guard put > 0 else { throw CommandFailure.system("cannot write standard output") }
      written += put
    }
  }
}
