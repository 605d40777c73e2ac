extension Permission: LosslessStringConvertible {
  /// The permission in the form that ``init(parsing:)`` reads; see ``grammar``.
  public var description: String {
    switch self {
    case .cache(let role, let cache, let item):
      "cache:\(role.rawValue):\(cache.text)" + (item == .all ? "" : ":\(item.text)")
    case .topic(let role, let cache, let topic):
      "topic:\(role.rawValue):\(cache.text):\(NameSelector(topic).text)"
    case .function(let role, let cache, let function):
      "function:\(role.rawValue):\(cache.text):\(NameSelector(function).text)"
    }
  }

  /// Reads a permission; `nil` where ``init(parsing:)`` throws.
  public init?(_ text: String) {
    guard let permission = try? Permission(parsing: text) else { return nil }
    self = permission
  }
}

extension NameSelector {
  fileprivate var text: String {
    switch self {
    case .all: "*"
    case .named(let name): PercentEscape.escape(name, also: "=")
    case .namePrefix(let prefix): "prefix=" + PercentEscape.escape(prefix)
    }
  }
}

extension Permission.CacheSelector {
  fileprivate var text: String {
    switch self {
    case .all: "*"
    case .named(let name): PercentEscape.escape(name)
    }
  }
}

extension Permission.CacheItemSelector {
  fileprivate var text: String {
    switch self {
    case .all: "*"
    case .key(let bytes): Self.text("key", bytes)
    case .keyPrefix(let bytes): Self.text("prefix", bytes)
    }
  }

  /// Readable where the bytes are a text, in hexadecimal where they are not.
  private static func text(_ name: String, _ bytes: [UInt8]) -> String {
    let isText = !bytes.contains { $0 < 0x20 || $0 == 0x7f }
    guard isText, let text = String(validating: bytes, as: UTF8.self) else {
      return "\(name)-hex=" + Hexadecimal.encode(bytes)
    }
    return "\(name)=" + PercentEscape.escape(text)
  }
}
