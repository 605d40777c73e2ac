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

/// The timers of a loop: a binary heap that knows where each timer lies in it, so that one is
/// cancelled at once. Nearly every call's deadline is cancelled, hence nothing may stay behind.
struct TimerHeap {
  private struct Timer {
    var deadline = MonotonicTime(nanoseconds: 0)
    var target: (any TimerTarget)?
    var kind = 0
    var generation: UInt32 = 0
    /// Where the timer lies in `heap`, or -1.
    var position = -1
  }

  private var timers: [Timer] = []
  private var free: [Int] = []
  /// Slots of `timers`, the earliest deadline first.
  private var heap: [Int] = []

  var isEmpty: Bool { heap.isEmpty }
  var earliest: MonotonicTime? { heap.first.map { timers[$0].deadline } }

  mutating func set(
    _ deadline: MonotonicTime, _ target: any TimerTarget, kind: Int
  ) -> TimerID {
    let slot = free.popLast() ?? addSlot()
    timers[slot].deadline = deadline
    timers[slot].target = target
    timers[slot].kind = kind
    timers[slot].position = heap.count
    heap.append(slot)
    siftUp(from: heap.count - 1)
    return TimerID(slot: slot, generation: timers[slot].generation)
  }

  /// Cancels a timer; one that has fired or was cancelled already is left alone.
  mutating func cancel(_ id: TimerID) {
    guard timers[id.slot].generation == id.generation, timers[id.slot].position >= 0 else { return }
    remove(at: timers[id.slot].position)
  }

  /// Takes out the earliest timer, if it is due.
  mutating func popDue(at now: MonotonicTime) -> (target: any TimerTarget, kind: Int)? {
    guard let slot = heap.first, timers[slot].deadline <= now else { return nil }
    let (target, kind) = (timers[slot].target, timers[slot].kind)
    remove(at: 0)
    return target.map { ($0, kind) }
  }

  private mutating func addSlot() -> Int {
    timers.append(Timer())
    return timers.count - 1
  }

  private mutating func remove(at position: Int) {
    let slot = heap[position]
    let last = heap.removeLast()
    if position < heap.count {
      place(last, at: position)
      siftUp(from: position)
      siftDown(from: timers[last].position)
    }
    timers[slot].target = nil
    timers[slot].position = -1
    timers[slot].generation &+= 1
    free.append(slot)
  }

  private mutating func place(_ slot: Int, at position: Int) {
    heap[position] = slot
    timers[slot].position = position
  }

  private mutating func siftUp(from start: Int) {
    var position = start
    let slot = heap[position]
    while position > 0 {
      let parent = (position - 1) / 2
      guard timers[slot].deadline < timers[heap[parent]].deadline else { break }
      place(heap[parent], at: position)
      position = parent
    }
    place(slot, at: position)
  }

  private mutating func siftDown(from start: Int) {
    var position = start
    let slot = heap[position]
    while true {
      var child = 2 * position + 1
      guard child < heap.count else { break }
      if child + 1 < heap.count,
        timers[heap[child + 1]].deadline < timers[heap[child]].deadline
      {
        child += 1
      }
      guard timers[heap[child]].deadline < timers[slot].deadline else { break }
      place(heap[child], at: position)
      position = child
    }
    place(slot, at: position)
  }
}
