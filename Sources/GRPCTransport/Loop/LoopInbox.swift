import Locking

/// What other threads have given a loop, and who looks at it: the loop's thread, a caller that has
/// borrowed the loop from it, or nobody, until a caller comes.
final class LoopInbox: Sendable {
  enum Work: Sendable {
    case task(any LoopTask)
    case job(UnownedJob)

    var isJob: Bool { if case .job = self { true } else { false } }
  }

  /// What has to be done for the work to be looked at.
  enum Alarm { case none, wakeup, doorbell }

  /// Who has the loop and all that belongs to it.
  private enum Holder { case thread, nobody, caller }

  private struct State {
    var work: [Work] = []
    /// The loop is awake, or has been told to wake, and will look here before it sleeps.
    var isAttended = true
    var isStopped = false
    /// With so much work the doorbell is to be rung; 0 while the loop does not sleep on it.
    var awaited = 0
    var holder = Holder.thread
    /// How often a caller has had the loop since it was offered last.
    var loans = 0

    mutating func put(_ item: Work) -> Alarm {
      work.append(item)
      if holder == .nobody {
        holder = .thread
        isAttended = true
        return .doorbell
      }
      guard isAttended else {
        isAttended = true
        return .wakeup
      }
      guard awaited > 0, work.count >= awaited else { return .none }
      awaited = 0
      return .doorbell
    }
  }

  private let state = Locked(State())

  /// Adds work, behind what is there already.
  func put(_ work: Work) -> Alarm { state.withLock { $0.put(work) } }

  /// The loop is to end.
  func stop() {
    state.withLock {
      $0.isStopped = true
      $0.isAttended = true
    }
  }

  // MARK: For the loop's thread

  var isEmpty: Bool { state.withLock { $0.work.isEmpty } }

  /// Takes what has come in. When that is nothing, and the loop has nothing else to do, whoever
  /// submits next has to wake it.
  ///
  /// - Returns: false once the loop is to end.
  func take(_ work: inout [Work], hasOther: Bool) -> Bool {
    state.withLock { state in
      swap(&state.work, &work)
      state.isAttended = !work.isEmpty || hasOther
      return !state.isStopped
    }
  }

  /// The loop has slept and is awake again: until it has looked, nobody needs to wake it.
  func attend() { state.withLock { $0.isAttended = true } }

  /// Asks for the doorbell to be rung when so much work is there.
  ///
  /// - Returns: false when there is nothing to wait for.
  func await(_ count: Int) -> Bool {
    state.withLock { state in
      state.isAttended = true
      if state.work.count >= count || state.isStopped { return false }
      state.awaited = count
      return true
    }
  }

  func stopAwaiting() { state.withLock { $0.awaited = 0 } }

  /// The loop's thread gives the loop away, to whoever calls next.
  ///
  /// - Returns: false when there is work for it.
  func offer() -> Bool {
    state.withLock { state in
      guard state.work.isEmpty, !state.isStopped else { return false }
      state.holder = .nobody
      state.isAttended = false
      state.loans = 0
      return true
    }
  }

  /// The loop's thread takes the loop back, unless a caller has it or has had it since `loans`.
  ///
  /// - Returns: whether it has it.
  func reclaim(_ loans: inout Int) -> Bool {
    state.withLock { state in
      switch state.holder {
      case .thread: return true
      case .caller: return false
      case .nobody:
        guard state.loans == loans || state.isStopped else {
          loans = state.loans
          return false
        }
        state.holder = .thread
        state.isAttended = true
        return true
      }
    }
  }

  // MARK: For a caller

  /// Takes the loop where it is on offer; puts the task in otherwise.
  ///
  /// - Returns: nil when the caller has the loop now, and has to run the task itself.
  func borrow(orPut task: any LoopTask) -> Alarm? {
    state.withLock { state in
      guard state.holder == .nobody, !state.isStopped else { return state.put(.task(task)) }
      state.holder = .caller
      state.isAttended = true
      state.loans += 1
      return nil
    }
  }

  /// Takes what has come in.
  ///
  /// - Returns: false when the loop's thread is to look at it: a task's job may take long, and must
  ///   not run within another's.
  func takeBorrowed(_ work: inout [Work]) -> Bool {
    state.withLock { state in
      if state.work.isEmpty { return !state.isStopped }
      guard !state.isStopped, !state.work.contains(where: \.isJob) else { return false }
      swap(&state.work, &work)
      return true
    }
  }

  /// The caller has done with the loop.
  ///
  /// - Parameter isIdle: the loop has nothing to do but to wait for the next caller.
  /// - Returns: whether the loop's thread has it now, and has to be woken.
  func giveBack(isIdle: Bool) -> Bool {
    state.withLock { state in
      guard isIdle, state.work.isEmpty, !state.isStopped else {
        state.holder = .thread
        return true
      }
      state.holder = .nobody
      state.isAttended = false
      return false
    }
  }
}
