import TestSupport
import Testing
import WireCaptureModel

@testable import WireDump

/// Header blocks that are written again.
@Suite struct KnownBlocksTests {
  /// A literal that goes into the table.
  private static func added(_ name: String, _ value: String) -> [UInt8] {
    [0x40, UInt8(name.utf8.count)] + Array(name.utf8) + [UInt8(value.utf8.count)]
      + Array(value.utf8)
  }

  private func lines(_ blocks: [(stream: UInt8, block: [UInt8])]) throws -> [Substring] {
    let bytes = blocks.reduce(Frames.preface + Frames.settings) {
      $0 + Frames.frame(1, flags: 5, stream: $1.stream, $1.block)
    }
    let text = TextOutput(oneLine: true).text(bytes, .clientToServer, try .testing(reveals: true))
    return text.split(separator: "\n").filter { $0.contains("HEADERS frame") }
  }

  @Test func meanWhatTheTableSaysNow() throws {
    let lines = try lines([
      (1, Self.added("x", "one")), (3, [0xbe]), (5, [0xbe]), (7, Self.added("x", "two")),
      (9, [0xbe]), (11, [0xbf]), (13, [0xbe]),
      // The table is emptied, and filled again.
      (15, [0x20] + Self.added("x", "lost")), (17, [0x3f, 0xe1, 0x1f] + Self.added("x", "three")),
      (19, [0xbe]), (21, [0xbe]),
    ])
    let values = lines.map { line in
      line.split(separator: "  ").first { $0.hasPrefix("x: ") }?.dropFirst(3) ?? ""
    }
    #expect(
      values == [
        "one", "one", "one", "two", "two", "one", "two", "lost", "three", "three", "three",
      ])
  }

  /// The same fields behind padding and a priority stand elsewhere.
  @Test func standWhereTheyStand() throws {
    let block: [UInt8] = [0x82, 0x86]
    let plain = Frames.frame(1, flags: 5, stream: 1, block)
    let padded = Frames.frame(1, flags: 5 | 8, stream: 3, [2] + block + [0, 0])
    let urgent = Frames.frame(1, flags: 5 | 0x20, stream: 5, [0, 0, 0, 0, 9] + block)
    let again = Frames.frame(1, flags: 5, stream: 7, block)
    let start = Frames.preface + Frames.settings
    let bytes = start + plain + padded + urgent + again
    let dump = HexOutput().text(bytes, .clientToServer, try .testing(reveals: true))
    #expect(shownBytes(dump)?.count == bytes.count)
    let offsets = dump.split(separator: "\n").filter { $0.contains(":method: GET") }
      .map { Int($0.prefix(6), radix: 16) }
    let first = start.count + 9
    let (second, third, last) = (first + 11 + 1, first + 11 + 14 + 5, first + 11 + 14 + 16)
    #expect(offsets == [first, second, third, last])
  }

  /// More blocks than are remembered, in turn, each on a stream of its own.
  @Test func areToldInFullHoweverManyThereAre() throws {
    let blocks = (0..<40).map { UInt8($0) }.map { number in
      (stream: 2 * number + 1, block: Frames.field("n", "\(number % 11)"))
    }
    let lines = try lines(blocks)
    #expect(lines.count == 40)
    for (index, line) in lines.enumerated() { #expect(line.hasSuffix("  n: \(index % 11)")) }
  }

  @Test func takeNoMoreMemoryThanTheyMay() {
    var known = KnownBlocks()
    let bytes: [UInt8] = [0x82]
    let explained = ExplainedBlock(HeaderBlock(), [])
    for number in 0..<100 {
      known.add(explained, bytes.span, 0..<1, tableVersion: number / 50)
    }
    #expect(known.size == 8 * explained.size)
    #expect(known.explained(bytes.span, 0..<1, tableVersion: 1) != nil)
    #expect(known.explained(bytes.span, 0..<1, tableVersion: 2) == nil)
    #expect(known.size == 0)
  }

  /// A few bytes that name a long entry of the table again and again.
  @Test func areNotRememberedIfTheySayMuch() throws {
    let context = try DumpContext.testing()
    var decoder = HeaderDecoder(pool: context.pool)
    let name = [UInt8](repeating: UInt8(ascii: "n"), count: 3_900)
    let added: [UInt8] = [0x40, 0x7f, 0xbd, 0x1d] + name + [0]
    #expect(decoder.decode(added.span, added.indices).failure == nil)
    let block = Array(repeating: [0x0f, 0x2f, 0] as [UInt8], count: 42).flatMap(\.self)
    let decoded = decoder.decode(block.span, block.indices)
    #expect(decoded.fields.last?.name == name)
    let explained = ExplainedBlock(
      decoded, context.headers.items(of: decoded, block.span, block.indices))
    #expect(explained.size > 42 * name.count)
    var known = KnownBlocks()
    known.add(explained, block.span, block.indices, tableVersion: 0)
    #expect(known.size == 0)
    #expect(known.explained(block.span, block.indices, tableVersion: 0) == nil)
  }
}
