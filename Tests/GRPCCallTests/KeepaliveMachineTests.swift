import GRPCCall
import Testing

@Suite("Keepalive")
struct KeepaliveMachineTests {
  @Test("asks a silent connection, and gives it up when no answer comes")
  func silence() {
    var machine = KeepaliveMachine.asking(every: 30, timeout: 5)
    #expect(machine.nextDeadline == at(30))
    #expect(machine.tick(at: at(29)) == .none)
    #expect(machine.tick(at: at(31)) == .sendPing)
    #expect(machine.nextDeadline == at(36))
    #expect(machine.tick(at: at(35)) == .none)
    #expect(machine.tick(at: at(36)) == .timedOut)
    #expect(machine.nextDeadline == nil)
    machine.receivedBytes(at: at(37))
    #expect(machine.tick(at: at(1000)) == .none)
  }

  @Test("any bytes put the question off, and answer it")
  func bytes() {
    var machine = KeepaliveMachine.asking(every: 30, timeout: 5)
    machine.receivedBytes(at: at(10))
    #expect(machine.nextDeadline == at(40))
    #expect(machine.tick(at: at(40)) == .sendPing)
    machine.receivedBytes(at: at(42))
    #expect(machine.tick(at: at(45)) == .none)
    #expect(machine.nextDeadline == at(72))
  }

  @Test("bytes from before the question do not answer it")
  func earlierBytes() {
    var machine = KeepaliveMachine.asking(every: 30, timeout: 5)
    #expect(machine.tick(at: at(30)) == .sendPing)
    machine.receivedBytes(at: at(29))
    machine.callsChanged(active: 2)
    machine.receivedBytes(at: at(30))
    #expect(machine.tick(at: at(35)) == .timedOut)
  }

  @Test("sleeps without calls unless told otherwise, and still awaits an answer")
  func withoutCalls() {
    var machine = KeepaliveMachine(time: .seconds(30), timeout: .seconds(5), now: at(0))
    #expect(machine.nextDeadline == nil)
    #expect(machine.tick(at: at(100)) == .none)
    machine.callsChanged(active: 1)
    #expect(machine.tick(at: at(100)) == .sendPing)
    machine.callsChanged(active: 0)
    #expect(machine.tick(at: at(105)) == .timedOut)
    let permitted = KeepaliveMachine(time: .seconds(30), permitWithoutCalls: true, now: at(0))
    #expect(permitted.nextDeadline == at(30))
  }

  @Test("is off without a time, and asks every 10 s at most")
  func limits() {
    var off = KeepaliveMachine(time: nil, permitWithoutCalls: true, now: at(0))
    #expect(off.nextDeadline == nil)
    #expect(off.receivedTooManyPings() == nil)
    let eager = KeepaliveMachine(time: .seconds(1), permitWithoutCalls: true, now: at(0))
    #expect(eager.nextDeadline == at(10))
  }

  @Test("asks half as often after too_many_pings")
  func tooManyPings() {
    var machine = KeepaliveMachine.asking(every: 30, timeout: 5)
    #expect(machine.receivedTooManyPings() == .seconds(60))
    #expect(machine.nextDeadline == at(60))
    #expect(machine.receivedTooManyPings() == .seconds(120))
    for _ in 0..<200 { _ = machine.receivedTooManyPings() }
    #expect(machine.time.map { $0 < .seconds(3 * 365 * 86_400) } == true)
  }
}

extension KeepaliveMachine {
  fileprivate static func asking(every time: Int, timeout: Int) -> KeepaliveMachine {
    var machine = KeepaliveMachine(time: .seconds(time), timeout: .seconds(timeout), now: at(0))
    machine.callsChanged(active: 1)
    return machine
  }
}

@Suite("Ping strikes")
struct PingStrikesTests {
  @Test("the third ping that comes too soon is one too many")
  func strikes() {
    var strikes = PingStrikes(minimumInterval: .seconds(60))
    #expect(strikes.receivedPing(at: at(0), activeCalls: 1) == .tolerated)
    #expect(strikes.receivedPing(at: at(60), activeCalls: 1) == .tolerated)
    #expect(strikes.receivedPing(at: at(61), activeCalls: 1) == .tolerated)
    #expect(strikes.receivedPing(at: at(62), activeCalls: 1) == .tolerated)
    #expect(strikes.receivedPing(at: at(63), activeCalls: 1) == .tooManyPings)
  }

  @Test("without calls two hours must lie between pings, unless that is permitted")
  func withoutCalls() {
    var strict = PingStrikes(minimumInterval: .seconds(1))
    var lenient = PingStrikes(minimumInterval: .seconds(1), permitWithoutCalls: true)
    for second in 0..<3 as Range<UInt64> {
      #expect(strict.receivedPing(at: at(second), activeCalls: 0) == .tolerated)
      #expect(lenient.receivedPing(at: at(second), activeCalls: 0) == .tolerated)
    }
    #expect(strict.receivedPing(at: at(3), activeCalls: 0) == .tooManyPings)
    #expect(lenient.receivedPing(at: at(3), activeCalls: 0) == .tolerated)
  }

  @Test("headers or data of the server's clean the slate")
  func clean() {
    var strikes = PingStrikes(minimumInterval: .seconds(60))
    for second in 0..<9 as Range<UInt64> {
      #expect(strikes.receivedPing(at: at(second), activeCalls: 1) == .tolerated)
      strikes.sentHeadersOrData()
    }
  }
}
