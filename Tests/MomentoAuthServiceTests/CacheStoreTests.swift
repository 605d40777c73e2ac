import TestSupport
import Testing

@testable import MomentoAuthService

@Suite struct CacheStoreTests {
  private func store(bytes: Int = 10_000, itemBytes: Int = 1_000) throws -> CacheStore {
    var store = CacheStore(.init(bytes: bytes, itemBytes: itemBytes, caches: 10))
    try store.create("a")
    try store.create("b")
    return store
  }

  @Test("an item lasts to the last millisecond of its time")
  func expiry() throws {
    var store = try store()
    try store.set([1], in: "a", to: [2], for: 500, at: 1_000)
    #expect(try store.value(of: [1], in: "a", at: 1_499) == [2])
    #expect(try store.value(of: [1], in: "a", at: 1_500) == nil)
    #expect(store.used == 0)
  }

  @Test("an item that is set again has its new value and its new time")
  func again() throws {
    var store = try store()
    try store.set([1], in: "a", to: [2], for: 500, at: 0)
    try store.set([1], in: "a", to: [3, 3], for: 1_000, at: 0)
    #expect(try store.value(of: [1], in: "a", at: 700) == [3, 3])
    #expect(store.itemCount == 1)
    try store.set([1], in: "a", to: [4], for: 10, at: 700)
    #expect(try store.value(of: [1], in: "a", at: 710) == nil)
    try store.set([1], in: "a", to: [5], for: .max, at: 710)
    #expect(try store.value(of: [1], in: "a", at: .max - 1) == [5])
  }

  @Test("a key of one cache is not in another, and a name of other bytes is another name")
  func apart() throws {
    var store = try store()
    try store.create("\u{E9}")
    try store.create("e\u{301}")
    try store.set([1], in: "\u{E9}", to: [2], for: 500, at: 0)
    #expect(try store.value(of: [1], in: "e\u{301}", at: 0) == nil)
    #expect(throws: AuthRefusal.noSuchCache) { try store.value(of: [1], in: "c", at: 0) }
  }

