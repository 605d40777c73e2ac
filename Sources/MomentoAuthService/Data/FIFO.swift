/// Elements in the order in which they came; both ends and any place are reached at once.
struct FIFO<Element: Sendable>: Sendable {
  private var storage: [Element?] = []
  private var head = 0

  var count: Int { storage.count - head }
  var isEmpty: Bool { count == 0 }

  /// The element at a place, 0 being the oldest; nil where there is none.
  subscript(place: Int) -> Element? {
    guard place >= 0, place < count else { return nil }
    return storage[head + place]
  }

  mutating func append(_ element: Element) { storage.append(element) }

  /// The oldest element, which is taken out.
  mutating func popFirst() -> Element? {
    guard head < storage.count else { return nil }
    defer {
      head += 1
      // Half of it being empty, moving the rest costs each element once.
      if head > 32, head * 2 > storage.count {
        storage.removeFirst(head)
        head = 0
      }
    }
    return storage[head].take()
  }

  /// Takes out all that match, and leaves the order of the rest.
  mutating func removeAll(where matches: (Element) -> Bool) {
    storage = storage[head...].filter { $0.map { !matches($0) } ?? false }
    head = 0
  }
}
