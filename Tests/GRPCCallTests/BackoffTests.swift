import GRPCCall
import Testing

@Suite("Reconnect back-off")
struct BackoffTests {
  /// The number that leaves a wait as it is: half of the range.
  static let middle: UInt64 = 1 << 63

  @Test("grows 1.6 times from 1 s, and no further than 120 s")
  func growth() {
    var backoff = ReconnectBackoff()
    let waits = (0..<14).map { _ in backoff.next(random: Self.middle).milliseconds }
    #expect(waits[..<4] == [1000, 1600, 2560, 4096])
    #expect(waits[10] == 109_951)
    #expect(waits[11...] == [120_000, 120_000, 120_000])
  }

  @Test("is spread by a fifth to either side")
  func jitter() {
    var low = ReconnectBackoff()
    var high = ReconnectBackoff()
    #expect(low.next(random: 0).milliseconds == 800)
    #expect((1199...1200).contains(high.next(random: .max).milliseconds))
  }

  @Test("starts anew after success")
  func reset() {
    var backoff = ReconnectBackoff()
    _ = backoff.next(random: 0)
    _ = backoff.next(random: 0)
    backoff.reset()
    #expect(backoff.next(random: Self.middle) == .seconds(1))
  }

  @Test("absurd settings give a wait, not a crash")
  func absurd() {
    var backoff = ReconnectBackoff(
      initial: .seconds(Int64.max), maximum: .seconds(Int64.max), multiplier: .infinity,
      jitter: .nan)
    for _ in 0..<3 { #expect(backoff.next(random: .max) >= .zero) }
    var negative = ReconnectBackoff(initial: .seconds(-1), multiplier: -1, jitter: 9)
    #expect(negative.next(random: 0) == .zero)
  }
}

extension Duration {
  fileprivate var milliseconds: Int64 {
    components.seconds * 1000 + components.attoseconds / 1_000_000_000_000_000
  }
}
