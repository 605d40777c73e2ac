import Testing

@testable import HTTP2Session

private let second: UInt64 = 1_000_000_000

@Suite struct TokenBucketTests {
  @Test func aBurstIsTakenAtOnceAndNothingMore() {
    var bucket = TokenBucket(FrameRate(burst: 3, perSecond: 0))
    let spent = (0..<5).map { _ in bucket.spend(9 * second) }
    #expect(spent == [true, true, true, false, false])
  }

  @Test func timeGivesBackWhatTheRateAllows() {
    var bucket = TokenBucket(FrameRate(burst: 10, perSecond: 4))
    for _ in 0..<10 { _ = bucket.spend(0) }
    // A quarter of a second is one; what is less is not lost.
    let spent = stride(from: UInt64(0), through: second, by: Int(second / 8)).map {
      bucket.spend($0)
    }
    #expect(spent == [false, false, true, false, true, false, true, false, true])
  }

  @Test func aLongPauseFillsItAndNoMore() {
    var bucket = TokenBucket(FrameRate(burst: 2, perSecond: 1_000_000))
    for _ in 0..<2 { _ = bucket.spend(0) }
    let spent = (0..<3).map { _ in bucket.spend(.max) }
    #expect(spent == [true, true, false])
  }

  @Test func whatIsEarnedHasNoMoreRoomThanTheBurst() {
    var bucket = TokenBucket(FrameRate(burst: 2, perSecond: 0))
    for _ in 0..<9 { bucket.earn(1) }
    let spent = (0..<3).map { _ in bucket.spend(0) }
    #expect(spent == [true, true, false])
    bucket.earn(1)
    let earned = bucket.spend(0)
    #expect(earned)
  }

  @Test func ratesBelowZeroAreZero() {
    var bucket = TokenBucket(FrameRate(burst: -1, perSecond: -1))
    let spent = bucket.spend(.max)
    #expect(!spent)
  }
}

@Suite struct FloodGuardTests {
  private static let few: HTTP2FloodLimits = {
    var limits = HTTP2FloodLimits()
    let rate = FrameRate(burst: 2, perSecond: 1)
    limits.pings = rate
    limits.settings = rate
    limits.priorities = rate
    limits.windowUpdates = rate
    limits.resets = rate
    limits.emptyFrames = rate
    limits.unknownFrames = rate
    limits.streams = rate
    limits.continuations = 2
    return limits
  }()

  private static func frame(_ type: UInt8, length: Int = 0, flags: UInt8 = 0) -> FrameHeader {
    FrameHeader(length: length, type: type, flags: flags, stream: 1)
  }

  @Test(
    arguments: zip(
      [0, 1, 2, 3, 4, 6, 7, 8, 0xfa] as [UInt8],
      [
        "empty DATA", "HEADERS", "PRIORITY", "RST_STREAM", "SETTINGS", "PING", "GOAWAY",
        "WINDOW_UPDATE", "unknown",
      ]))
  func framesOfEachTypeHaveALimitAndTimeLiftsIt(type: UInt8, name: String) {
    var flood = FloodGuard(Self.few)
    // A stream that is opened allows for two WINDOW_UPDATE frames, and there is room for two.
    #expect(flood.receive(Self.frame(type), at: 0) == nil)
    #expect(flood.receive(Self.frame(type), at: 0) == nil)
    #expect(flood.receive(Self.frame(type), at: 0) == "too many \(name) frames")
    #expect(flood.receive(Self.frame(type), at: second) == nil)
  }

  @Test func dataThatCarriesOrEndsSomethingIsNotCounted() {
    var flood = FloodGuard(Self.few)
    for _ in 0..<9 {
      #expect(flood.receive(Self.frame(0, length: 1), at: 0) == nil)
      #expect(flood.receive(Self.frame(0, flags: 1), at: 0) == nil)
    }
  }

  @Test func aHeaderBlockHasSoManyContinuations() {
    var flood = FloodGuard(Self.few)
    for time in 0..<3 {
      _ = flood.receive(Self.frame(1), at: UInt64(time) * second)
      #expect(flood.receive(Self.frame(9), at: 0) == nil)
      #expect(flood.receive(Self.frame(9), at: 0) == nil)
    }
    #expect(flood.receive(Self.frame(9), at: 0) == "too many CONTINUATION frames")
  }

  @Test func whatTheServerSendsAllowsForAnswers() {
    var flood = FloodGuard(Self.few)
    for _ in 0..<9 {
      flood.sentData()
      #expect(flood.receive(Self.frame(6), at: 0) == nil)
      #expect(flood.receive(Self.frame(8), at: 0) == nil)
      #expect(flood.receive(Self.frame(8), at: 0) == nil)
    }
  }

  @Test func callsThatEndAllowForCallsThatAreCancelled() {
    var flood = FloodGuard(Self.few)
    for _ in 0..<9 {
      flood.ended()
      #expect(flood.receive(Self.frame(3), at: 0) == nil)
    }
  }

  @Test func streamsThatTheServerHadToResetCountLikeTheClientsOwn() {
    var flood = FloodGuard(Self.few)
    for _ in 0..<3 { flood.sentReset(at: 0) }
    #expect(
      flood.receive(Self.frame(0, length: 1), at: 0) == "too many streams had to be reset")
  }
}
