import Glibc
import Locking
import Synchronization

/// Runs the handlers of a loop's calls on the threads that Swift has for tasks: a turn's handlers
/// are handed over at once, and a thread that has been woken for one runs those behind it too.
///
/// Swift's own queue takes one task at a time, and each may wake a thread, which on a busy core
/// takes the loop's place for one handler.
final class HandlerExecutor: TaskExecutor {
  private struct State {
    var jobs = JobQueue<UnownedJob>()
    var workers = 0
  }

  /// A worker makes room for the process's other tasks after so many jobs.
  private static let jobsInARow = 64
  private static let mostWorkers = max(1, Int(sysconf(Int32(_SC_NPROCESSORS_ONLN))))

  private let state = Locked(State())
  private let loopThread = Atomic<UInt>(0)
  /// What the loop's turn has begun.
  ///
  /// Invariant: read and written on the loop's thread only.
  @exclusivity(unchecked) nonisolated(unsafe) private var gathered: [UnownedJob] = []

  /// Tells that the calling thread is the loop's.
  func attachLoop() { loopThread.store(UInt(pthread_self()), ordering: .relaxed) }

  /// The loop is no thread's: what it is given from now on does not wait for the end of a turn.
  func detachLoop() { loopThread.store(0, ordering: .relaxed) }

  /// Runs a task's job; one that the loop gives, when its turn is over.
  func enqueue(_ job: consuming ExecutorJob) {
    let job = UnownedJob(job)
    guard loopThread.load(ordering: .relaxed) != UInt(pthread_self()) else {
      return unsafe gathered.append(job)
    }
    var jobs = [job]
    take(&jobs)
  }

  /// Runs what the loop's turn has begun.
  ///
  /// - Returns: how many jobs that were.
  func takeGathered() -> Int {
    let count = unsafe gathered.count
    if count > 0 { unsafe take(&gathered) }
    return count
  }

  /// Runs these, and leaves the array empty.
  private func take(_ jobs: inout [UnownedJob]) {
    let isWorkerMissing = state.withLock { state in
      state.jobs.append(&jobs)
      return Self.addWorker(&state)
    }
    if isWorkerMissing { startWorker() }
  }

  private static func addWorker(_ state: inout State) -> Bool {
    guard state.workers < mostWorkers, !state.jobs.isEmpty else { return false }
    state.workers += 1
    return true
  }

  private func startWorker() {
    Task.detached { self.work() }
  }

  private func work() {
    for _ in 0..<Self.jobsInARow {
      let (job, isWorkerMissing) = next()
      guard let job else { return }
      // A job that takes long must not hold up those behind it while another core is idle.
      if isWorkerMissing { startWorker() }
      unsafe job.runSynchronously(on: asUnownedTaskExecutor())
    }
    startWorker()
  }

  /// The next job; without one, the worker is no more.
  private func next() -> (UnownedJob?, isWorkerMissing: Bool) {
    state.withLock { state in
      guard let job = state.jobs.popFirst() else {
        state.workers -= 1
        return (nil, false)
      }
      return (job, Self.addWorker(&state))
    }
  }
}
