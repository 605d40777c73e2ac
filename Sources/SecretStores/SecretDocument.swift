public import MomentoAuth
import TLSSession

/// What a store keeps for one key: the key with all that it takes to use and to renew it, and
/// whatever else the secret's owner has put beside it.
///
/// Every usual shape is read: the JSON of Momento's console, the spellings of other tools, and a
/// key as plain text. Written, a document keeps its shape: members that it does not know stay, and
/// a key that stood under other names too is renewed under all of them.
///
/// Printing it shows no secret.
public struct SecretDocument: Sendable, Hashable {
  /// The key, its refresh token, endpoint and expiry.
  public var credentials: CredentialsFile
  /// When the key was issued, in epoch seconds of the rotator's clock; `nil` when nobody wrote it
  /// down.
  public var issuedAt: UInt64?
  /// The id of a v2 key, by which it can be revoked.
  public var keyID: String?
  /// Which rotation made it; `nil` for a key that came by other ways.
  public var operation: OperationID?
  var shape: Shape

  /// How the secret is written.
  enum Shape: Sendable, Hashable {
    /// A JSON object: names that are written besides the usual ones, and members that are not ours.
    case object(alsoKnownAs: Set<String>, extras: [String: JSONValue])
    case plainText
  }

  /// A document for a key that no store keeps yet.
  public init(
    credentials: CredentialsFile, issuedAt: UInt64? = nil, keyID: String? = nil,
    operation: OperationID? = nil
  ) {
    self.credentials = credentials
    self.issuedAt = issuedAt
    self.keyID = keyID
    self.operation = operation
    shape = .object(alsoKnownAs: [], extras: [:])
  }

  /// The document that takes this one's place: the same shape with a new key.
  ///
  /// - Parameters:
  ///   - credentials: the new key.
  ///   - now: when it was issued, in epoch seconds.
  ///   - operation: the rotation that made it.
  public func replacingKey(
    with credentials: CredentialsFile, keyID: String? = nil, at now: UInt64,
    operation: OperationID
  ) -> SecretDocument {
    var document = self
    document.credentials = credentials
    document.issuedAt = now
    document.keyID = keyID
    document.operation = operation
    return document
  }

  /// The SHA-256 of the key as it goes on the wire, as 64 hexadecimal digits: tells keys apart
  /// however they are written, and gives nothing of them away.
  public var fingerprint: String {
    let text = (try? credentials.credentialProvider().apiKey) ?? credentials.apiKey
    let hash = unsafe text.withUnsafeBytes { unsafe Crypto.sha256(Array($0)) }
    return Hexadecimal.encode(hash)
  }

  /// The beginning of ``fingerprint`` that logs show: 8 digits.
  public var shortFingerprint: String { String(fingerprint.prefix(8)) }
}

extension SecretDocument: CustomStringConvertible, CustomDebugStringConvertible, CustomReflectable {
  /// The key's fingerprint and expiry.
  public var description: String {
    let expiry = credentials.validUntil.map { "\($0.epochSeconds)" } ?? "unknown"
    return "key \(shortFingerprint), valid until \(expiry)"
  }
  /// The same as ``description``.
  public var debugDescription: String { description }
  /// A mirror without children.
  public var customMirror: Mirror { Mirror(self, children: []) }
}
