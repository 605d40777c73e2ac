import TLSSession

/// A credential: a key, a token or a refresh token.
///
/// It is not a `String`, so that it cannot end up in a log by accident: printing, interpolating,
/// dumping or reflecting it shows `<redacted>`. To get at it takes a word that can be searched for,
/// ``reveal()``. Comparing takes the same time wherever two differ. Its memory is wiped when the
/// last copy goes; a `String` made of it, or that it was made of, is beyond its reach.
public struct Secret: Sendable {
  private let storage: SecretStorage

  /// Keeps a text secret.
  public init(_ text: String) {
    var text = text
    storage = text.withUTF8 { unsafe SecretStorage(copying: UnsafeRawBufferPointer($0)) }
  }

  /// Keeps bytes secret.
  public init(bytes: [UInt8]) {
    storage = unsafe bytes.withUnsafeBytes { unsafe SecretStorage(copying: $0) }
  }

  /// How many bytes it has.
  public var count: Int { storage.count }
  /// Whether it has no byte; such a secret stands for "no credential".
  public var isEmpty: Bool { storage.count == 0 }

  /// The secret in the open, as text.
  public func reveal() -> String {
    unsafe withUnsafeBytes { unsafe String(decoding: $0, as: UTF8.self) }
  }

  /// Lends the bytes for the length of one call; the pointer must not leave it.
  public func withUnsafeBytes<Result, Failure: Error>(
    _ body: (UnsafeRawBufferPointer) throws(Failure) -> Result
  ) throws(Failure) -> Result {
    try unsafe storage.withBytes(body)
  }

  /// The first characters, to tell one secret from another in a list.
  ///
  /// Never more than a quarter of the secret, and at most 16 characters: a short secret shows little
  /// or nothing.
  ///
  /// - Parameter length: how many characters to show at most.
  public func prefix(_ length: Int) -> String {
    let shown = max(0, min(length, 16, count / 4))
    let bytes = unsafe withUnsafeBytes { unsafe Array($0.prefix(shown)) }
    // Keys are printable ASCII; nothing else would be fit to show.
    let printable = bytes.prefix { 0x21...0x7e ~= $0 }
    return String(decoding: printable, as: UTF8.self) + "…"
  }
}

extension Secret: Hashable {
  /// Whether two are the same, in a time that depends on their lengths only.
  public static func == (left: Secret, right: Secret) -> Bool {
    unsafe left.withUnsafeBytes { left in
      unsafe right.withUnsafeBytes { unsafe Crypto.constantTimeEqual(left, $0) }
    }
  }

  /// Feeds the bytes to a hasher, which is seeded anew in every process.
  public func hash(into hasher: inout Hasher) {
    unsafe withUnsafeBytes { unsafe hasher.combine(bytes: $0) }
  }
}

extension Secret: CustomStringConvertible, CustomDebugStringConvertible, CustomReflectable {
  /// `<redacted>`.
  public var description: String { redaction }
  /// `<redacted>`.
  public var debugDescription: String { redaction }
  /// A mirror without children.
  public var customMirror: Mirror { Mirror(self, children: []) }
}

/// What is shown in place of a secret.
let redaction = "<redacted>"
