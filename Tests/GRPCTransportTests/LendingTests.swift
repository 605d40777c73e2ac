import Testing

@testable import GRPCTransport

@Suite struct LendingTests {
  /// A rule that has seen enough calls one after the other.
  private static func sequential() -> Lending {
    var lending = Lending()
    while !lending.begins(with: 1, callsInFlight: 0) {}
    return lending
  }

  private func expect(
    _ lending: inout Lending, with callers: Int, callsInFlight: Int, lends expected: Bool
  ) {
    let lends = lending.begins(with: callers, callsInFlight: callsInFlight)
    #expect(lends == expected, "with \(callers) let go and \(callsInFlight) in flight")
  }

  @Test func aLoopLendsItselfToACallerOnlyAfterSomeCallsThatWereTheOnlyOnes() {
    var lending = Lending()
    var before = 0
    while !lending.begins(with: 1, callsInFlight: 0), before < 100 { before += 1 }
    #expect(before == 8)
  }

  @Test(arguments: [(2, 0), (1, 1), (0, 2), (3, 5)])
  func callsAtTheSameTimeEndTheLending(callers: Int, callsInFlight: Int) {
    var lending = Self.sequential()
    expect(&lending, with: 1, callsInFlight: 0, lends: true)
    expect(&lending, with: callers, callsInFlight: callsInFlight, lends: false)
    expect(&lending, with: 1, callsInFlight: 0, lends: false)
  }

  @Test func aTurnThatLetsNobodyGoOnChangesNothing() {
    var lending = Self.sequential()
    expect(&lending, with: 0, callsInFlight: 0, lends: false)
    expect(&lending, with: 0, callsInFlight: 1, lends: false)
    expect(&lending, with: 1, callsInFlight: 0, lends: true)
  }

  @Test func aCallerThatDidNotComeBackIsTrustedEverLessAndAtOnceAgainWhenItDid() {
    var lending = Self.sequential()
    var pauses: [Int] = []
    for _ in 0..<10 {
      lending.ended(isBorrowed: false)
      var pause = 0
      while !lending.begins(with: 1, callsInFlight: 0) { pause += 1 }
      pauses.append(pause)
    }
    #expect(pauses == [1, 2, 4, 8, 16, 32, 64, 128, 128, 128])
    lending.ended(isBorrowed: true)
    expect(&lending, with: 1, callsInFlight: 0, lends: true)
  }
}
