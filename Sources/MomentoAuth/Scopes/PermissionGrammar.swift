extension Permission {
  /// How to write a permission as one word, for a help text.
  public static let grammar = """
    cache:ROLE:CACHE[:ITEMS]
      ROLE       readwrite, readonly, writeonly or none
      ITEMS      *, key=KEY, prefix=PREFIX, key-hex=HEX or prefix-hex=HEX; left out: all items
    topic:ROLE:CACHE:TOPICS
      ROLE       publish-subscribe, subscribe, publish or none
      TOPICS     *, NAME or prefix=PREFIX
    function:ROLE:CACHE:FUNCTIONS
      ROLE       invoke or none
      FUNCTIONS  *, NAME or prefix=PREFIX
    CACHE is a name, or * for all caches. Write a % as %25 and a : in the name of a cache as %3A;
    any byte may be written so: %2A is a name that is a star.
    Examples:
      cache:readwrite:sessions           cache:readonly:*:key=motd
      cache:writeonly:pets:prefix=cat-   cache:readonly:blobs:key-hex=00ff
      topic:publish-subscribe:chat:*     topic:subscribe:chat:prefix=room-
      function:invoke:tools:*
    """

  /// Reads a permission written as one word; see ``grammar``. Case and dashes of a role do not matter,
  /// and the words of Momento's other tools, such as `subscribeonly`, are understood.
  ///
  /// - Throws: INVALID_ARGUMENT that says which part is wrong and what it may be.
  public init(parsing text: String) throws(MomentoError) {
    do {
      self = try PermissionParser.permission(text.trimmed)
    } catch {
      throw .invalidArgument(
        "\"\(text.shown)\" is not a permission: \(error.detail).",
        advice: "Write it like cache:readonly:my-cache or topic:subscribe:my-cache:my-topic.")
    }
  }
}

/// Takes a permission apart at its colons; the fourth part may hold more of them.
private enum PermissionParser {
  /// What is wrong with the text.
  struct Malformed: Error {
    let detail: String
    init(_ detail: String) { self.detail = detail }
  }

  static func permission(_ text: String) throws(Malformed) -> Permission {
    let parts = text.split(separator: ":", maxSplits: 3, omittingEmptySubsequences: false)
    guard parts.count >= 3 else {
      throw Malformed("it needs a kind, a role and a cache, with colons between them")
    }
    let (kind, role, last) = (parts[0], parts[1], parts.count == 4 ? parts[3] : nil)
    switch kind {
    case "cache":
      return .cache(try self.role(role), cache: try cache(parts[2]), item: try items(last))
    case "topic":
      return .topic(
        try self.role(role), cache: try cache(parts[2]), topic: try names(last, of: kind).topic)
    case "function":
      return .function(
        try self.role(role), cache: try cache(parts[2]),
        function: try names(last, of: kind).function)
    default:
      throw Malformed("\"\(kind.shown)\" is not one of cache, topic, function")
    }
  }

  private static func cache(_ part: Substring) throws(Malformed) -> Permission.CacheSelector {
    part == "*" ? .all : .named(try text(part, "name of a cache"))
  }

  private static func items(
    _ part: Substring?
  ) throws(Malformed) -> Permission.CacheItemSelector {
    guard let part, part != "*" else { return .all }
    let halves = part.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
    guard halves.count == 2, ["key", "key-hex", "prefix", "prefix-hex"].contains(halves[0]) else {
      throw Malformed("its items are none of *, key=…, prefix=…, key-hex=…, prefix-hex=…")
    }
    let (name, value) = (halves[0], halves[1])
    let bytes = name.hasSuffix("-hex") ? Hexadecimal.decode(value) : PercentEscape.bytes(value)
    guard let bytes else { throw Malformed("its \(name) has digits that are not hexadecimal") }
    guard !bytes.isEmpty else { throw Malformed("its \(name) is empty") }
    return name.hasPrefix("key") ? .key(bytes) : .keyPrefix(bytes)
  }

  private static func names(
    _ part: Substring?, of kind: Substring
  ) throws(Malformed) -> NameSelector {
    guard let part else {
      throw Malformed("it does not say which \(kind)s; add :* for every \(kind)")
    }
    if part == "*" { return .all }
    let prefix = "prefix="
    return part.hasPrefix(prefix)
      ? .namePrefix(try text(part.dropFirst(prefix.count), "prefix"))
      : .named(try text(part, "name of a \(kind)"))
  }

  private static func text(_ part: Substring, _ what: String) throws(Malformed) -> String {
    guard let bytes = PercentEscape.bytes(part) else {
      throw Malformed("a % in its \(what) is not followed by two hexadecimal digits")
    }
    guard let text = String(validating: bytes, as: UTF8.self) else {
      throw Malformed("its \(what) is not UTF-8")
    }
    guard !text.isEmpty else { throw Malformed("its \(what) is empty") }
    return text
  }

  private static func role<Role: WrittenRole>(_ part: Substring) throws(Malformed) -> Role {
    let word = fold(part)
    let role = Role.allCases.first { fold($0.rawValue) == word } ?? Role.aliases[word]
    guard let role else {
      let roles = Role.allCases.map(\.rawValue).joined(separator: ", ")
      throw Malformed("\"\(part.shown)\" is not one of \(roles)")
    }
    return role
  }

  private static func fold(_ word: some StringProtocol) -> String {
    word.lowercased().filter { $0 != "-" }
  }
}

/// A role with what other Momento tools call it.
private protocol WrittenRole: CaseIterable, RawRepresentable where RawValue == String {
  static var aliases: [String: Self] { get }
}

extension Permission.CacheRole: WrittenRole {
  fileprivate static var aliases: [String: Self] { ["permitnone": .permitNone] }
}

extension Permission.TopicRole: WrittenRole {
  fileprivate static var aliases: [String: Self] {
    [
      "pubsub": .publishSubscribe, "subscribeonly": .subscribeOnly, "publishonly": .publishOnly,
      "permitnone": .permitNone,
    ]
  }
}

extension Permission.FunctionRole: WrittenRole {
  fileprivate static var aliases: [String: Self] {
    ["functioninvoke": .invoke, "functionpermitnone": .permitNone, "permitnone": .permitNone]
  }
}
