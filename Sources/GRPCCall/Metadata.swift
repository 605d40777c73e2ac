/// The custom headers or trailers of a call: names and values in order, a name any number of
/// times (gRPC over HTTP/2, Custom-Metadata).
///
/// Names are in lower case. A name that ends in `-bin` holds bytes, every other one printable
/// ASCII. What the protocol keeps to itself (`grpc-…`, `content-type`, …) cannot be added.
///
/// All entries lie in one buffer, so that however many a peer sends, they cost one allocation.
public struct Metadata: Sendable {
  /// One name with one value.
  public struct Entry: Sendable, Equatable {
    /// What an entry holds.
    public enum Value: Sendable, Equatable {
      /// Printable ASCII.
      case ascii(String)
      /// Any bytes, of a name that ends in `-bin`; they travel as base64.
      case binary([UInt8])
    }

    /// The name, in lower case.
    public var key: String
    /// What it holds.
    public var value: Value
  }

  var entries = PackedEntries()
  /// What was wrong with the literal that this was made of: a literal cannot throw, so the call
  /// that is given it does.
  package var literalError: MetadataError? {
    if case .some(let error) = literalFault { error } else { nil }
  }

  /// One word, because nearly every call carries metadata and nearly none an error in it.
  private indirect enum LiteralFault: Sendable {
    case none
    case some(MetadataError)
  }

  private var literalFault = LiteralFault.none

  /// Makes empty metadata.
  public init() {}

  /// Whether there is no entry.
  public var isEmpty: Bool { entries.isEmpty }
  /// How many entries there are.
  public var count: Int { reduce(0) { count, _ in count + 1 } }

  /// Adds an entry behind the others.
  ///
  /// - Parameters:
  ///   - key: the name, taken in lower case; it may not end in `-bin`.
  ///   - value: printable ASCII; spaces at its ends are cut off, because HTTP carries none there
  ///     (RFC 9110 §5.5).
  public mutating func add(_ key: String, _ value: String) throws(MetadataError) {
    let key = try MetadataRules.checkedKey(key)
    guard !MetadataRules.isBinary(key.utf8) else { throw .asciiValueForBinaryKey(key: key) }
    entries.append(key: key.utf8, value: try MetadataRules.checkedValue(value, of: key))
  }

  /// Adds an entry of bytes behind the others.
  ///
  /// - Parameter key: the name, taken in lower case; it must end in `-bin`.
  public mutating func addBinary(_ key: String, _ value: [UInt8]) throws(MetadataError) {
    let key = try MetadataRules.checkedKey(key)
    guard MetadataRules.isBinary(key.utf8) else { throw .binaryValueForASCIIKey(key: key) }
    entries.append(key: key.utf8, value: value)
  }

  /// Removes every entry of a name.
  public mutating func removeAll(_ key: String) {
    let kept = filter { $0.key != key.lowercased() }
    entries = PackedEntries()
    for entry in kept { append(unchecked: entry.key, entry.value) }
  }

  /// The first text of a name.
  public func first(_ key: String) -> String? {
    let key = key.lowercased()
    guard !MetadataRules.isBinary(key.utf8), let range = entries.firstValue(of: key.utf8) else {
      return nil
    }
    return entries.text(range)
  }

  /// The first text of a name.
  public subscript(key: String) -> String? { first(key) }

  /// The first bytes of a name, which must end in `-bin`.
  public func binary(_ key: String) -> [UInt8]? {
    let key = key.lowercased()
    guard MetadataRules.isBinary(key.utf8), let range = entries.firstValue(of: key.utf8) else {
      return nil
    }
    return entries.array(range)
  }

  /// Everything that a name holds, in order.
  public func all(_ key: String) -> [Entry.Value] {
    let key = key.lowercased()
    return compactMap { $0.key == key ? $0.value : nil }
  }

  /// The names in order of their first appearance, each once.
  public var keys: [String] {
    var keys: [String] = []
    for entry in self where !keys.contains(entry.key) { keys.append(entry.key) }
    return keys
  }

  /// Adds an entry that the protocol itself sends or received, unchecked.
  package mutating func append(unchecked key: String, _ value: Entry.Value) {
    switch value {
    case .ascii(let text): entries.append(key: key.utf8, value: text.utf8)
    case .binary(let bytes): entries.append(key: key.utf8, value: bytes)
    }
  }

  /// Adds a field as it came from the wire.
  ///
  /// - Returns: false, with nothing added, when the value of a `-bin` name is not base64.
  package mutating func appendReceived(name: Span<UInt8>, value: Span<UInt8>) -> Bool {
    guard MetadataRules.isBinary(name) else {
      entries.append(key: name, value: value)
      return true
    }
    guard let values = Base64.decodeList(value) else { return false }
    for bytes in values { entries.append(key: name, value: bytes.span) }
    return true
  }
}

extension Metadata: ExpressibleByDictionaryLiteral {
  /// Makes metadata of texts. A call that is given metadata made of an invalid literal fails with
  /// INVALID_ARGUMENT and tells what is wrong with it.
  public init(dictionaryLiteral elements: (String, String)...) {
    for (key, value) in elements {
      do {
        try add(key, value)
      } catch {
        literalFault = .some(literalError ?? error)
      }
    }
  }
}

extension Metadata: Equatable {
  /// Whether two hold the same entries in the same order.
  public static func == (left: Metadata, right: Metadata) -> Bool {
    left.entries == right.entries && left.literalError == right.literalError
  }
}

extension Metadata: Sequence {
  /// Walks over the entries in order.
  public struct Iterator: IteratorProtocol {
    let entries: PackedEntries
    var offset = 0

    /// The next entry.
    public mutating func next() -> Entry? {
      guard let location = entries.entry(at: offset) else { return nil }
      offset = location.end
      let key = entries.text(location.key)
      let isBinary = MetadataRules.isBinary(key.utf8)
      return Entry(
        key: key,
        value: isBinary
          ? .binary(entries.array(location.value)) : .ascii(entries.text(location.value)))
    }
  }

  /// An iterator over the entries in order.
  public func makeIterator() -> Iterator { Iterator(entries: entries) }
}