  @Test("when it is full, setting is refused until items expire or are deleted")
  func full() throws {
    let bytes = 3 * (CacheStore.overhead + 2)
    var store = try store(bytes: bytes)
    for key in 1...3 as ClosedRange<UInt8> {
      try store.set([key], in: "a", to: [0], for: UInt64(key) * 100, at: 0)
    }
    #expect(throws: AuthRefusal.full(bytes)) {
      try store.set([4], in: "b", to: [0], for: 500, at: 0)
    }
    // What takes no more room than before is not refused.
    try store.set([3], in: "a", to: [9], for: 300, at: 0)
    try store.set([4], in: "b", to: [0], for: 500, at: 100)
    #expect(throws: AuthRefusal.full(bytes)) {
      try store.set([5], in: "b", to: [0], for: 500, at: 100)
    }
    try store.removeValue(of: [2], in: "a", at: 100)
    try store.set([5], in: "b", to: [0], for: 500, at: 100)
    try store.delete("b")
    #expect(store.used == CacheStore.overhead + 2)
  }

  @Test("an item larger than any may be is refused with the trailer that clients read")
  func tooLarge() throws {
    var store = try store(itemBytes: 10)
    try store.set([1], in: "a", to: Array(repeating: 0, count: 9), for: 1, at: 0)
    let refusal = refusal { () throws(AuthRefusal) in
      try store.set([1, 2], in: "a", to: Array(repeating: 0, count: 9), for: 1, at: 0)
    }
    #expect(refusal?.subKind == "item_size_limit_exceeded")
  }

  @Test("the store agrees with a plain dictionary through thousands of random calls")
  func model() throws {
    var random = SeededGenerator(seed: 7)
    var store = try store(bytes: 1 << 20)
    var model: [UInt8: (value: UInt8, end: UInt64)] = [:]
    var now: UInt64 = 0
    for _ in 0..<5_000 {
      now += UInt64.random(in: 0...20, using: &random)
      model = model.filter { $0.value.end > now }
      let key = UInt8.random(in: 0..<40, using: &random)
      switch Int.random(in: 0..<4, using: &random) {
      case 0:
        try store.removeValue(of: [key], in: "a", at: now)
        model[key] = nil
      case 1:
        #expect(try store.value(of: [key], in: "a", at: now) == model[key].map { [$0.value] })
      default:
        let time = UInt64.random(in: 1...1_000, using: &random)
        try store.set([key], in: "a", to: [key &* 3], for: time, at: now)
        model[key] = (key &* 3, now + time)
      }
    }
    #expect(
      store.snapshot(at: now).caches.first?.items.map(\.key) == model.keys.sorted().map { [$0] })
    #expect(store.itemCount == model.count)
    #expect(store.used == model.count * (CacheStore.overhead + 2))
  }

  @Test("of many items that end at once none is seen any more, and all their room comes back")
  func manyAtOnce() throws {
    var store = try store(bytes: 3_000 * (CacheStore.overhead + 2), itemBytes: 500_000)
    for key in 0..<3_000 {
      try store.set([UInt8(key / 256), UInt8(key % 256)], in: "a", to: [], for: 10, at: 0)
    }
    for key in stride(from: 0, to: 3_000, by: 150) {
      // The first call removes a part of them only.
      var copy = store
      #expect(try copy.value(of: [UInt8(key / 256), UInt8(key % 256)], in: "a", at: 10) == nil)
      #expect(copy.itemCount == 2_000)
    }
    for _ in 0..<3 { _ = try store.value(of: [0], in: "a", at: 10) }
    #expect(store.itemCount == 0)
    for key in 0..<3_000 {
      try store.set([UInt8(key / 256), UInt8(key % 256)], in: "b", to: [], for: 10, at: 20)
    }
    // It is full of what has ended, and this takes most of its room.
    try store.set([1], in: "b", to: Array(repeating: 0, count: 400_000), for: 10, at: 30)
    #expect(store.itemCount == 1)
  }

  @Test("a snapshot holds what has not expired, and restores it with its time")
  func snapshots() throws {
    var store = try store()
    try store.set([1], in: "a", to: [2], for: 100, at: 0)
    try store.set([3], in: "a", to: [4], for: 500, at: 0)
    let snapshot = store.snapshot(at: 100)
    #expect(
      snapshot
        == DataSnapshot(caches: [
          .init(name: "a", items: [.init(key: [3], value: [4], expiresAt: 500)]),
          .init(name: "b", items: []),
        ]))
    var other = CacheStore(.init(bytes: 1_000, itemBytes: 100, caches: 2))
    try other.restore(snapshot, at: 200)
    #expect(other.snapshot(at: 200) == snapshot)
    #expect(try other.value(of: [3], in: "a", at: 500) == nil)
    var small = CacheStore(.init(bytes: 10, itemBytes: 100, caches: 2))
    #expect(throws: AuthRefusal.full(10)) { try small.restore(snapshot, at: 200) }
  }
}

@Suite struct FIFOTests {
  @Test("elements come out in the order in which they came, however many have gone before")
  func order() {
    var queue = FIFO<Int>()
    var next = 0
    for round in 0..<100 {
      for number in 0..<7 { queue.append(round * 7 + number) }
      for _ in 0..<(round == 99 ? 7 : 5) {
        #expect(queue[0] == next)
        #expect(queue.popFirst() == next)
        next += 1
      }
    }
    #expect(queue.count == 198)
    #expect(queue[197] == 699)
    #expect(queue[198] == nil)
    #expect(queue[-1] == nil)
    queue.removeAll { $0 % 2 == 0 }
    #expect(queue.count == 99)
    #expect(queue.popFirst() == 503)
  }
}
