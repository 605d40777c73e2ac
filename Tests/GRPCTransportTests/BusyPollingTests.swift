import Testing

@testable import GRPCTransport

@Suite struct BusyPollingTests {
  @Test func beforeAnyAnswerNobodyWaitsAwake() {
    #expect(BusyPolling(isOn: true).budget == nil)
  }

  @Test func afterQuickAnswersTheNextIsAwaitedAwakeForTwiceAsLong() throws {
    var polling = BusyPolling(isOn: true)
    for _ in 0..<100 { polling.waited(20_000) }
    let budget = try #require(polling.budget)
    #expect(40_000...40_100 ~= budget)
  }

  @Test func slowAnswersEndItAndQuickOnesBringItBack() {
    var polling = BusyPolling(isOn: true)
    for _ in 0..<100 { polling.waited(20_000) }
    polling.waited(150_000)
    #expect(polling.budget != nil)
    for _ in 0..<10 { polling.waited(150_000) }
    #expect(polling.budget == nil)
    for _ in 0..<100 { polling.waited(20_000) }
    #expect(polling.budget != nil)
  }

  @Test func onePauseOfAnyLengthIsSoonForgotten() {
    var polling = BusyPolling(isOn: true)
    for _ in 0..<100 { polling.waited(10_000) }
    polling.waited(.max)
    #expect(polling.budget != nil)
  }

  @Test func turnedOffItStaysOff() {
    var polling = BusyPolling(isOn: false)
    for _ in 0..<100 { polling.waited(1) }
    #expect(polling.budget == nil)
  }
}
