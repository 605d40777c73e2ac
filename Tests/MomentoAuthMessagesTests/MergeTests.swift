import MomentoAuthMessages
import ProtobufWire
import Testing

@Suite struct MergeTests {
  /// permissions { explicit { permissions {} } }, in one piece of six bytes.
  private let piece: [UInt8] = [0x22, 0x04, 0x12, 0x02, 0x0a, 0x00]

  @Test("a list that comes in many pieces is merged in linear time", .timeLimit(.minutes(5)))
  func manyPieces() throws {
    // Copying what came before at each piece would take minutes, here and at a server.
    let bytes = [UInt8]((0..<200_000).map { _ in piece }.joined())
    let request = try GenerateApiTokenRequest(decoding: bytes)
    guard case .explicit(let explicit) = request.permissions?.kind else {
      Issue.record("no list")
      return
    }
    #expect(explicit.permissions.count == 200_000)
  }
}
