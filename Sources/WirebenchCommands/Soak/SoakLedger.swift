import GRPCCall
import GRPCTransport
import Locking
import Synchronization

/// The latest calls of one caller: a call that failed may arrive behind many that came after it.
struct CallWindow {
  /// How many calls back it is known whether one was done.
  private static let size: UInt32 = 16_384

  private var highest: UInt32 = 0
  /// The number of the call that was done last at each place; a place is shared by every so many.
  private var done: [UInt32] = []

  enum Judgement { case new, repeated, tooOld }

  /// Takes a call, from 1 on.
  mutating func add(_ call: UInt32) -> Judgement {
    if done.isEmpty { done = [UInt32](repeating: 0, count: Int(Self.size)) }
    guard highest < Self.size || call > highest - Self.size else { return .tooOld }
    highest = max(highest, call)
    let place = Int(call % Self.size)
    guard done[place] != call else { return .repeated }
    done[place] = call
    return .new
  }
}

/// The server of a soak: it repeats what it is sent, and notes that no call is done twice.
final class SoakLedger: GRPCService {
  private let windows: [Locked<CallWindow>]
  private let repeated = Atomic<Int>(0)

  private let forgotten = Atomic<Int>(0)

  /// How many calls came so late that nobody knows whether they were done before.
  var tooLate: Int { forgotten.load(ordering: .relaxed) }

  /// How many calls were done a second time.
  var duplicates: Int { repeated.load(ordering: .relaxed) }

  init(callers: Int) { windows = (0..<callers).map { _ in Locked(CallWindow()) } }

  func register(in router: inout Router) {
    router.unary(SoakMessage.method) { [self] message, _ in
      note(message)
      return ServerResponse(message)
    }
  }

  private func note(_ message: SoakMessage) {
    let caller = Int(message.caller)
    guard windows.indices.contains(caller) else { return }
    switch windows[caller].withLock({ $0.add(message.call) }) {
    case .new: break
    case .repeated: repeated.add(1, ordering: .relaxed)
    case .tooOld: forgotten.add(1, ordering: .relaxed)
    }
  }
}
