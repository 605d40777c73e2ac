package import GRPCCall
package import ProtobufWire

/// Asks to send a value to all who subscribe to a topic.
package struct PublishRequest: WireMessage {
  package enum Field: UInt32, WireField {
    case cacheName = 1
    case topic = 2
    case value = 3
  }

  package static let messageName = "cache_client.pubsub._PublishRequest"
  package var cacheName = ""
  package var topic = ""
  package var value: TopicValue?
  package var unknownFields = UnknownFields()

  package init() {}

  package init(cacheName: String = "", topic: String = "", value: TopicValue? = nil) {
    self.cacheName = cacheName
    self.topic = topic
    self.value = value
  }

  package mutating func decode(
    _ field: Field, _ bytes: Span<UInt8>, _ reader: inout WireReader
  ) throws(WireError) -> Bool {
    switch field {
    case .cacheName: try reader.read(.string, &cacheName, bytes)
    case .topic: try reader.read(.string, &topic, bytes)
    case .value: try reader.read(.message(TopicValue.self), &value, bytes)
    }
  }

  package func encodeFields(into writer: inout WireWriter) {
    writer.write(.message(TopicValue.self), value, Field.value)
    writer.write(.string, topic, Field.topic)
    writer.write(.string, cacheName, Field.cacheName)
  }
}

/// The value is on its way. It has no fields.
package struct PublishResponse: WireMessage {
  package typealias Field = NoFields

  package static let messageName = "common._Empty"
  package var unknownFields = UnknownFields()

  package init() {}
}

/// Asks for what is published to a topic.
package struct SubscriptionRequest: WireMessage {
  package enum Field: UInt32, WireField {
    case cacheName = 1
    case topic = 2
    case resumeAtTopicSequenceNumber = 3
    case sequencePage = 4
  }

  package static let messageName = "cache_client.pubsub._SubscriptionRequest"
  package var cacheName = ""
  package var topic = ""
  /// The first number that is wanted, of what was published before; 0 for only what is new.
  package var resumeAtTopicSequenceNumber: UInt64 = 0
  /// The page that the number is of.
  package var sequencePage: UInt64 = 0
  package var unknownFields = UnknownFields()

  package init() {}

  package init(
    cacheName: String = "", topic: String = "", resumeAtTopicSequenceNumber: UInt64 = 0,
    sequencePage: UInt64 = 0
  ) {
    self.cacheName = cacheName
    self.topic = topic
    self.resumeAtTopicSequenceNumber = resumeAtTopicSequenceNumber
    self.sequencePage = sequencePage
  }

  package mutating func decode(
    _ field: Field, _ bytes: Span<UInt8>, _ reader: inout WireReader
  ) throws(WireError) -> Bool {
    switch field {
    case .cacheName: try reader.read(.string, &cacheName, bytes)
    case .topic: try reader.read(.string, &topic, bytes)
    case .resumeAtTopicSequenceNumber: try reader.read(.uint64, &resumeAtTopicSequenceNumber, bytes)
    case .sequencePage: try reader.read(.uint64, &sequencePage, bytes)
    }
  }

  package func encodeFields(into writer: inout WireWriter) {
    writer.write(.uint64, sequencePage, Field.sequencePage)
    writer.write(.uint64, resumeAtTopicSequenceNumber, Field.resumeAtTopicSequenceNumber)
    writer.write(.string, topic, Field.topic)
    writer.write(.string, cacheName, Field.cacheName)
  }
}

/// One thing that a subscriber is told.
package struct SubscriptionItem: WireMessage {
  package enum Field: UInt32, WireField {
    case item = 1
    case discontinuity = 2
    case heartbeat = 3
  }

  /// Which it is.
  package enum Kind: Sendable, Equatable {
    case item(TopicItem)
    case discontinuity(Discontinuity)
    case heartbeat(Heartbeat)
  }

  package static let messageName = "cache_client.pubsub._SubscriptionItem"
  package var kind: Kind?
  package var unknownFields = UnknownFields()

  package init() {}

  package init(kind: Kind? = nil) {
    self.kind = kind
  }

  package mutating func decode(
    _ field: Field, _ bytes: Span<UInt8>, _ reader: inout WireReader
  ) throws(WireError) -> Bool {
    switch field {
    case .item:
      try reader.read(.message(TopicItem.self), &kind, bytes, Kind.item) {
        if case .item(let value) = $0 { value } else { nil }
      }
    case .discontinuity:
      try reader.read(.message(Discontinuity.self), &kind, bytes, Kind.discontinuity) {
        if case .discontinuity(let value) = $0 { value } else { nil }
      }
    case .heartbeat:
      try reader.read(.message(Heartbeat.self), &kind, bytes, Kind.heartbeat) {
        if case .heartbeat(let value) = $0 { value } else { nil }
      }
    }
  }

  package func encodeFields(into writer: inout WireWriter) {
    switch kind {
    case .item(let value): writer.writePresent(.message(TopicItem.self), value, Field.item)
    case .discontinuity(let value):
      writer.writePresent(.message(Discontinuity.self), value, Field.discontinuity)
    case .heartbeat(let value):
      writer.writePresent(.message(Heartbeat.self), value, Field.heartbeat)
    case nil: break
    }
  }
}

