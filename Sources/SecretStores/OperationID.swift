import MomentoAuth
import TLSSession

/// Names one rotation of one generation of one secret: all replicas that set out to replace the same
/// version name it alike, so that what one has begun another can go on with.
///
/// It is a UUID of version 8 (RFC 9562 §5.8) made of a SHA-256, 36 characters long: stores take it
/// as a version id or an idempotency token.
public struct OperationID: Sendable, Hashable, CustomStringConvertible {
  /// `xxxxxxxx-xxxx-8xxx-xxxx-xxxxxxxxxxxx`, in lower case.
  public let text: String

  /// Names the replacement of a version.
  ///
  /// - Parameter attempt: 0, and one more for each time that a generation is begun anew because what
  ///   was made before is of no use.
  public init(identity: String, from version: VersionToken, attempt: Int) {
    self.init(name: "momento-auth rotation\n\(identity)\n\(version.text)\n\(attempt)")
  }

  /// Takes a name that somebody else has chosen, such as the token of a rotation event.
  ///
  /// - Returns: nil for a text that is not 1 to 64 letters, digits, `-` and `_`.
  public init?(text: String) {
    let isPlain = text.utf8.allSatisfy { byte in
      switch byte {
      case UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "a")...UInt8(ascii: "z"),
        UInt8(ascii: "A")...UInt8(ascii: "Z"), UInt8(ascii: "-"), UInt8(ascii: "_"):
        true
      default: false
      }
    }
    guard isPlain, 1...64 ~= text.utf8.count else { return nil }
    self.text = text
  }

  /// Derives a name that is always the same for the same text.
  package init(name: String) {
    text = Self.uuid(of: Crypto.sha256(Array(name.utf8)))
  }

  private static func uuid(of hash: [UInt8]) -> String {
    var bytes = Array(hash.prefix(16))
    // The version, 8, and the variant, binary 10, of RFC 9562 §4.
    bytes[6] = bytes[6] & 0x0f | 0x80
    bytes[8] = bytes[8] & 0x3f | 0x80
    let digits = Array(Hexadecimal.encode(bytes).utf8)
    let groups = [digits[0..<8], digits[8..<12], digits[12..<16], digits[16..<20], digits[20..<32]]
    return groups.map { String(decoding: $0, as: UTF8.self) }.joined(separator: "-")
  }

  /// The name itself.
  public var description: String { text }
}

/// Names one rotator, so that it knows its own claims again after a restart.
public struct OwnerID: Sendable, Hashable, CustomStringConvertible {
  /// 1 to 64 letters, digits, `-` and `_`.
  public let text: String

  /// Takes a name.
  ///
  /// - Returns: nil for a text that is not 1 to 64 letters, digits, `-` and `_`.
  public init?(text: String) {
    guard let id = OperationID(text: text) else { return nil }
    self.text = id.text
  }

  /// Makes a name that nobody else has.
  public static func random() -> OwnerID {
    let bytes = (0..<16).map { _ in UInt8.random(in: 0 ... .max) }
    return OwnerID(checked: Hexadecimal.encode(bytes))
  }

  private init(checked text: String) { self.text = text }

  /// The name itself.
  public var description: String { text }
}
