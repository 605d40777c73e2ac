import MomentoAuthMessages
import ProtobufWire
import TLSSession
import TestSupport
import Testing

/// The messages of Fixtures/messages, made by Momento's published Python package.
@Suite struct FixtureTests {
  @Test func everyMessageTypeHasAFixture() {
    #expect(GoldenManifest.shared.golden.count >= 120)
    #expect(GoldenManifest.shared.bad.count >= 45)
    #expect(Set(GoldenManifest.shared.golden.map(\.message)) == Set(renderedMessages.keys))
  }

  @Test(arguments: GoldenManifest.shared.golden)
  func aGoldenMessageIsReadAndWrittenAsMomentosPackageDoes(_ golden: GoldenMessage) throws {
    let bytes = try golden.bytes()
    try #require(bytes.count == golden.size)
    try #require(hex(Crypto.sha256(bytes)) == golden.sha256)
    let type = try #require(renderedMessages[golden.message])
    let message = try type.init(decoding: bytes)
    #expect(message.json == golden.json)
    #expect(hex(try message.encoded()) == golden.canonical ?? hex(bytes))
  }

  @Test(arguments: GoldenManifest.shared.bad)
  func aBadMessageIsRefusedWithTheFaultAndItsPlace(_ bad: BadMessage) throws {
    let bytes = try bad.bytes()
    try #require(bytes.count == bad.size)
    try #require(hex(Crypto.sha256(bytes)) == bad.sha256)
    let type = try #require(renderedMessages[bad.message])
    let error = #expect(throws: WireError.self) { _ = try type.init(decoding: bytes) }
    #expect(error?.description == bad.error)
  }

  @Test(arguments: GoldenManifest.shared.golden)
  func aMessageThatIsCutOffIsAcceptedOnlyWhereProtobufAcceptsIt(_ golden: GoldenMessage) throws {
    let bytes = try golden.bytes()
    let type = try #require(renderedMessages[golden.message])
    let accepted = bytes.indices.filter { (try? type.init(decoding: bytes, in: 0..<$0)) != nil }
    #expect(accepted == golden.acceptedPrefixes)
  }

  @Test(arguments: GoldenManifest.shared.bad)
  func aBadMessageWithinOtherBytesIsRefusedAlike(_ bad: BadMessage) throws {
    let bytes = try bad.bytes()
    let type = try #require(renderedMessages[bad.message])
    // A gRPC frame's header before it, and what would be a good field behind it.
    let framed = [0, 0, 0, 0, 0] + bytes + [0x08, 0x01]
    let error = #expect(throws: WireError.self) {
      _ = try type.init(decoding: framed, in: 5..<5 + bytes.count)
    }
    #expect(error?.description == bad.error)
  }

  @Test(arguments: GoldenManifest.shared.golden)
  func everyPrefixIsReadOrRefusedWithinItsBytes(_ golden: GoldenMessage) throws {
    let bytes = try golden.bytes()
    let type = try #require(renderedMessages[golden.message])
    for count in 0...bytes.count {
      try expectFixedPoint(type, bytes, 0..<count)
    }
  }

  @Test(arguments: GoldenManifest.shared.golden)
  func aDamagedMessageIsReadOrRefusedAndWhatWasReadIsStable(_ golden: GoldenMessage) throws {
    let bytes = try golden.bytes()
    let type = try #require(renderedMessages[golden.message])
    var random = SeededGenerator(seed: UInt64(golden.size) &* 31 &+ UInt64(golden.name.utf8.count))
    for _ in 0..<200 {
      var damaged = bytes
      for _ in 0..<Int.random(in: 1...4, using: &random) { damage(&damaged, &random) }
      try expectFixedPoint(type, damaged, 0..<damaged.count)
    }
  }

  /// What is read is written in a form that stays the same when it is read and written again; what is
  /// not is refused with an offset in the message.
  private func expectFixedPoint<Message: RenderedMessage>(
    _ type: Message.Type, _ bytes: [UInt8], _ range: Range<Int>
  ) throws {
    let first: Message
    do throws(WireError) {
      first = try Message(decoding: bytes, in: range)
    } catch {
      let offset = error.offset ?? -1
      if !range.contains(offset) && offset != range.upperBound {
        Issue.record("\(error) in \(range.count) bytes")
      }
      return
    }
    let written = try first.encoded()
    let second = try Message(decoding: written)
    let stable = try second.encoded() == written && second == first && second.json == first.json
    if !stable { Issue.record("\(hex(Array(bytes[range]))) was written as \(hex(written))") }
  }

  private func damage(_ bytes: inout [UInt8], _ random: inout SeededGenerator) {
    let byte = UInt8.random(in: .min ... .max, using: &random)
    guard let index = bytes.indices.randomElement(using: &random) else {
      bytes.append(byte)
      return
    }
    switch Int.random(in: 0..<5, using: &random) {
    case 0: bytes[index] = byte
    case 1: bytes[index] ^= 1 << (byte & 7)
    case 2: bytes.insert(byte, at: index)
    case 3: bytes.remove(at: index)
    default: bytes.insert(contentsOf: bytes[index...].prefix(Int(byte & 15)), at: index)
    }
  }
}

extension GoldenMessage: CustomTestStringConvertible {
  package var testDescription: String { name }
}

extension BadMessage: CustomTestStringConvertible {
  package var testDescription: String { name }
}
