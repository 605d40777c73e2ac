/// A body in the chunked transfer coding (RFC 9112 §7.1), as far as it has come.
struct ChunkedBody: Sendable {
  private(set) var content: [UInt8] = []
  private var isInTrailers = false
  private var trailerBytes = 0

  /// Moves whole chunks from the buffer into the content.
  ///
  /// - Returns: whether the last one has come, with the trailer section, which is dropped.
  mutating func take(
    from buffer: inout [UInt8], limit: Int
  ) throws(RequestParser.Refusal) -> Bool {
    while !isInTrailers {
      guard let (size, start) = try Self.sizeLine(buffer) else { return false }
      guard size <= limit - content.count else {
        throw RequestParser.Refusal(status: 413, reason: "the body is too long")
      }
      guard size > 0 else {
        buffer.removeFirst(start)
        isInTrailers = true
        break
      }
      guard buffer.count >= start + size + 2 else { return false }
      guard buffer[(start + size)...].starts(with: [0x0d, 0x0a]) else {
        throw RequestParser.Refusal(status: 400, reason: "a chunk is longer than it says")
      }
      content += buffer[start..<(start + size)]
      buffer.removeFirst(start + size + 2)
    }
    return try skipTrailers(&buffer)
  }

  private mutating func skipTrailers(_ buffer: inout [UInt8]) throws(RequestParser.Refusal) -> Bool
  {
    while let end = buffer.firstIndex(of: 0x0a) {
      guard end > 0, buffer[end - 1] == 0x0d else {
        throw RequestParser.Refusal(status: 400, reason: "a line ends without CR")
      }
      buffer.removeFirst(end + 1)
      if end == 1 { return true }
      trailerBytes += end
    }
    guard trailerBytes + buffer.count <= Self.mostTrailerBytes else {
      throw RequestParser.Refusal(status: 431, reason: "the trailer section is too long")
    }
    return false
  }

  /// The size of the next chunk, and where its bytes begin; `nil` when the line has not come yet.
  private static func sizeLine(
    _ buffer: [UInt8]
  ) throws(RequestParser.Refusal) -> (size: Int, start: Int)? {
    guard let end = buffer.prefix(mostSizeLineBytes).firstIndex(of: 0x0a) else {
      guard buffer.count < mostSizeLineBytes else {
        throw RequestParser.Refusal(status: 400, reason: "the size of a chunk is too long")
      }
      return nil
    }
    // No extension of a chunk is known here, so none is skipped, but refused with its line.
    let digits = buffer[..<end].dropLast()
    guard end > 0, buffer[end - 1] == 0x0d, 1...8 ~= digits.count,
      digits.allSatisfy({ UInt8(ascii: "0")...UInt8(ascii: "9") ~= $0 || 0x61...0x66 ~= $0 | 0x20 }
      ),
      let size = Int(String(decoding: digits, as: UTF8.self), radix: 16)
    else { throw RequestParser.Refusal(status: 400, reason: "the size of a chunk is malformed") }
    return (size, end + 1)
  }

  private static let mostSizeLineBytes = 64
  private static let mostTrailerBytes = 8_192
}
