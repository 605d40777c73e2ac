import GRPCCall
import Synchronization

/// One connection of a channel with its loop and its queue: calls are dealt over the lanes and stay
/// in theirs.
final class Lane: Sendable {
  let core: LoopBound<ChannelCore>
  let counters: LaneCounters
  let loop: EventLoop
  /// How many calls may wait in this lane.
  let waitingLimit: Int

  init(core: LoopBound<ChannelCore>, counters: LaneCounters, waitingLimit: Int) {
    self.core = core
    self.counters = counters
    self.waitingLimit = waitingLimit
    loop = core.loop
  }
}

/// Deals calls out to lanes.
struct LanePicker: ~Copyable {
  private let lanes: [Lane]
  private let next = Atomic<Int>(0)

  init(lanes: [Lane]) { self.lanes = lanes }

  /// Chooses a lane, and puts a call in its queue.
  ///
  /// - Returns: nil when every lane's queue is full.
  func pick() -> Lane? {
    guard lanes.count > 1 else { return lanes.first.flatMap { admit($0) } }
    let turn = next.add(1, ordering: .relaxed).oldValue
    let start = Int(UInt(bitPattern: turn) % UInt(lanes.count))
    let first = preferred(from: start)
    if let lane = admit(lanes[first]) { return lane }
    for offset in 1..<lanes.count {
      if let lane = admit(lanes[(first + offset) % lanes.count]) { return lane }
    }
    return nil
  }

  private func admit(_ lane: Lane) -> Lane? {
    lane.counters.enterQueue(limit: lane.waitingLimit) ? lane : nil
  }

  /// A caller that runs on a loop stays on it. Otherwise lanes take turns, as far as they are
  /// connected; one that is idle is woken and used once it is, unless there is no other.
  private func preferred(from start: Int) -> Int {
    var ready: Int?
    var hopeful: Int?
    for offset in 0..<lanes.count {
      let index = (start + offset) % lanes.count
      switch lanes[index].counters.connectionState {
      case .ready:
        if lanes[index].loop.isCurrent { return index }
        ready = ready ?? index
      case .idle, .connecting: hopeful = hopeful ?? index
      case .failing: break
      }
    }
    if let ready {
      if let hopeful { wake(lanes[hopeful]) }
      return ready
    }
    return hopeful ?? start
  }

  private func wake(_ lane: Lane) {
    guard lane.counters.claimConnecting() else { return }
    lane.core.submit { channel, core in channel.connectIfIdle(on: core) }
  }
}
