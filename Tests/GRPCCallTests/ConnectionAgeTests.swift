import GRPCCall
import Testing

@Suite("Age of a connection")
struct ConnectionAgeTests {
  @Test("it is ended at its age, and cut off after the grace")
  func ends() {
    var age = ConnectionAge(limit: .seconds(100), grace: .seconds(7), now: at(10), random: 0)
    #expect(age.nextDeadline == at(100))
    #expect(age.tick(at: at(99)) == .none)
    #expect(age.tick(at: at(101)) == .drain)
    #expect(age.nextDeadline == at(108))
    #expect(age.tick(at: at(107)) == .none)
    #expect(age.tick(at: at(108)) == .cutOff)
    #expect(age.nextDeadline == nil)
    #expect(age.tick(at: at(1_000)) == .none)
  }

  @Test("without a grace calls run for any time, without a limit all of it does")
  func unlimited() {
    var patient = ConnectionAge(limit: .seconds(100), grace: nil, now: at(0), random: 0)
    #expect(patient.tick(at: at(200)) == .drain)
    #expect(patient.nextDeadline == nil)
    #expect(patient.tick(at: at(100_000)) == .none)
    var ageless = ConnectionAge(limit: nil, grace: .seconds(1), now: at(0), random: 5)
    #expect(ageless.nextDeadline == nil)
    #expect(ageless.tick(at: .distantFuture) == .none)
  }

  @Test("ages differ by a tenth either way", arguments: [0, 1, 0x1234_5678_9abc_def0, UInt64.max])
  func spread(random: UInt64) throws {
    let age = ConnectionAge(limit: .seconds(100), grace: nil, now: at(0), random: random)
    let deadline = try #require(age.nextDeadline)
    #expect(at(90)...at(110) ~= deadline)
  }

  @Test("limits beyond any clock, and below zero, are no trap", arguments: [UInt64.min, .max])
  func extremes(random: UInt64) {
    for limit in [Duration.seconds(Int64.max), .seconds(Int64.min), .zero] {
      var age = ConnectionAge(limit: limit, grace: limit, now: at(1), random: random)
      _ = age.tick(at: at(2))
      _ = age.tick(at: .distantFuture)
      _ = age.tick(at: .distantFuture)
      #expect(age.nextDeadline == nil)
    }
  }
}
