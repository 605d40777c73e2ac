import TestSupport
import Testing
import WireCaptureModel

@testable import WireDump

@Suite struct HexOutputTests {
  private static let directions: [CaptureDirection] = [.clientToServer, .serverToClient]

  private func expectAll(_ bytes: [UInt8], _ direction: CaptureDirection, step: Int = 1 << 20)
    throws
  {
    let dump = HexOutput().text(bytes, direction, try .testing(reveals: true), step: step)
    let shown = try #require(shownBytes(dump), "a byte stands in it twice")
    #expect(bytes.indices.allSatisfy { shown[$0] == bytes[$0] } && shown.count == bytes.count)
  }

  @Test(arguments: Recordings.names, directions)
  func showsEveryByteOfARecordingOnce(name: String, direction: CaptureDirection) throws {
    try expectAll(try Recordings.bytes(name, direction), direction)
  }

  @Test(arguments: directions)
  func showsEveryByteHoweverTheBytesAreCutIntoPieces(direction: CaptureDirection) throws {
    let bytes = try Recordings.bytes("bidirectional", direction)
    for step in [1, 2, 3, 7, 64] { try expectAll(bytes, direction, step: step) }
  }

  @Test(arguments: directions)
  func showsEveryByteOfWhatIsCutOffAnywhere(direction: CaptureDirection) throws {
    let bytes = try Recordings.bytes("generate-api-token", direction)
    for count in 1...bytes.count { try expectAll(Array(bytes.prefix(count)), direction) }
  }

  @Test(arguments: directions)
  func showsEveryByteOfWhatBeginsAnywhere(direction: CaptureDirection) throws {
    let bytes = try Recordings.bytes("generate-api-token", direction)
    for start in 1..<bytes.count { try expectAll(Array(bytes[start...]), direction) }
  }

  @Test func showsEveryByteOfDamagedRecordings() throws {
    var random = SeededGenerator(seed: 7)
    for name in ["generate-api-token", "binary-metadata-raw", "compressed-request"] {
      let bytes = try Recordings.bytes(name, .clientToServer)
      for _ in 0..<300 {
        var damaged = bytes
        for _ in 0..<Int.random(in: 1...4, using: &random) {
          damaged[Int.random(in: damaged.indices, using: &random)] = .random(
            in: 0...255, using: &random)
        }
        try expectAll(damaged, .clientToServer)
      }
    }
  }
}
