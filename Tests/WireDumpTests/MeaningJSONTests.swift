import TestSupport
import Testing
import WireCaptureModel

@testable import WireDump

/// What an item means is told to programs in two ways: as members, and as JSON that is written at once.
@Suite struct MeaningJSONTests {
  /// Takes the items of a dump.
  private struct Items: DumpOutput {
    var lines = OutputLines()
    var found: [Item] = []

    mutating func write(_ unit: Unit, _ bytes: Span<UInt8>) {
      var items: [Item] = []
      unit.item.forEach { item, _ in items.append(item) }
      found += items
    }
    mutating func note(_ text: String, offset: UInt64) {}
  }

  private func items(
    _ bytes: [UInt8], _ direction: CaptureDirection, isForJSON: Bool
  ) throws -> [Item] {
    var dump = Dump(try DumpContext.testing(isForJSON: isForJSON), Items())
    dump.receive(CapturedBytes(direction: direction, offset: 0, bytes: bytes))
    dump.finish()
    return dump.output.found
  }

  private func expectSame(_ bytes: [UInt8], _ direction: CaptureDirection) throws {
    for isForJSON in [false, true] {
      for item in try items(bytes, direction, isForJSON: isForJSON) {
        var expected = TextBuffer()
        var json = TextBuffer()
        item.meaning.forEachMember { name, value in
          if "\(name)" != "stream" { expected.append(member: name, value) }
        }
        item.meaning.appendJSON(to: &json)
        #expect(json.string == expected.string)
      }
    }
  }

  private static let directions: [CaptureDirection] = [.clientToServer, .serverToClient]

  @Test(arguments: Recordings.names, directions)
  func tellsWhatTheMembersAre(name: String, direction: CaptureDirection) throws {
    let bytes = try Recordings.bytes(name, direction)
    #expect(try items(bytes, direction, isForJSON: true).count > 10)
    try expectSame(bytes, direction)
    // Without what came before, fields are inferred, and types are guessed.
    for start in [30, 77, 150] { try expectSame(Array(bytes.dropFirst(start)), direction) }
  }

  @Test(arguments: directions)
  func tellsWhatTheMembersOfDamagedBytesAre(direction: CaptureDirection) throws {
    let bytes = try Recordings.bytes("generate-api-token", direction)
    var random = SeededGenerator(seed: 11)
    for _ in 0..<200 {
      var damaged = bytes
      for _ in 0..<3 {
        damaged[Int.random(in: damaged.indices, using: &random)] = .random(
          in: 0...255, using: &random)
      }
      try expectSame(damaged, direction)
    }
  }
}
