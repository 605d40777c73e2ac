import Foundation
import WireCaptureModel

@testable import WireDump

/// Connections that are written frame by frame.
enum Frames {
  static let preface = Array("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n".utf8)

  static func frame(
    _ type: UInt8, flags: UInt8 = 0, stream: UInt8 = 0, _ payload: [UInt8] = []
  ) -> [UInt8] {
    let count = payload.count
    return [UInt8(count >> 16), UInt8(count >> 8 & 0xff), UInt8(count & 0xff), type, flags]
      + [0, 0, 0, stream] + payload
  }

  static let settings = frame(4)

  /// A literal that is never indexed, with a new name.
  static func field(_ name: String, _ value: [UInt8], huffman: Bool = false) -> [UInt8] {
    let written = huffman ? HuffmanCode.encoded(value) : value
    return [0x10, UInt8(name.utf8.count)] + Array(name.utf8)
      + [UInt8(written.count) | (huffman ? 0x80 : 0)] + written
  }

  static func field(_ name: String, _ value: String, huffman: Bool = false) -> [UInt8] {
    field(name, Array(value.utf8), huffman: huffman)
  }

  static func request(_ path: String, _ fields: [UInt8] = [], stream: UInt8 = 1) -> [UInt8] {
    let block =
      [0x83, 0x86] + field(":path", path) + field("content-type", "application/grpc")
      + field("te", "trailers") + fields
    return frame(1, flags: 4, stream: stream, block)
  }

  static func response(_ fields: [UInt8] = [], stream: UInt8 = 1) -> [UInt8] {
    frame(1, flags: 4, stream: stream, [0x88] + field("content-type", "application/grpc") + fields)
  }

  static func trailers(_ status: String = "0", stream: UInt8 = 1) -> [UInt8] {
    frame(1, flags: 5, stream: stream, field("grpc-status", status))
  }

  /// A message behind its prefix.
  static func message(_ body: [UInt8]) -> [UInt8] {
    [0, 0, 0, UInt8(body.count >> 8), UInt8(body.count & 0xff)] + body
  }

  /// A field with a length.
  static func text(_ number: UInt8, _ text: String) -> [UInt8] {
    [number << 3 | 2, UInt8(text.utf8.count)] + Array(text.utf8)
  }
}

/// Files for one test.
extension String {
  func write(_ bytes: [UInt8], _ name: String) throws -> String {
    let path = self + "/" + name
    try Data(bytes).write(to: URL(filePath: path))
    return path
  }

  func read(_ name: String) throws -> [UInt8] {
    [UInt8](try Data(contentsOf: URL(filePath: self + "/" + name)))
  }
}
