/// The calls that wait for a connection or a free stream, first come, first served. One that ends
/// while it waits is left in its place and passed over later, unless too many such pile up.
struct WaitingCalls {
  /// Nil where one has been taken out, which is not kept any longer.
  private var calls: [ClientCall?] = []
  private var head = 0
  private var overCount = 0

  /// Calls that still wait.
  var count: Int { calls.count - head - overCount }
  var isEmpty: Bool { count == 0 }

  mutating func append(_ call: ClientCall) { calls.append(call) }

  /// A call in the queue has ended by deadline or cancellation.
  mutating func noteOver() {
    overCount += 1
    guard overCount > 64, overCount > (calls.count - head) / 2 else { return }
    calls = live
    head = 0
    overCount = 0
  }

  private var live: [ClientCall] { calls[head...].compactMap { $0 }.filter { !$0.isOver } }

  mutating func popFirst() -> ClientCall? {
    while head < calls.count {
      var taken: ClientCall?
      swap(&taken, &calls[head])
      head += 1
      if head > 1_024, head > calls.count / 2 {
        calls.removeFirst(head)
        head = 0
      }
      guard let call = taken else { continue }
      if !call.isOver { return call }
      overCount -= 1
    }
    calls.removeAll(keepingCapacity: true)
    head = 0
    return nil
  }

  /// Takes out the calls for which `condition` holds.
  mutating func removeAll(where condition: (ClientCall) -> Bool) -> [ClientCall] {
    let live = live
    calls = live.filter { !condition($0) }
    head = 0
    overCount = 0
    return live.filter(condition)
  }
}
