import FoundationEssentials
import MomentoAuthMessages
import ProtobufSchema
import TLSSession
import TestSupport
import WireCaptureModel

@testable import WireDump

/// The directions of the connections in Fixtures/calls.
enum Recordings {
  static let names = [
    "bidirectional", "binary-metadata-base64", "binary-metadata-raw", "calls-in-a-row",
    "cancelled", "client-streaming", "compressed-request", "concurrent-calls", "deadline-passes",
    "generate-api-token", "generate-disposable-token", "goaway-graceful", "large-request",
  ]

  static func bytes(_ name: String, _ direction: CaptureDirection) throws -> [UInt8] {
    Array(try Data(contentsOf: fixture("calls/\(name).\(direction.name).bin")))
  }
}

extension DumpContext {
  private static let schema = Result {
    var loader = ProtoLoader { name in MomentoProtos.texts[name].map { Array($0.utf8) } }
    for name in MomentoProtos.texts.keys.sorted() { try loader.load(name) }
    return loader.schema
  }

  static func digest(_ bytes: [UInt8]) -> [UInt8] { Crypto.sha256(bytes) }

  static func testing(
    reveals: Bool = false, guesses: Bool = true, isForJSON: Bool = false
  ) throws -> DumpContext {
    DumpContext(
      schema: try schema.get(), redactor: Redactor(reveals: reveals) { Crypto.sha256($0) },
      guesses: guesses, showsTables: true, isForJSON: isForJSON)
  }
}

extension DumpOutput {
  /// What is written about one direction that comes in pieces.
  func text(
    _ bytes: [UInt8], _ direction: CaptureDirection, _ context: DumpContext,
    step: Int = 1 << 20
  ) -> String {
    var dump = Dump(context, self)
    for start in stride(from: 0, to: bytes.count, by: step) {
      dump.receive(
        CapturedBytes(
          direction: direction, offset: UInt64(start),
          bytes: Array(bytes[start..<min(start + step, bytes.count)])))
    }
    dump.finish()
    return dump.output.lines.take()
  }
}

/// The bytes that a hex dump shows, by their offsets; nil if one stands in it twice.
func shownBytes(_ dump: String) -> [Int: UInt8]? {
  var shown: [Int: UInt8] = [:]
  for line in dump.split(separator: "\n") where !line.hasPrefix("#") {
    let columns = line.utf8.dropFirst(8).prefix(48).split(separator: UInt8(ascii: " "))
    guard var offset = Int(line.prefix(6), radix: 16) else { continue }
    for column in columns {
      guard let byte = UInt8(String(decoding: Array(column), as: UTF8.self), radix: 16),
        shown.updateValue(byte, forKey: offset) == nil
      else { return nil }
      offset += 1
    }
  }
  return shown
}
