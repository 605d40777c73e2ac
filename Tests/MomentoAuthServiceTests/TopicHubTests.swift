import MomentoCacheMessages
import Testing

@testable import MomentoAuthService

@Suite struct TopicHubTests {
  private let topic = TopicHub.TopicID(cache: "a", topic: "t")

  private func hub(bytes: Int = 100_000, subscribers: Int = 10) -> TopicHub {
    TopicHub(.init(bytes: bytes, valueBytes: 1_000, subscribers: subscribers), firstPage: 7)
  }

  @Test(
    "subscribers get what is published after they came, numbered in order, with who published it")
  func delivery() throws {
    var hub = hub()
    #expect(try hub.publish(.init(kind: .text("early")), by: "", to: topic).isEmpty)
    let first = try hub.subscribe(to: topic, from: 0, page: 0, until: nil)
    let second = try hub.subscribe(to: topic, from: 0, page: 0, until: nil)
    #expect(try hub.publish(.init(kind: .binary([1])), by: "me", to: topic) == [first, second])
    #expect(try hub.publish(.init(kind: .text("two")), by: "", to: topic) == [first, second])
    let wanted = [
      TopicItem(
        topicSequenceNumber: 2, value: .init(kind: .binary([1])), publisherID: "me",
        sequencePage: 7),
      TopicItem(topicSequenceNumber: 3, value: .init(kind: .text("two")), sequencePage: 7),
    ]
    for subscriber in [first, second] {
      let items = try hub.items(for: subscriber, most: 10, at: 0)
      #expect(items == wanted.map { .init(kind: .item($0)) })
      #expect(try hub.items(for: subscriber, most: 10, at: 0).isEmpty)
    }
  }

  @Test("topics of other caches and other names are other topics")
  func apart() throws {
    var hub = hub()
    let subscriber = try hub.subscribe(to: topic, from: 0, page: 0, until: nil)
    for other in [("b", "t"), ("a", "u"), ("at", ""), ("A", "t")] {
      let id = TopicHub.TopicID(cache: other.0, topic: other.1)
      #expect(try hub.publish(.init(kind: .text("x")), by: "", to: id).isEmpty)
    }
    #expect(try hub.items(for: subscriber, most: 10, at: 0).isEmpty)
  }

  @Test("who resumes gets what was published from that number on")
  func resume() throws {
    var hub = hub()
    try publish(5, to: &hub)
    let subscriber = try hub.subscribe(to: topic, from: 3, page: 7, until: nil)
    #expect(try read(&hub, subscriber) == ["3", "4", "5"])
    let older = try hub.subscribe(to: topic, from: 5, page: 0, until: nil)
    #expect(try read(&hub, older) == ["5"])
    let newest = try hub.subscribe(to: topic, from: 6, page: 7, until: nil)
    #expect(try read(&hub, newest) == [])
  }

  @Test("who resumes from another page, or beyond the last number, is told of the gap and gets all")
  func resumeElsewhere() throws {
    var hub = hub()
    try publish(2, to: &hub)
    for (start, page) in [(2, 6), (9, 7)] as [(UInt64, UInt64)] {
      let subscriber = try hub.subscribe(to: topic, from: start, page: page, until: nil)
      #expect(try read(&hub, subscriber) == ["gap \(start) to 1 of 7", "1", "2"])
    }
  }

  @Test("what is kept is bounded, the oldest goes first, and who was too slow is told of the gap")
  func slowSubscriber() throws {
    let cost = TopicHub.overhead + 1 + 2
    var hub = hub(bytes: 3 * cost)
    let subscriber = try hub.subscribe(to: topic, from: 0, page: 0, until: nil)
    try publish(2, to: &hub)
    #expect(try read(&hub, subscriber, most: 1) == ["1"])
    try publish(5, to: &hub)
    #expect(hub.used <= 3 * cost)
    #expect(try read(&hub, subscriber) == ["gap 1 to 5 of 7", "5", "6", "7"])
    let back = try hub.subscribe(to: topic, from: 2, page: 7, until: nil)
    #expect(try read(&hub, back) == ["gap 2 to 5 of 7", "5", "6", "7"])
    let new = try hub.subscribe(to: topic, from: 0, page: 0, until: nil)
    try publish(4, to: &hub)
    #expect(try read(&hub, new) == ["gap 0 to 9 of 7", "9", "10", "11"])
  }

  @Test(
    "a topic is forgotten once it keeps nothing and nobody listens; then its numbers begin anew")
  func forgotten() throws {
    var hub = hub(bytes: TopicHub.overhead + 10)
    try publish(1, to: &hub)
    _ = try hub.publish(
      .init(kind: .text("x")), by: "", to: .init(cache: "a", topic: "other"))
    #expect(hub.topicCount == 1)
    let subscriber = try hub.subscribe(to: topic, from: 2, page: 7, until: nil)
    #expect(try read(&hub, subscriber) == ["gap 2 to 1 of 9"])
    hub.unsubscribe(subscriber)
    #expect(hub.topicCount == 1)
    #expect(hub.subscriberCount == 0)
  }

  @Test("the topics of a cache go with it, and room with them")
  func removal() throws {
    var hub = hub()
    let subscriber = try hub.subscribe(to: topic, from: 0, page: 0, until: nil)
    try publish(3, to: &hub)
    _ = try hub.publish(
      .init(kind: .text("x")), by: "", to: .init(cache: "b", topic: "t"))
    #expect(hub.removeTopics(of: "a") == [subscriber])
    #expect(hub.used == TopicHub.overhead + 3)
    #expect(hub.subscriberCount == 0)
    #expect(throws: AuthRefusal.noSuchCache) {
      try hub.items(for: subscriber, most: 1, at: 0)
    }
    #expect(hub.keptCount == 1)
    #expect(hub.removeTopics(of: "b").isEmpty)
    #expect(hub.used == 0)
    #expect(hub.keptCount == 0)
  }

  @Test("subscriptions are bounded, and end with their tokens")
  func ends() throws {
    var hub = hub(subscribers: 1)
    let subscriber = try hub.subscribe(to: topic, from: 0, page: 0, until: 100)
    let full = refusal { () throws(AuthRefusal) in
      _ = try hub.subscribe(to: topic, from: 0, page: 0, until: nil)
    }
    #expect(full?.subKind == "topic_subscriptions_limit_exceeded")
    try publish(1, to: &hub)
    #expect(try hub.items(for: subscriber, most: 1, at: 99).count == 1)
    let ended = refusal { () throws(AuthRefusal) in
      _ = try hub.items(for: subscriber, most: 1, at: 100)
    }
    #expect(ended == .unauthenticated("the token of this subscription has expired"))
  }

  @Test("a value larger than any may be is refused")
  func tooLarge() throws {
    var hub = hub()
    let text = String(repeating: "x", count: 1_001)
    #expect(throws: AuthRefusal.itemTooLarge(1_000)) {
      try hub.publish(.init(kind: .text(text)), by: "", to: topic)
    }
  }

  private func publish(_ count: Int, to hub: inout TopicHub) throws {
    for _ in 0..<count { _ = try hub.publish(.init(kind: .text("#")), by: "", to: topic) }
  }

  private func read(
    _ hub: inout TopicHub, _ subscriber: Int, most: Int = 10
  ) throws -> [String] {
    try hub.items(for: subscriber, most: most, at: 0).map { item in
      switch item.kind {
      case .item(let item): "\(item.topicSequenceNumber)"
      case .discontinuity(let gap):
        "gap \(gap.lastTopicSequence) to \(gap.newTopicSequence) of \(gap.newSequencePage)"
      default: "?"
      }
    }
  }
}
