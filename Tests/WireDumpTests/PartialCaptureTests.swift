import TestSupport
import Testing
import WireCaptureModel

@testable import WireDump

@Suite struct PartialCaptureTests {
  /// A recording from its second HEADERS frame on.
  private func later(_ name: String, _ direction: CaptureDirection) throws -> [UInt8] {
    let bytes = try Recordings.bytes(name, direction)
    var position = direction == .clientToServer ? FrameScanner.preface.count : 0
    var blocks = 0
    while position + FrameHeader.size <= bytes.count {
      let header = FrameHeader(bytes.span, at: position)
      blocks += header.type == .headers ? 1 : 0
      if blocks == 2 { return Array(bytes[position...]) }
      position += FrameHeader.size + header.length
    }
    return []
  }

  @Test func infersWhatWentIntoTheTableBeforeTheCaptureBegan() throws {
    let bytes = try later("calls-in-a-row", .clientToServer)
    let text = TextOutput().text(bytes, .clientToServer, try .testing())
    #expect(text.contains("note: the client's bytes begin in the middle of the connection"))
    #expect(text.contains("content-type: application/grpc  (inferred)"))
    #expect(text.contains(":method: POST\n"))
    #expect(text.contains("gRPC message 1: "))
  }

  @Test func showsNoValueWhoseNameIsNotKnown() throws {
    // A literal with the name of entry 62, which was added before the capture began.
    let block = [UInt8(0x7e), 6] + Array("secret".utf8)
    let frame = hex("00000801040000000383").dropLast() + block
    let settings = hex("000000040000000000")
    for output in [Array(frame) + Array(frame), settings + Array(frame)] {
      let direction: CaptureDirection = .clientToServer
      let text = TextOutput().text(output, direction, try .testing())
      #expect(text.contains("<redacted len=6"))
      #expect(!text.contains("secret") && !text.contains("736563726574"))
    }
  }

  @Test func goesOnBehindAGap() throws {
    let bytes = try Recordings.bytes("calls-in-a-row", .clientToServer)
    var dump = Dump(try DumpContext.testing(), TextOutput())
    dump.receive(
      CapturedBytes(direction: .clientToServer, offset: 0, bytes: Array(bytes.prefix(120))))
    dump.receive(
      CapturedBytes(
        direction: .clientToServer, offset: 130, bytes: Array(bytes[130...]), gapBefore: 10))
    dump.finish()
    let text = dump.output.lines.take()
    #expect(text.contains("note: 10 bytes are missing"))
    #expect(text.contains("HEADERS: "))
    #expect(text.split(separator: "gRPC message 1: ").count > 1)
  }
}
