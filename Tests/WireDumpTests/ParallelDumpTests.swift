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

  private static func add(_ bytes: Span<UInt8>, to text: Locked<[UInt8]>) {
    let bytes = bytes.bytes(bytes.indices)
    text.withLock { $0 += bytes }
  }

  private func parallel(
    _ output: AnyOutput, _ events: [DumpEvent], workers: Int
  ) throws -> (text: [UInt8], lines: OutputLines) {
    let text = Locked<[UInt8]>([])
    let context = try DumpContext.testing()
    var dump = try ParallelDump(
      output, workers: workers, write: { Self.add($0, to: text) }
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
      AnyOutput(TextOutput()), workers: 2, write: { Self.add($0, to: text) }
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

  /// What is much is not gathered, and still written where it belongs.
  @Test func largePiecesAreWrittenInTheOrderOfTheirEvents() {
    let large = [UInt8](repeating: UInt8(ascii: "L"), count: 1 << 17)
    let first = BatchText(
      bytes: Array("a".utf8) + large + Array("d".utf8),
      pieces: [(0, 1), (2, 1 + large.count), (5, 2 + large.count)])
    let second = BatchText(bytes: Array("bc".utf8), pieces: [(1, 1), (4, 2)])
    var written: [[UInt8]] = []
    var merge = BatchMerge([{ first }, { second }], to: { written.append($0.bytes($0.indices)) })
    merge.write()
    #expect(written == [Array("ab".utf8), large, Array("cd".utf8)])
  }

  @Test func piecesAreWrittenInTheOrderOfTheirEvents() {
    var first = [
      BatchText(bytes: Array("ac".utf8), pieces: [(0, 1), (2, 2)], isLast: false),
      BatchText(bytes: [], pieces: [], isLast: false),
      BatchText(bytes: Array("eee".utf8), pieces: [(9, 3)]),
    ][...]
    let second = BatchText(bytes: Array("bd".utf8), pieces: [(1, 1), (3, 2)])
    var written: [UInt8] = []
    var merge = BatchMerge(
      [{ first.popFirst() ?? BatchText() }, { second }, { BatchText() }],
      to: { written += $0.bytes($0.indices) })
    merge.write()
    #expect(String(decoding: written, as: UTF8.self) == "abcdeee")
  }

  /// Of each connection a large message ends in the same batch, with half a megabyte of lines or more, so
  /// that text is handed over within an event, too.
  @Test(arguments: [(1 << 17, 6), (5 << 16, 2)])
  func muchTextIsWrittenBeforeItsBatchIsExplained(size: Int, connections: Int) throws {
    let frames = Self.message(size)
    let events = stride(from: 0, to: frames.count, by: 1 << 13).flatMap { start in
      (0..<connections).map { connection in
        DumpEvent.bytes(
          CapturedBytes(
            connection: connection, direction: .serverToClient, offset: UInt64(start),
            bytes: Array(frames[start..<min(start + 1 << 13, frames.count)])))
      }
    }
    let (expected, _) = try sequential(AnyOutput(HexOutput()), events)
    let (text, _) = try parallel(AnyOutput(HexOutput()), events, workers: 2)
    #expect(text == expected)
    #expect(text.count > connections * 3 * size)
  }

  /// A stream of DATA frames that carry one gRPC message, behind SETTINGS.
  private static func message(_ size: Int) -> [UInt8] {
    var rest = [0] + (0..<4).map { UInt8(truncatingIfNeeded: size >> (24 - 8 * $0)) }
    rest += [UInt8](repeating: 0xff, count: size)
    var frames: [UInt8] = [0, 0, 0, 4, 0, 0, 0, 0, 0]
    for start in stride(from: 0, to: rest.count, by: 16_384) {
      let part = rest[start..<min(start + 16_384, rest.count)]
      frames += [0, UInt8(part.count >> 8), UInt8(part.count & 0xff), 0, 0, 0, 0, 0, 1] + part
    }
    return frames
  }

  @Test func aDumpThatIsGivenUpEndsItsThreads() throws {
    let context = try DumpContext.testing()
    let ended = ThreadSemaphore(count: 0)
    final class Watch: Sendable {
      let ended: ThreadSemaphore
      init(_ ended: ThreadSemaphore) { self.ended = ended }
      deinit { ended.signal() }
    }
    func giveUp() throws {
      let watch = Watch(ended)
      var dump = try ParallelDump(AnyOutput(HexOutput()), workers: 1, write: { _ in }) { _ in
        withExtendedLifetime(watch) { context }
      }
      for _ in 0..<2_000 { dump.note(String(repeating: "x", count: 5_000), offset: 0) }
    }
    try giveUp()
    // The thread has its share of what it explains with until it ends.
    ended.wait()
  }
}
