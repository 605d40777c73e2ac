import Testing

@testable import HTTP2Session

@Suite struct FrameHeaderScannerTests {
  private static let bytes: [UInt8] =
    Array("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n".utf8)
    + [0, 0, 6, 4, 0, 0, 0, 0, 0, 0, 4, 0, 0, 0, 0]
    + [0, 0, 0, 4, 1, 0, 0, 0, 0]
    + [0, 1, 2, 0, 9, 0x80, 0, 0, 5] + [UInt8](repeating: 0xff, count: 258)
    + [0, 0, 4, 3, 0, 0x7f, 0xff, 0xff, 0xff, 0, 0, 0, 8]

  private static let headers = [
    FrameHeader(length: 6, type: 4, flags: 0, stream: 0),
    FrameHeader(length: 0, type: 4, flags: 1, stream: 0),
    FrameHeader(length: 258, type: 0, flags: 9, stream: 5),
    FrameHeader(length: 4, type: 3, flags: 0, stream: .max),
  ]

  @Test(arguments: [1, 2, 7, 9, 10, 33, 1000])
  func headersAreFoundInWhateverPiecesTheyCome(size: Int) {
    var scanner = FrameHeaderScanner(preface: 24)
    var found: [FrameHeader] = []
    for start in stride(from: 0, to: Self.bytes.count, by: size) {
      let piece = Array(Self.bytes[start..<min(start + size, Self.bytes.count)])
      var position = 0
      while let header = scanner.next(piece.span, &position) { found.append(header) }
      #expect(position == piece.count)
    }
    #expect(found == Self.headers)
  }
}
