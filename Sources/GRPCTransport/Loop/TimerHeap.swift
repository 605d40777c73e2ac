import GRPCCall

/// What a timer calls when it fires.
protocol TimerTarget: AnyObject {
  /// - Parameter kind: what the target named the timer when it set it.
  func timerFired(_ kind: Int, on core: LoopCore)
}

/// Names a timer that was set, so that it can be cancelled.
struct TimerID: Sendable, Equatable {
  fileprivate var slot: Int
  fileprivate var generation: UInt32
}

/// The timers of a loop: a binary heap of deadlines.
///
/// Nearly every call's deadline is cancelled long before it comes, and calls with the same timeout
/// set theirs in order. So setting one costs a comparison, and cancelling one only marks it: its
/// entry stays in the heap until it comes to the top, or until half of the heap is such entries,
/// which are then swept out together. The target is let go of at once.
struct TimerHeap {
  private struct Entry {
    var deadline: UInt64
    var slot: UInt32
    var generation: UInt32
  }

  private struct Timer {
    var target: (any TimerTarget)?
    var kind = 0
    /// Counts the slot's users: an entry of an earlier one is stale.
    var generation: UInt32 = 0
  }

  private var timers: [Timer] = []
  private var free: [Int] = []
  private var heap: [Entry] = []
  private var staleCount = 0

  /// How many timers are set.
  var count: Int { heap.count - staleCount }
  /// How many entries the heap holds, stale ones too.
  var entryCount: Int { heap.count }

  /// No timer is due before this time. One that was cancelled may make it earlier than need be.
  var earliest: MonotonicTime? { heap.first.map { MonotonicTime(nanoseconds: $0.deadline) } }

  mutating func set(
    _ deadline: MonotonicTime, _ target: any TimerTarget, kind: Int
  ) -> TimerID {
    let slot = free.popLast() ?? addSlot()
    timers[slot].target = target
    timers[slot].kind = kind
    let generation = timers[slot].generation
    heap.append(
      Entry(
        deadline: deadline.nanoseconds, slot: UInt32(truncatingIfNeeded: slot),
        generation: generation))
    siftUp(from: heap.count - 1)
    return TimerID(slot: slot, generation: generation)
  }

  /// Cancels a timer; one that has fired or was cancelled already is left alone.
  mutating func cancel(_ id: TimerID) {
    guard timers[id.slot].generation == id.generation else { return }
    release(id.slot)
    staleCount += 1
    if staleCount > Self.fewestSwept, staleCount > heap.count / 2 { sweep() }
  }

  /// Takes out the earliest timer, if it is due.
  mutating func popDue(at now: MonotonicTime) -> (target: any TimerTarget, kind: Int)? {
    while let entry = heap.first, entry.deadline <= now.nanoseconds {
      removeFirst()
      let slot = Int(entry.slot)
      guard timers[slot].generation == entry.generation, let target = timers[slot].target else {
        staleCount -= 1
        continue
      }
      let kind = timers[slot].kind
      release(slot)
      return (target, kind)
    }
    return nil
  }

  private mutating func addSlot() -> Int {
    timers.append(Timer())
    return timers.count - 1
  }

  private mutating func release(_ slot: Int) {
    timers[slot].target = nil
    timers[slot].generation &+= 1
    free.append(slot)
  }

  private mutating func sweep() {
    heap.removeAll { timers[Int($0.slot)].generation != $0.generation }
    staleCount = 0
    // What is left kept its order and so is nearly a heap already.
    for position in (0..<(heap.count / 2)).reversed() { siftDown(from: position) }
  }

  private mutating func removeFirst() {
    let last = heap.removeLast()
    guard !heap.isEmpty else { return }
    heap[0] = last
    siftDown(from: 0)
  }

  private mutating func siftUp(from start: Int) {
    var position = start
    let entry = heap[position]
    while position > 0 {
      let parent = (position - 1) / 2
      guard entry.deadline < heap[parent].deadline else { break }
      heap[position] = heap[parent]
      position = parent
    }
    heap[position] = entry
  }

  private mutating func siftDown(from start: Int) {
    var position = start
    let entry = heap[position]
    while true {
      var child = 2 * position + 1
      guard child < heap.count else { break }
      if child + 1 < heap.count, heap[child + 1].deadline < heap[child].deadline { child += 1 }
      guard heap[child].deadline < entry.deadline else { break }
      heap[position] = heap[child]
      position = child
    }
    heap[position] = entry
  }

  /// Fewer stale entries than this are not worth a sweep.
  private static let fewestSwept = 64
}
