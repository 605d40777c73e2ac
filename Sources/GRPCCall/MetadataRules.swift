/// Why an entry of metadata was refused. No case holds a value, which may be a secret.
public enum MetadataError: Error, Sendable, Equatable {
  /// The name is empty or has a character other than `0-9 a-z _ - .`.
  case invalidKey(String)
  /// The name belongs to HTTP/2 or to gRPC itself.
  case reservedKey(String)
  /// The value has a character outside of printable ASCII.
  case invalidValue(key: String)
  /// A name that ends in `-bin` was given text.
  case asciiValueForBinaryKey(key: String)
  /// A name that does not end in `-bin` was given bytes.
  case binaryValueForASCIIKey(key: String)
}

extension MetadataError: CustomStringConvertible {
  /// What is wrong, with which name, and what would be right.
  public var description: String {
    switch self {
    case .invalidKey(let key):
      "metadata key \"\(key)\" is not made of 0-9, a-z, '_', '-' and '.'"
    case .reservedKey(let key):
      "metadata key \"\(key)\" is reserved for the protocol"
    case .invalidValue(let key):
      "the value of metadata key \"\(key)\" is not printable ASCII; use a key ending in -bin for bytes"
    case .asciiValueForBinaryKey(let key):
      "metadata key \"\(key)\" ends in -bin and takes bytes, not text"
    case .binaryValueForASCIIKey(let key):
      "metadata key \"\(key)\" takes text; only a key ending in -bin takes bytes"
    }
  }
}

/// The rules of Custom-Metadata (gRPC over HTTP/2, Requests) and of the fields that HTTP/2 keeps
/// to itself (RFC 9113 §8.2.2, §8.3).
package enum MetadataRules {
  /// Checks a name that a user gave, and returns it in lower case.
  package static func checkedKey(_ key: String) throws(MetadataError) -> String {
    let key = isLowercase(key) ? key : key.lowercased()
    // A pseudo-header is told apart from a slip of the pen, though its colon is no key character.
    guard key.utf8.first != UInt8(ascii: ":") else { throw .reservedKey(key) }
    guard !key.isEmpty, key.utf8.allSatisfy(isKeyCharacter) else { throw .invalidKey(key) }
    guard !isReserved(key) else { throw .reservedKey(key) }
    return key
  }

  /// Checks a text that a user gave, and returns it without the spaces at its ends.
  static func checkedValue(
    _ value: String, of key: String
  ) throws(MetadataError) -> Substring.UTF8View {
    guard value.utf8.allSatisfy({ 0x20...0x7e ~= $0 }) else { throw .invalidValue(key: key) }
    var trimmed = Substring(value).utf8
    while trimmed.first == UInt8(ascii: " ") { trimmed.removeFirst() }
    while trimmed.last == UInt8(ascii: " ") { trimmed.removeLast() }
    return trimmed
  }

  /// Whether a name belongs to HTTP/2 or to gRPC.
  package static func isReserved(_ key: String) -> Bool {
    key.hasPrefix("grpc-") || key.hasPrefix(":") || reserved.contains(key)
  }

  /// Whether a name usually carries a secret: its value is not shown, and no hop of HTTP/2 may
  /// put it into a compression table (RFC 7541 §7.1.3).
  package static func isSensitive(_ key: String) -> Bool {
    sensitive.contains(key)
  }

  static func isBinary(_ key: some BidirectionalCollection<UInt8>) -> Bool {
    key.suffix(4).elementsEqual("-bin".utf8)
  }

  static func isBinary(_ key: Span<UInt8>) -> Bool {
    key.count >= 4 && key.extracting((key.count - 4)..<key.count).equals("-bin")
  }

  private static func isLowercase(_ key: String) -> Bool {
    key.utf8.allSatisfy { $0 < 0x80 && !(UInt8(ascii: "A")...UInt8(ascii: "Z") ~= $0) }
  }

  private static func isKeyCharacter(_ byte: UInt8) -> Bool {
    switch byte {
    case UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "a")...UInt8(ascii: "z"),
      UInt8(ascii: "_"), UInt8(ascii: "-"), UInt8(ascii: "."):
      true
    default: false
    }
  }

  private static let reserved: Set<String> = [
    "te", "content-type", "content-length", "user-agent", "host", "connection", "keep-alive",
    "proxy-connection", "transfer-encoding", "upgrade",
  ]

  private static let sensitive: Set<String> = [
    "authorization", "proxy-authorization", "cookie", "set-cookie", "x-api-key", "api-key",
    "momento-api-key", "refresh-token", "x-amz-security-token", "token",
  ]
}
