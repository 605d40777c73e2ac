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

  private func items(_ name: String, _ direction: CaptureDirection) throws -> [Item] {
    var dump = Dump(try DumpContext.testing(), Items())
    dump.receive(
      CapturedBytes(
        direction: direction, offset: 0, bytes: try Recordings.bytes(name, direction)))
    dump.finish()
    return dump.output.found
  }

  @Test(arguments: Recordings.names, [CaptureDirection.clientToServer, .serverToClient])
  func tellsWhatTheMembersAre(name: String, direction: CaptureDirection) throws {
    let items = try items(name, direction)
    #expect(items.count > 10)
    for item in items {
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
