/// Tasks that go on once the loop's turn is over, on the threads that Swift has for tasks.
///
/// They are woken together: each wake may take the core from the loop at once, and a thread that is
/// woken for one task at a time sleeps again in between.
struct Departures {
  /// From this many on, one task lets the others go on.
  private static let fewestToGather = 4

  private var waiters: [Waiter] = []

  mutating func add(_ waiter: Waiter) { waiters.append(waiter) }

  var count: Int { waiters.count }

  /// Takes one out, which the caller has to let go on.
  mutating func popLast() -> Waiter? { waiters.popLast() }

  /// Lets them all go on.
  ///
  /// - Returns: how many they were.
  mutating func leave() -> Int {
    let count = waiters.count
    if count < Self.fewestToGather {
      for waiter in waiters { waiter.resume() }
      waiters.removeAll(keepingCapacity: true)
    } else {
      let waiters = waiters
      self.waiters = []
      self.waiters.reserveCapacity(count)
      Task.detached { for waiter in waiters { waiter.resume() } }
    }
    return count
  }
}
