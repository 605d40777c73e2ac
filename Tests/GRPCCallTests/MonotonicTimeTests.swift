import GRPCCall
import Testing

@Suite("Monotonic time")
struct MonotonicTimeTests {
  @Test("moves forth and back")
  func moves() {
    #expect(at(5).advanced(by: .seconds(3)) == at(8))
    #expect(at(5).advanced(by: .seconds(-3)) == at(2))
    #expect(at(5).duration(to: at(8)) == .seconds(3))
    #expect(at(8).duration(to: at(5)) == .seconds(-3))
    #expect(at(5) < at(6))
  }

  @Test("stops at the ends of the clock")
  func saturates() {
    #expect(at(5).advanced(by: .seconds(Int64.max)) == .distantFuture)
    #expect(at(5).advanced(by: .seconds(Int64.min + 1)) == at(0))
    let longest = Duration.seconds(Int64.max) * 18
    #expect(at(5).advanced(by: longest) == .distantFuture)
    #expect(at(5).advanced(by: .zero - longest) == at(0))
    #expect(MonotonicTime.distantFuture.advanced(by: .nanoseconds(1)) == .distantFuture)
    #expect(at(1).advanced(by: .seconds(-2)) == at(0))
  }

  @Test("counts a started nanosecond whole")
  func rounding() {
    let sliver = Duration(secondsComponent: 1, attosecondsComponent: 1)
    #expect(sliver.wholeNanoseconds == 1_000_000_001)
    #expect(Duration.seconds(-1).wholeNanoseconds == 0)
  }
}
