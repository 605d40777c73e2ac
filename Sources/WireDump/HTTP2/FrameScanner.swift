/// Finds frames in the bytes of one direction.
enum FrameScanner {
  static let preface = Array("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n".utf8)

  /// Where the first frame begins, if the bytes begin in the middle of one; nil if none is to be seen.
  static func resynchronise(_ bytes: Span<UInt8>, from start: Int) -> Int? {
    var position = start
    while position + FrameHeader.size <= bytes.count {
      if isChain(bytes, at: position) { return position }
      position += 1
    }
    return nil
  }

  /// Whether a frame stands here, and another behind it as far as can be seen.
  static func isChain(_ bytes: Span<UInt8>, at position: Int) -> Bool {
    guard position + FrameHeader.size <= bytes.count else { return false }
    let header = FrameHeader(bytes, at: position)
    guard header.isPlausible else { return false }
    let next = position + FrameHeader.size + header.length
    guard next + FrameHeader.size <= bytes.count else { return next <= bytes.count }
    return FrameHeader(bytes, at: next).isPlausible
  }
}
