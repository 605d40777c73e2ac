import Testing

@testable import WirebenchCommands

@Suite struct CaptureMultiplierTests {
  /// A capture's header and one packet of 40 bytes, to the server's port 80 or from it.
  private func file(isSent: Bool) -> [UInt8] {
    var packet = [UInt8](repeating: 0, count: 40)
    packet.replaceSubrange(
      12..<20, with: isSent ? [10, 0, 0, 0, 127, 0, 0, 1] : [127, 0, 0, 1, 10, 0, 0, 0])
    packet.replaceSubrange(20..<24, with: isSent ? [128, 0, 0, 80] : [0, 80, 128, 0])
    return [UInt8](repeating: 7, count: 24) + [UInt8](repeating: 0, count: 8) + [
      40, 0, 0, 0, 40, 0, 0, 0,
    ]
      + packet
  }

  @Test(arguments: [true, false])
  func givesEachCopyAnotherClient(isSent: Bool) {
    let multiplier = CaptureMultiplier(file(isSent: isSent), connectionsAtOnce: 2)
    var capture: [UInt8] = []
    let count = multiplier.write(24 + 3 * 56) { capture += $0 }
    #expect(count == 4)
    #expect(capture.count == 24 + 4 * 56)
    let clientPort = isSent ? 36 : 38
    let ports = (0..<4).map {
      Array(capture[24 + 56 * $0 + clientPort..<24 + 56 * $0 + clientPort + 2])
    }
    #expect(ports == [[128, 0], [128, 1], [128, 2], [128, 3]])
    #expect(Array(capture.suffix(56).dropFirst(isSent ? 38 : 36).prefix(2)) == [0, 80])
  }

  @Test func writesNoPacketOfARecordingWithoutAny() {
    let count = CaptureMultiplier([1, 2, 3], connectionsAtOnce: 1).write(1000) { _ in }
    #expect(count == 0)
  }
}
