/// Topics and functions are selected alike, and written alike.
enum NameSelector {
  case all
  case named(String)
  case namePrefix(String)

  init(_ topic: Permission.TopicSelector) {
    switch topic {
    case .all: self = .all
    case .named(let name): self = .named(name)
    case .namePrefix(let prefix): self = .namePrefix(prefix)
    }
  }

  init(_ function: Permission.FunctionSelector) {
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
}
