/// First in, first out, for what is put in many at a time and taken out one by one.
struct JobQueue<Job> {
  private static var fewestDropped: Int { 1_024 }

  private var jobs: [Job] = []
  /// Those before this index have been taken.
  private var head = 0

  var isEmpty: Bool { head == jobs.count }
  /// How many places are held, those of jobs that have been taken too.
  var heldCount: Int { jobs.count }

  /// Takes these over, and leaves the array empty.
  mutating func append(_ more: inout [Job]) {
    if jobs.isEmpty {
      swap(&jobs, &more)
    } else {
      jobs.append(contentsOf: more)
    }
    more.removeAll(keepingCapacity: true)
  }

  mutating func popFirst() -> Job? {
    guard head < jobs.count else { return nil }
    let job = jobs[head]
    head += 1
    if head == jobs.count {
      jobs.removeAll(keepingCapacity: true)
      head = 0
    } else if head > Self.fewestDropped, head > jobs.count / 2 {
      // A queue that is never empty must not keep what it once held.
      jobs.removeFirst(head)
      head = 0
    }
    return job
  }
}

extension JobQueue: Sendable where Job: Sendable {}
