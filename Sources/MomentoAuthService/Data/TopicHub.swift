import MomentoCacheMessages

/// The topics, the values that were published last, and how far each subscriber has come.
///
/// Subscribers have no queues of their own: each reads on in what the hub keeps of its topic. What is
/// kept is bounded, over all topics; the oldest goes first. Who is so slow that what it has not read
/// is gone is told of the gap, and reads on behind it.
struct TopicHub: Sendable {
  /// A topic of a cache, by the bytes of the names.
  struct TopicID: Hashable, Sendable {
    let cache: [UInt8]
    let topic: [UInt8]

    init(cache: String, topic: String) {
      self.cache = Array(cache.utf8)
      self.topic = Array(topic.utf8)
    }
  }

  fileprivate struct Topic: Sendable {
    /// Tells these numbers from those of an earlier topic of the name.
    let page: UInt64
    /// The number of the value that is published next.
    var next: UInt64 = 1
    /// The values before it.
    var kept = FIFO<Kept>()
    var subscribers: Set<Int> = []

    /// The number of the oldest value that is kept; `next` where none is.
    var first: UInt64 { next - UInt64(kept.count) }
  }

  fileprivate struct Kept: Sendable {
    let value: TopicValue
    let publisherID: String
    let cost: Int
  }

  private struct Subscriber: Sendable {
    let topic: TopicID
    /// When its token ends, in seconds since 1970.
    let end: UInt64?
    /// The number that it reads next.
    var next: UInt64
    /// The number that it got last, or asked for; 0 where it did neither.
    var last: UInt64
    /// What it is told first.
    var gap: Discontinuity?
  }

  private var topics: [TopicID: Topic] = [:]
  /// The topic of each kept value, in the order in which the values came.
  private var order = FIFO<TopicID>()
  private var subscribers: [Int: Subscriber] = [:]
  private var nextSubscriber = 0
  private var nextPage: UInt64
  private(set) var used = 0
  private let limits: Limits

  struct Limits: Sendable {
    /// The most bytes of all values that are kept.
    var bytes: Int
    /// The most bytes of one value.
    var valueBytes: Int
    var subscribers: Int
  }

  /// A batch ends with the value that reaches this: what a subscriber has taken and not sent is not
  /// counted among what is kept.
  private static let batchBytes = 64 << 10

  /// What a value takes besides its own bytes and its topic's name.
  static let overhead = 256

  /// - Parameter firstPage: greater than any page of an earlier process, so that a subscriber which
  ///   comes back is told that it has missed something.
  init(_ limits: Limits, firstPage: UInt64) {
    self.limits = limits
    nextPage = max(1, firstPage)
  }

  /// How many values are kept, of all topics.
  var keptCount: Int { order.count }
  var topicCount: Int { topics.count }
  var subscriberCount: Int { subscribers.count }

  // MARK: Publishing

  /// Adds a value to a topic.
  ///
  /// - Returns: the subscribers that have something to read now.
  mutating func publish(
    _ value: TopicValue, by publisherID: String, to id: TopicID
  ) throws(AuthRefusal) -> Set<Int> {
    let size = value.size
    guard size <= limits.valueBytes else { throw .itemTooLarge(limits.valueBytes) }
    // One that is larger than all that may be kept would only push the others out, and be lost itself.
    let cost = size + publisherID.utf8.count + id.cache.count + id.topic.count + Self.overhead
    guard cost <= limits.bytes else { throw .itemTooLarge(max(0, limits.bytes - (cost - size))) }
    var topic = topics.removeValue(forKey: id) ?? freshTopic()
    topic.kept.append(Kept(value: value, publisherID: publisherID, cost: cost))
    topic.next += 1
    let readers = topic.subscribers
    topics[id] = topic
    order.append(id)
    used += cost
    while used > limits.bytes, let oldest = order.popFirst() { dropOldest(of: oldest) }
    return readers
  }

  private mutating func freshTopic() -> Topic {
    defer { nextPage += 1 }
    return Topic(page: nextPage)
  }

  private mutating func dropOldest(of id: TopicID) {
    guard let dropped = topics[id]?.kept.popFirst() else { return }
    used -= dropped.cost
    forgetIfUnused(id)
  }

