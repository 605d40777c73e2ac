import GRPCCall
import GRPCTransport
import Locking
import Synchronization

/// The latest calls of one caller: a call that failed may arrive behind the one after it.
struct CallWindow {
  private var highest: UInt32 = 0
  /// Bit n: the call n below the highest was done.
  private var done: UInt64 = 0

  /// - Returns: whether the call is a new one.
  mutating func add(_ call: UInt32) -> Bool {
    if call > highest {
      let distance = call - highest
      done = distance < 64 ? done << UInt64(distance) | 1 : 1
      highest = call
      return true
    }
    let distance = highest - call
    guard distance < 64, done & 1 << UInt64(distance) == 0 else { return false }
    done |= 1 << UInt64(distance)
    return true
  }
}

/// The server of a soak: it repeats what it is sent, and notes that no call is done twice.
final class SoakLedger: GRPCService {
  private let windows: [Locked<CallWindow>]
  private let repeated = Atomic<Int>(0)

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
    let isNew =
      windows.indices.contains(caller)
      && windows[caller].withLock { window in
        window.add(message.call)
      }
    if !isNew { repeated.add(1, ordering: .relaxed) }
  }
}
