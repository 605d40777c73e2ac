import GRPCCall
import GRPCTransport
import Locking
import Synchronization

/// One connection of a soak: its callers, and what became of their calls.
final class SoakLane: Sendable {
  /// What went wrong that nothing explains.
  enum Fault: String {
    case wrongAnswer = "an answer that is not the request's"
    case silentError = "an error that does not say why"
    case otherError = "an error that no cut connection explains"
  }

  private let channel: Channel
  private let callers: Range<Int>
  private let finished = Atomic<Int>(0)
  private let failed = Atomic<Int>(0)
  private let faults = Locked<[String]>([])

  /// Calls that were answered rightly, and calls that failed as those of a cut connection do.
  var answered: Int { finished.load(ordering: .relaxed) }
  var cutOff: Int { failed.load(ordering: .relaxed) }
  /// The first things that went wrong.
  var found: [String] { faults.withLock { $0 } }
  var inFlight: Int { callers.count }

  init(port: Int, callers: Range<Int>, loops: EventLoopGroup) throws {
    self.callers = callers
    var configuration = ChannelConfiguration()
    configuration.connectionCount = 1
    configuration.eventLoops = loops
    channel = try Channel(target: .host("127.0.0.1", port: port), configuration: configuration)
  }

  /// Calls until it is told that the time is over.
  func run(until isOver: @escaping @Sendable () -> Bool) async {
    await withTaskGroup { group in
      for caller in callers {
        group.addTask { [self] in
          var call: UInt32 = 0
          repeat {
            call &+= 1
            await make(SoakMessage(caller: caller, call: call))
          } while !isOver()
        }
      }
    }
    await channel.shutdown()
  }

  private func make(_ message: SoakMessage) async {
    // A connection that was cut is made again; only what was on its way may fail.
    let options = CallOptions(deadline: .seconds(60), waitForReady: true)
    do throws(RPCError) {
      let answer = try await channel.unary(SoakMessage.method, message, options: options).message
      guard answer == message else { return note(.wrongAnswer, message) }
      finished.add(1, ordering: .relaxed)
    } catch {
      judge(error, message)
    }
  }

  private func judge(_ error: RPCError, _ message: SoakMessage) {
    guard error.status.code == .unavailable else { return note(.otherError, message, "\(error)") }
    guard !error.status.message.isEmpty else { return note(.silentError, message) }
    failed.add(1, ordering: .relaxed)
  }

  private func note(_ fault: Fault, _ message: SoakMessage, _ detail: String = "") {
    faults.withLock { faults in
      guard faults.count < 10 else { return }
      faults.append(
        "call \(message.call) of caller \(message.caller): \(fault.rawValue)"
          + (detail.isEmpty ? "" : ": \(detail)"))
    }
  }
}
