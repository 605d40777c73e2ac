/// When which item ends, the earliest first: a binary heap. What it says may be out of date, because
/// an item that is set anew or removed leaves its entry here.
struct ExpiryQueue: Sendable {
  struct Entry: Sendable {
    /// In milliseconds since 1970.
    let time: UInt64
    let cache: [UInt8]
    let key: [UInt8]
  }

  private var heap: [Entry] = []

  var count: Int { heap.count }

  mutating func insert(_ entry: Entry) {
    heap.append(entry)
    rise(from: heap.count - 1)
  }

  /// The earliest entry that has ended by now, which is taken out.
  mutating func popEnded(at now: UInt64) -> Entry? {
    guard let first = heap.first, first.time <= now else { return nil }
    heap.swapAt(0, heap.count - 1)
    heap.removeLast()
    sink()
    return first
  }

  /// Forgets what is out of date.
  mutating func keep(_ isRight: (Entry) -> Bool) {
    // In rising order, which is a heap.
    heap = heap.filter(isRight).sorted { $0.time < $1.time }
  }

  private mutating func rise(from start: Int) {
    var place = start
    while place > 0 {
      let parent = (place - 1) / 2
      guard heap[place].time < heap[parent].time else { return }
      heap.swapAt(place, parent)
      place = parent
    }
  }

  private mutating func sink() {
    var place = 0
    while true {
      var earliest = place
      for child in (2 * place + 1)...(2 * place + 2) where child < heap.count {
        if heap[child].time < heap[earliest].time { earliest = child }
      }
      guard earliest != place else { return }
      heap.swapAt(place, earliest)
      place = earliest
    }
  }
}
