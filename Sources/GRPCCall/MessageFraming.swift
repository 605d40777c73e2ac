/// The frame of a message: a flag for compression, four bytes of length, the message (gRPC over
/// HTTP/2, Length-Prefixed-Message).
package enum MessageFraming {
  /// How many bytes stand before a message.
  package static let prefixSize = 5

  /// Fills the first five bytes of a buffer that holds nothing else but the message.
  ///
  /// - Returns: false, with the buffer as it was, when there is no room for the prefix or the
  ///   message is longer than a length of four bytes can tell.
  package static func writePrefix(into buffer: inout [UInt8]) -> Bool {
    guard buffer.count >= prefixSize,
      let length = UInt32(exactly: buffer.count - prefixSize)
    else { return false }
    buffer[0] = 0
    buffer[1] = UInt8(truncatingIfNeeded: length >> 24)
    buffer[2] = UInt8(truncatingIfNeeded: length >> 16)
    buffer[3] = UInt8(truncatingIfNeeded: length >> 8)
    buffer[4] = UInt8(truncatingIfNeeded: length)
    return true
  }
}