/// A value that was published.
package struct TopicItem: WireMessage {
  package enum Field: UInt32, WireField {
    case topicSequenceNumber = 1
    case value = 2
    case publisherID = 3
    case sequencePage = 4
  }

  package static let messageName = "cache_client.pubsub._TopicItem"
  package var topicSequenceNumber: UInt64 = 0
  package var value: TopicValue?
  /// The token id of the token that it was published with; empty where that has none.
  package var publisherID = ""
  /// Changes where the numbers begin anew.
  package var sequencePage: UInt64 = 0
  package var unknownFields = UnknownFields()

  package init() {}

  package init(
    topicSequenceNumber: UInt64 = 0, value: TopicValue? = nil, publisherID: String = "",
    sequencePage: UInt64 = 0
  ) {
    self.topicSequenceNumber = topicSequenceNumber
    self.value = value
    self.publisherID = publisherID
    self.sequencePage = sequencePage
  }

  package mutating func decode(
    _ field: Field, _ bytes: Span<UInt8>, _ reader: inout WireReader
  ) throws(WireError) -> Bool {
    switch field {
    case .topicSequenceNumber: try reader.read(.uint64, &topicSequenceNumber, bytes)
    case .value: try reader.read(.message(TopicValue.self), &value, bytes)
    case .publisherID: try reader.read(.string, &publisherID, bytes)
    case .sequencePage: try reader.read(.uint64, &sequencePage, bytes)
    }
  }

  package func encodeFields(into writer: inout WireWriter) {
    writer.write(.uint64, sequencePage, Field.sequencePage)
    writer.write(.string, publisherID, Field.publisherID)
    writer.write(.message(TopicValue.self), value, Field.value)
    writer.write(.uint64, topicSequenceNumber, Field.topicSequenceNumber)
  }
}

/// A text, or bytes.
package struct TopicValue: WireMessage {
  package enum Field: UInt32, WireField {
    case text = 1
    case binary = 2
  }

  /// Which it is.
  package enum Kind: Sendable, Equatable {
    case text(String)
    case binary([UInt8])
  }

  package static let messageName = "cache_client.pubsub._TopicValue"
  package var kind: Kind?
  package var unknownFields = UnknownFields()

  package init() {}

  package init(kind: Kind? = nil) {
    self.kind = kind
  }

  package mutating func decode(
    _ field: Field, _ bytes: Span<UInt8>, _ reader: inout WireReader
  ) throws(WireError) -> Bool {
    switch field {
    case .text: try reader.read(.string, &kind, bytes, Kind.text)
    case .binary: try reader.read(.bytes, &kind, bytes, Kind.binary)
    }
  }

  package func encodeFields(into writer: inout WireWriter) {
    switch kind {
    case .text(let value): writer.writePresent(.string, value, Field.text)
    case .binary(let value): writer.writePresent(.bytes, value, Field.binary)
    case nil: break
    }
  }
}

/// Values were lost between two numbers.
package struct Discontinuity: WireMessage {
  package enum Field: UInt32, WireField {
    case lastTopicSequence = 1
    case newTopicSequence = 2
    case newSequencePage = 3
  }

  package static let messageName = "cache_client.pubsub._Discontinuity"
  /// The last number that the subscriber got or asked for; 0 where none is known.
  package var lastTopicSequence: UInt64 = 0
  /// The number of the value that comes next.
  package var newTopicSequence: UInt64 = 0
  package var newSequencePage: UInt64 = 0
  package var unknownFields = UnknownFields()

  package init() {}

  package init(
    lastTopicSequence: UInt64 = 0, newTopicSequence: UInt64 = 0, newSequencePage: UInt64 = 0
  ) {
    self.lastTopicSequence = lastTopicSequence
    self.newTopicSequence = newTopicSequence
    self.newSequencePage = newSequencePage
  }

  package mutating func decode(
    _ field: Field, _ bytes: Span<UInt8>, _ reader: inout WireReader
  ) throws(WireError) -> Bool {
    switch field {
    case .lastTopicSequence: try reader.read(.uint64, &lastTopicSequence, bytes)
    case .newTopicSequence: try reader.read(.uint64, &newTopicSequence, bytes)
    case .newSequencePage: try reader.read(.uint64, &newSequencePage, bytes)
    }
  }

  package func encodeFields(into writer: inout WireWriter) {
    writer.write(.uint64, newSequencePage, Field.newSequencePage)
    writer.write(.uint64, newTopicSequence, Field.newTopicSequence)
    writer.write(.uint64, lastTopicSequence, Field.lastTopicSequence)
  }
}

/// The subscription stands. It has no fields.
package struct Heartbeat: WireMessage {
  package typealias Field = NoFields

  package static let messageName = "cache_client.pubsub._Heartbeat"
  package var unknownFields = UnknownFields()

  package init() {}
}

/// The methods of the service `cache_client.pubsub.Pubsub`.
package enum PubsubMethods {
  package static let service = "cache_client.pubsub.Pubsub"
  package static let publish = MethodDescriptor<PublishRequest, PublishResponse>(
    service: service, method: "Publish", kind: .unary)
  package static let subscribe = MethodDescriptor<SubscriptionRequest, SubscriptionItem>(
    service: service, method: "Subscribe", kind: .serverStreaming)
}
