/// How a filter compares.
enum FilterComparison: Sendable, Equatable {
  case equal, notEqual, less, atMost, more, atLeast
  /// Holds the value; with `*` or `?` in it, the whole is as that pattern says.
  case like

  func holds<Value: Comparable>(_ left: Value, _ right: Value) -> Bool {
    switch self {
    case .equal, .like: left == right
    case .notEqual: left != right
    case .less: left < right
    case .atMost: left <= right
    case .more: left > right
    case .atLeast: left >= right
    }
  }
}

/// What a filter asks of a call or of a frame.
indirect enum FilterExpression: Sendable, Equatable {
  case compare(FilterField, FilterComparison, FilterValue)
  /// The field is there, and is no zero and not false.
  case present(FilterField)
  case not(FilterExpression)
  case and(FilterExpression, FilterExpression)
  case or(FilterExpression, FilterExpression)

  /// The fields that it looks at.
  var fields: [FilterField] {
    switch self {
    case .compare(let field, _, _), .present(let field): [field]
    case .not(let inner): inner.fields
    case .and(let left, let right), .or(let left, let right): left.fields + right.fields
    }
  }
}

/// A value as a filter has it: what it is compared as depends on the field.
enum FilterValue: Sendable, Equatable {
  case text(String)
  case number(Double)
}

/// What a filter can ask for.
enum FilterField: Sendable, Equatable {
  case path, service, method, status, authority, latency, size
  case header(String)
  case stream, connection, direction, type, time

  static let names: [(name: String, field: FilterField)] = [
    ("path", .path), ("service", .service), ("method", .method), ("status", .status),
    ("authority", .authority), ("latency", .latency), ("duration", .latency), ("size", .size),
    ("stream", .stream), ("conn", .connection), ("dir", .direction), ("type", .type),
    ("time", .time),
  ]

  /// Whether it takes the end of a call to know it.
  var isOfCall: Bool {
    switch self {
    case .stream, .connection, .direction, .type, .time: false
    default: true
    }
  }

  /// What its values are.
  var kind: Kind {
    switch self {
    case .latency, .time: .duration
    case .size: .size
    case .stream, .connection: .count
    case .status: .status
    case .path, .service, .method, .authority, .header, .direction, .type: .text
    }
  }

  enum Kind: Sendable {
    case text, count, size, duration, status
  }
}
