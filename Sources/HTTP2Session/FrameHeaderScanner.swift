/// What RFC 9113 §4.1 puts before every payload.
struct FrameHeader: Equatable {
  static let size = 9

  /// Bytes of payload.
  var length: Int
  var type: UInt8
  var flags: UInt8
  /// The identifier, without its reserved bit.
  var stream: Int32
}

/// Finds the headers of frames in the bytes of a peer, in whatever pieces they come.
///
/// nghttp2 reads frames too, but tells of none that it drops.
struct FrameHeaderScanner {
  /// Bytes that are no header: of the preface, or of a payload.
  private var toSkip: Int
  /// The part of a header that has come, from its high byte on.
  private var begun: [UInt8] = []

  /// - Parameter preface: how many bytes come before the first frame (RFC 9113 §3.4).
  init(preface: Int) { toSkip = preface }

  /// The next header that ends behind `position`, which is moved there.
  mutating func next(_ bytes: Span<UInt8>, _ position: inout Int) -> FrameHeader? {
    let skipped = min(toSkip, bytes.count - position)
    toSkip -= skipped
    position += skipped
    if begun.isEmpty, bytes.count - position >= FrameHeader.size {
      let header = FrameHeader(bytes, at: position)
      position += FrameHeader.size
      toSkip = header.length
      return header
    }
    return collect(bytes, &position)
  }

  /// A header that comes in pieces.
  private mutating func collect(_ bytes: Span<UInt8>, _ position: inout Int) -> FrameHeader? {
    while position < bytes.count {
      begun.append(bytes[position])
      position += 1
      guard begun.count == FrameHeader.size else { continue }
      let header = FrameHeader(begun.span, at: 0)
      begun.removeAll(keepingCapacity: true)
      toSkip = header.length
      return header
    }
    return nil
  }
}

extension FrameHeader {
  /// Reads nine bytes, which have to be there.
  fileprivate init(_ bytes: Span<UInt8>, at position: Int) {
    length =
      Int(bytes[position]) << 16 | Int(bytes[position + 1]) << 8 | Int(bytes[position + 2])
    type = bytes[position + 3]
    flags = bytes[position + 4]
    var identifier: UInt32 = 0
    for index in (position + 5)..<(position + 9) {
      identifier = identifier << 8 | UInt32(bytes[index])
    }
    stream = Int32(bitPattern: identifier & 0x7fff_ffff)
  }
}
