import Testing

@testable import HTTP2Session

/// The rules of RFC 9113 §5.1 and §5.1.1 on identifiers of streams that are over.
extension PeerStreamHistory {
  /// Takes HEADERS or DATA.
  fileprivate mutating func receive(_ stream: Int32, isHeaders: Bool) -> Violation? {
    receive(FrameHeader(length: 0, type: isHeaders ? 1 : 0, flags: 0, stream: stream))
  }
}

@Suite struct PeerStreamHistoryTests {
  @Test func streamsInOrderBreakNoRule() {
    var history = PeerStreamHistory()
    for stream in stride(from: Int32(1), through: 99, by: 2) {
      #expect(history.receive(stream, isHeaders: true) == nil)
      #expect(history.receive(stream, isHeaders: false) == nil)
      history.close(stream)
    }
  }

  @Test func aStreamThatThePeerHasEndedTakesNothingMore() {
    var history = PeerStreamHistory()
    _ = history.receive(1, isHeaders: true)
    history.close(1)
    #expect(history.receive(1, isHeaders: true) == .closedStream)
    #expect(history.receive(1, isHeaders: false) == .closedStream)
  }

  @Test func aStreamThatThePeerHasResetTakesNothingMore() {
    var history = PeerStreamHistory()
    _ = history.receive(1, isHeaders: true)
    _ = history.receive(FrameHeader(length: 4, type: 3, flags: 0, stream: 1))
    #expect(history.receive(1, isHeaders: false) == .closedStream)
  }

  @Test func aStreamThatOnlyThisSideHasResetMayStillGetWhatWasOnItsWay() {
    var history = PeerStreamHistory()
    _ = history.receive(1, isHeaders: true)
    #expect(history.receive(1, isHeaders: false) == nil)
  }

  @Test func anIdentifierThatWasPassedOverCannotBeUsedLater() {
    var history = PeerStreamHistory()
    _ = history.receive(3, isHeaders: true)
    _ = history.receive(9, isHeaders: true)
    #expect(history.receive(1, isHeaders: true) == .skippedIdentifier)
    #expect(history.receive(5, isHeaders: true) == .skippedIdentifier)
    #expect(history.receive(7, isHeaders: false) == .skippedIdentifier)
    #expect(history.receive(3, isHeaders: false) == nil)
    #expect(history.receive(11, isHeaders: true) == nil)
  }

  @Test func dataOfAStreamThatWasNeverOpenedPassesNothingOver() {
    var history = PeerStreamHistory()
    #expect(history.receive(5, isHeaders: false) == nil)
    #expect(history.receive(1, isHeaders: true) == nil)
  }

  @Test func onlyTheLatestAreKept() {
    var history = PeerStreamHistory()
    for stream in stride(from: Int32(1), through: 4001, by: 4) {
      _ = history.receive(stream, isHeaders: true)
      history.close(stream)
    }
    #expect(history.receive(4001, isHeaders: false) == .closedStream)
    #expect(history.receive(1, isHeaders: false) == nil)
    #expect(history.receive(3999, isHeaders: true) == .skippedIdentifier)
    #expect(history.receive(3, isHeaders: true) == nil)
  }

  @Test(arguments: [Int32(0), 2]) func whatIsNoStreamOfAClientIsLeftToOthers(_ id: Int32) {
    var history = PeerStreamHistory()
    _ = history.receive(.max, isHeaders: true)
    #expect(history.receive(id, isHeaders: true) == nil)
  }
}
