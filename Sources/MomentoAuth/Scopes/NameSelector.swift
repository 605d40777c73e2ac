/// Topics and functions are selected alike, and written alike.
package enum NameSelector {
  case all
  case named(String)
  case namePrefix(String)

  package init(_ topic: Permission.TopicSelector) {
    switch topic {
    case .all: self = .all
    case .named(let name): self = .named(name)
    case .namePrefix(let prefix): self = .namePrefix(prefix)
    }
  }

  package init(_ function: Permission.FunctionSelector) {
    switch function {
    case .all: self = .all
    case .named(let name): self = .named(name)
    case .namePrefix(let prefix): self = .namePrefix(prefix)
    }
  }

  var topic: Permission.TopicSelector {
    switch self {
    case .all: .all
    case .named(let name): .named(name)
    case .namePrefix(let prefix): .namePrefix(prefix)
    }
  }

  var function: Permission.FunctionSelector {
    switch self {
    case .all: .all
    case .named(let name): .named(name)
    case .namePrefix(let prefix): .namePrefix(prefix)
    }
  }

  /// Whether a name is selected. Names are compared by their bytes: Swift's own comparison of texts
  /// takes different bytes for the same when Unicode does.
  package func includes(_ other: String) -> Bool {
    switch self {
    case .all: true
    case .named(let name): name.utf8.elementsEqual(other.utf8)
    case .namePrefix(let prefix): other.utf8.starts(with: prefix.utf8)
    }
  }
}