  private mutating func forgetIfUnused(_ id: TopicID) {
    guard let topic = topics[id], topic.kept.isEmpty, topic.subscribers.isEmpty else { return }
    topics[id] = nil
  }

  // MARK: Subscribing

  /// Adds a subscriber.
  ///
  /// - Parameters:
  ///   - start: the first number that it wants; 0 for only what is new.
  ///   - page: the page of that number; 0 where it knows none.
  ///   - end: when its token ends, in seconds since 1970.
  mutating func subscribe(
    to id: TopicID, from start: UInt64, page: UInt64, until end: UInt64?
  ) throws(AuthRefusal) -> Int {
    guard subscribers.count < limits.subscribers else {
      throw .tooManySubscriptions(limits.subscribers)
    }
    var topic = topics.removeValue(forKey: id) ?? freshTopic()
    var subscriber = Subscriber(topic: id, end: end, next: topic.next, last: start)
    if start > 0 {
      let isSamePage = page == 0 || page == topic.page
      subscriber.next = isSamePage && start <= topic.next ? start : topic.first
      if !isSamePage || start > topic.next { subscriber.gap = topic.gap(after: start) }
    }
    defer { nextSubscriber += 1 }
    topic.subscribers.insert(nextSubscriber)
    topics[id] = topic
    subscribers[nextSubscriber] = subscriber
    return nextSubscriber
  }

  /// What a subscriber has not read yet, at most so many.
  ///
  /// - Throws: when its token has ended, or its cache is gone.
  mutating func items(
    for id: Int, most: Int, at now: UInt64
  ) throws(AuthRefusal) -> [SubscriptionItem] {
    guard var subscriber = subscribers[id], let topic = topics[subscriber.topic] else {
      throw .noSuchCache
    }
    if let end = subscriber.end, now >= end {
      throw .unauthenticated("the token of this subscription has expired")
    }
    var items: [SubscriptionItem] = []
    if subscriber.next < topic.first {
      subscriber.gap = topic.gap(after: subscriber.last)
      subscriber.next = topic.first
    }
    if let gap = subscriber.gap.take() { items.append(.init(kind: .discontinuity(gap))) }
    var bytes = 0
    while items.count < most, bytes < Self.batchBytes, let item = topic.item(subscriber.next) {
      items.append(.init(kind: .item(item)))
      bytes += item.value?.size ?? 0
      subscriber.last = subscriber.next
      subscriber.next += 1
    }
    subscribers[id] = subscriber
    return items
  }

  mutating func unsubscribe(_ id: Int) {
    guard let subscriber = subscribers.removeValue(forKey: id) else { return }
    topics[subscriber.topic]?.subscribers.remove(id)
    forgetIfUnused(subscriber.topic)
  }

  /// Removes the topics of a cache with it.
  ///
  /// - Returns: those that subscribed to them.
  mutating func removeTopics(of cache: String) -> Set<Int> {
    let name = Array(cache.utf8)
    let gone = topics.filter { $0.key.cache == name }
    guard !gone.isEmpty else { return [] }
    for (id, topic) in gone {
      topics[id] = nil
      for id in topic.subscribers { subscribers[id] = nil }
      for place in 0..<topic.kept.count { used -= topic.kept[place]?.cost ?? 0 }
    }
    order.removeAll(where: { $0.cache == name })
    return gone.values.reduce(into: []) { $0.formUnion($1.subscribers) }
  }
}

extension TopicHub.Topic {
  /// The value of a number, if it is kept.
  fileprivate func item(_ number: UInt64) -> TopicItem? {
    guard number >= first, let kept = kept[Int(clamping: number - first)] else { return nil }
    return TopicItem(
      topicSequenceNumber: number, value: kept.value, publisherID: kept.publisherID,
      sequencePage: page)
  }

  /// What tells of the gap between a number and the oldest value that is kept.
  fileprivate func gap(after last: UInt64) -> Discontinuity {
    Discontinuity(lastTopicSequence: last, newTopicSequence: first, newSequencePage: page)
  }
}

extension TopicValue {
  /// How many bytes it has.
  fileprivate var size: Int {
    switch kind {
    case .text(let text): text.utf8.count
    case .binary(let bytes): bytes.count
    case nil: 0
    }
  }
}
