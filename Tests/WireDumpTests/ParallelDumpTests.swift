import FoundationEssentials
import Locking
import TestSupport
import Testing
import WireCapture
import WireCaptureModel

@testable import WireDump

@Suite struct ParallelDumpTests {
  /// What a capture tells, to be told again.
  private struct Events: CaptureSink {
    var all: [DumpEvent] = []
    mutating func receive(_ captured: CapturedBytes) { all.append(.bytes(captured)) }
    mutating func endOfConnection(_ connection: Int) { all.append(.endOfConnection(connection)) }
    mutating func note(_ text: String, offset: UInt64) {
      all.append(.note(text, offset: offset))
    }
  }

  /// The events of a recorded capture, each connection five times, and remarks among them.
  private func events() throws -> [DumpEvent] {
    var reader = CaptureReader(Events())
    reader.receive(Array(try Data(contentsOf: fixture("captures/grpcio.pcap"))))
    reader.finish()
    let recorded = reader.sink.all
    return recorded.enumerated().flatMap { number, event -> [DumpEvent] in
      let copies = (0..<5).map { copy -> DumpEvent in
        switch event {
        case .bytes(var captured):
          captured.connection = captured.connection * 5 + copy
          return .bytes(captured)
        // The last copy is ended by the end of the capture.
        case .endOfConnection(let connection) where copy < 4:
          return .endOfConnection(connection * 5 + copy)
        default: return .note("remark \(number)", offset: UInt64(number))
        }
      }
      return copies
    }
  }

  private func told(_ events: [DumpEvent], to sink: inout some CaptureSink) {
    for event in events {
      switch event {
      case .bytes(let captured): sink.receive(captured)
      case .endOfConnection(let connection): sink.endOfConnection(connection)
      case .note(let text, let offset): sink.note(text, offset: offset)
      case .finish: break
      }
    }
  }

  private func sequential(
    _ output: AnyOutput, _ events: [DumpEvent]
  ) throws -> (text: [UInt8], lines: OutputLines) {
    var dump = Dump(try .testing(), output)
    told(events, to: &dump)
    dump.finish()
    let text = dump.output.lines.takeBytes()
    return (text, dump.output.lines)
  }

  private func parallel(
    _ output: AnyOutput, _ events: [DumpEvent], workers: Int
  ) throws -> (text: [UInt8], lines: OutputLines) {
    let text = Locked<[UInt8]>([])
    let context = try DumpContext.testing()
    var dump = try ParallelDump(
      output, workers: workers, write: { bytes in text.withLock { $0 += bytes } }
    ) { worker in
      worker == 0 ? context : (try? DumpContext.testing()) ?? context
    }
    told(events, to: &dump)
    dump.finish()
    return (text.withLock { $0 }, dump.lines)
  }

  @Test(arguments: [1, 2, 3, 4])
  func severalThreadsWriteWhatOneWrites(workers: Int) throws {
    let events = try events()
    let outputs = [
      AnyOutput(TextOutput(verbose: true)), AnyOutput(TextOutput(oneLine: true)),
      AnyOutput(HexOutput()), AnyOutput(JSONOutput()), AnyOutput(ProtoscopeOutput(schema: nil)),
    ]
    for output in outputs {
      let (expected, one) = try sequential(output, events)
      let (text, several) = try parallel(output, events, workers: workers)
      #expect(text == expected)
      #expect(several.violationCount == one.violationCount)
    }
  }

  @Test func whatIsWrittenSoFarIsHandedOn() throws {
    let text = Locked<[UInt8]>([])
    let context = try DumpContext.testing()
    var dump = try ParallelDump(
      AnyOutput(TextOutput()), workers: 2, write: { bytes in text.withLock { $0 += bytes } }
    ) { _ in context }
    dump.note("one", offset: 1)
    dump.handOn()
    #expect(String(decoding: text.withLock { $0 }, as: UTF8.self).contains("note: one"))
    dump.note("two", offset: 2)
    #expect(!String(decoding: text.withLock { $0 }, as: UTF8.self).contains("two"))
    dump.finish()
    #expect(String(decoding: text.withLock { $0 }, as: UTF8.self).contains("note: two"))
  }

  @Test func brokenRulesOfAllConnectionsAreCounted() throws {
    // SETTINGS, and a PING of four bytes, on each of four connections.
    let broken: [UInt8] = [0, 0, 0, 4, 0, 0, 0, 0, 0] + [0, 0, 4, 6, 0, 0, 0, 0, 0, 1, 2, 3, 4]
    let events = (0..<4).map { connection in
      DumpEvent.bytes(
        CapturedBytes(
          connection: connection, direction: .serverToClient, offset: 0, bytes: broken))
    }
    let (_, one) = try sequential(AnyOutput(TextOutput()), events)
    let (_, several) = try parallel(AnyOutput(TextOutput()), events, workers: 3)
    #expect(several.violationCount == one.violationCount)
    #expect(one.violationCount >= 4)
  }

  @Test func piecesAreWrittenInTheOrderOfTheirEvents() {
    let texts = [
      BatchText(bytes: Array("aceee".utf8), pieces: [(0, 1), (2, 2), (9, 5)]),
      BatchText(bytes: Array("bd".utf8), pieces: [(1, 1), (3, 2)]), BatchText(),
    ]
    var written: [UInt8] = []
    BatchText.write(texts) { written += $0 }
    #expect(String(decoding: written, as: UTF8.self) == "abcdeee")
  }
}
