import CommandConsole
import FoundationEssentials
import Glibc
import LocalFiles
import Synchronization
import TestSupport
import Testing
import WireCapture
import WireCaptureModel

@testable import WireDump
@testable import WireDumpCommands

@Suite struct StreamingTests {
  @Test func saysOfACaptureInTinyPiecesWhatItSaysOfTheWhole() throws {
    let capture = Array(try Data(contentsOf: fixture("captures/grpcio.pcap")))
    func said(_ step: Int) throws -> String {
      var reader = CaptureReader(Dump(try .testing(), TextOutput()))
      for start in stride(from: 0, to: capture.count, by: step) {
        reader.receive(Array(capture[start..<min(start + step, capture.count)]))
      }
      reader.finish()
      reader.sink.finish()
      return reader.sink.output.lines.take()
    }
    let whole = try said(capture.count)
    #expect(whole.contains("grpc-status: 0"))
    #expect(try said(7) == whole)
  }

  @Test func readsHexadecimalTextThatIsLargerThanWhatTellsItsKind() async throws {
    let message = [0x12, 0x80, 0x80, 0x08] + [UInt8](repeating: 0x61, count: 1 << 17)
    let digits = Array(Hex.text(message).utf8)
    var text: [UInt8] = []
    for start in stride(from: 0, to: digits.count, by: 64) {
      text += digits[start..<min(start + 64, digits.count)] + [10]
    }
    let plain = await wiredump([], input: message)
    #expect(plain.output.contains("protobuf message of 131076 bytes"))
    #expect(await wiredump([], input: text).output == plain.output)
    // One line without an end, as `xxd -p -c 0` has it.
    #expect(await wiredump([], input: digits).output == plain.output)
  }

  @Test func namesTheLineThatIsNoHexadecimalText() throws {
    var reader = HexTextReader()
    #expect(try reader.receive(Array("0a05\n6865".utf8)) == [0x0a, 5])
    #expect(throws: HexTextReader.Failure.self) { try reader.receive(Array("6c\nnot hex\n".utf8)) }
  }

  @Test func measuresAMessageThatIsTooLargeAndExplainsTheNext() throws {
    var messages = FramedMessages(try .testing(), TextOutput(), type: nil)
    let size = MessageAssembler.sizeLimit
    messages.receive([0] + (0..<4).map { UInt8(truncatingIfNeeded: size >> (24 - 8 * $0)) })
    for _ in 0..<size >> 16 { messages.receive([UInt8](repeating: 1, count: 1 << 16)) }
    messages.receive([0, 0, 0, 0, 2, 0x08, 0x07])
    messages.finish()
    let text = messages.output.lines.take()
    #expect(text.contains("note: gRPC message 1 of \(size) bytes is not explained"))
    #expect(text.contains("gRPC message 2: 2 bytes\n         1: 7\n"))
  }

  @Test func keepsNoMessageThatHasNoRoom() {
    let start: [UInt8] = [0, 0, 0, 0, 100, 1, 2, 3]
    for (room, isKept) in [(104, false), (105, true)] {
      var assembler = MessageAssembler()
      let step = assembler.next(start.span, start.indices, OffsetMap(0), room: room)
      guard case .part(_, _, let total, _) = step.piece else {
        Issue.record("it is no part")
        return
      }
      #expect(total == 105)
      #expect(assembler.reserved == (isKept ? 105 : 0))
    }
  }

  @Test func boundsWhatAllConnectionsKeepTogether() throws {
    var dump = Dump(try .testing(), TextOutput())
    // DATA of 16 MiB less one byte, of which the last never comes.
    let start: [UInt8] = [0xFF, 0xFF, 0xFF, 0, 0, 0, 0, 0, 1]
    let settings: [UInt8] = [0, 0, 0, 4, 0, 0, 0, 0, 0]
    for connection in 0..<3 {
      dump.receive(
        CapturedBytes(
          connection: connection, direction: .serverToClient, offset: 0,
          bytes: settings + start + [UInt8](repeating: 0xFF, count: 10 << 20)))
    }
    let text = dump.output.lines.take()
    #expect(text.contains("a frame of the server is not explained: more than 24 MiB would wait"))
    #expect(text.split(separator: "\n").count { $0.contains("is not explained") } == 1)
  }

  @Test func seesWhetherAPipeHasSomething() throws {
    var ends: [Int32] = [-1, -1]
    try #require(unsafe pipe(&ends) == 0)
    let reader = FilePieces(descriptor: ends[0])
    #expect(!reader.isReady)
    try FileText.write([1, 2, 3], to: ends[1])
    #expect(reader.isReady)
    #expect(try reader.next(2) == [1, 2])
    #expect(try reader.next(2) == [3])
    close(ends[1])
    #expect(reader.isReady)
    #expect(try reader.next(2) == [])
    close(ends[0])
  }

  @Test func endsQuietlyWhenNobodyReadsAnyMore() async throws {
    let sink = ClosingSink()
    let context = CommandContext(
      arguments: [fixture("captures/grpcio.pcap").path], environment: [:],
      readStandardInput: { _ in [] }, standardOutput: sink, standardError: sink,
      now: { Date(timeIntervalSince1970: 0) }, untilTerminated: {})
    #expect(await WiredumpCommand.run(context) == 0)
    #expect(sink.writes == 1)
  }
}

/// A reader that goes away after the first write.
private final class ClosingSink: TextSink {
  let isTerminal = false
  private let count = Atomic(0)

  var writes: Int { count.load(ordering: .relaxed) }
  var isClosed: Bool { writes > 0 }

  func write(_ text: String) { count.add(1, ordering: .relaxed) }
}
