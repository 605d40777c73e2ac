/// Which limit was exceeded: the `err` trailer of RESOURCE_EXHAUSTED tells; servers that send none
/// are understood by a word of their message.
enum LimitKind: String, CaseIterable {
  case topicSubscriptions = "topic_subscriptions_limit_exceeded"
  case operationsRate = "operations_rate_limit_exceeded"
  case throughput = "throughput_rate_limit_exceeded"
  case requestSize = "request_size_limit_exceeded"
  case itemSize = "item_size_limit_exceeded"
  case elementSize = "element_size_limit_exceeded"

  /// A known trailer decides; only without one is the message searched.
  init?(trailer: String?, message: String) {
    if let kind = trailer.flatMap(LimitKind.init(rawValue:)) {
      self = kind
      return
    }
    let message = message.lowercased()
    guard let kind = Self.allCases.first(where: { message.contains($0.word) }) else { return nil }
    self = kind
  }

  /// The sentence that opens the message of the error.
  var sentence: String {
    switch self {
    case .topicSubscriptions: "Topic subscriptions limit exceeded for this account"
    case .operationsRate: "Request rate limit exceeded for this account"
    case .throughput: "Bandwidth limit exceeded for this account"
    case .requestSize: "Request size limit exceeded for this account"
    case .itemSize: "Item size limit exceeded for this account"
    case .elementSize: "Element size limit exceeded for this account"
    }
  }

  private var word: String {
    switch self {
    case .topicSubscriptions: "subscribers"
    case .operationsRate: "operations"
    case .throughput: "throughput"
    case .requestSize: "request limit"
    case .itemSize: "item size"
    case .elementSize: "element size"
    }
  }
}
