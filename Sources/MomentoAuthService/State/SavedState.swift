import FoundationEssentials
import LocalFiles

/// What a service keeps in its state file, as JSON:
///
/// ```json
/// {"format":"momento-auth service state","version":1,
///  "signingKey":"BASE64 of 32 bytes","refreshKey":"BASE64 of 32 bytes",
///  "authority":{"certificate":"PEM","privateKey":"PEM"},
///  "keys":[{"id":"…","kind":"api_key","scope":"super-user","issued":1700000000,
///           "expires":1702592000,"refreshedFrom":"…","description":"…","tokenID":"…"}],
///  "usedRefreshTokens":{"ID OF THE KEY":1702592000}}
/// ```
///
/// Times are seconds since 1970. `authority` is there once the service has served TLS with an authority
/// of its own; `keys` is the list that the page shows, without secrets.
struct SavedState: Codable, Equatable, Sendable, SavedDocument {
  static let formatName = "momento-auth service state"

  /// An authority that clients have been told to trust.
  struct Authority: Codable, Equatable, Sendable {
    var certificate: String
    var privateKey: String
  }

  var format = Self.formatName
  var version = 1
  var signingKey: Data
  var refreshKey: Data
  var authority: Authority?
  var keys: [IssuedKey] = []
  var usedRefreshTokens: [String: UInt64] = [:]

  var defect: String? {
    guard signingKey.count == TokenMint.keySize, refreshKey.count == TokenMint.keySize else {
      return "its keys are not \(TokenMint.keySize) bytes long"
    }
    return nil
  }
}

extension SavedState: CustomStringConvertible, CustomReflectable {
  /// What it is: its keys are secret.
  var description: String { Self.formatName }
  /// A mirror without children.
  var customMirror: Mirror { Mirror(self, children: []) }
}

extension SavedState.Authority: CustomStringConvertible, CustomReflectable {
  /// The certificate: the key is secret.
  var description: String { certificate }
  /// A mirror without children.
  var customMirror: Mirror { Mirror(self, children: []) }
}

/// What a service keeps of its caches, in a file beside the state:
///
/// ```json
/// {"format":"momento-auth service caches","version":1,
///  "caches":[{"name":"…","items":[{"key":"BASE64","value":"BASE64","expiresAt":1700000000000}]}]}
/// ```
///
/// `expiresAt` is in milliseconds since 1970.
struct SavedCaches: Codable, Equatable, Sendable, SavedDocument {
  static let formatName = "momento-auth service caches"

  struct Cache: Codable, Equatable, Sendable {
    var name: String
    var items: [Item]
  }

  struct Item: Codable, Equatable, Sendable {
    var key: Data
    var value: Data
    var expiresAt: UInt64
  }

  var format = Self.formatName
  var version = 1
  var caches: [Cache]

  var defect: String? { nil }

  init(_ snapshot: DataSnapshot) {
    caches = snapshot.caches.map { cache in
      Cache(
        name: cache.name,
        items: cache.items.map {
          Item(key: Data($0.key), value: Data($0.value), expiresAt: $0.expiresAt)
        })
    }
  }

  var snapshot: DataSnapshot {
    DataSnapshot(
      caches: caches.map { cache in
        DataSnapshot.Cache(
          name: cache.name,
          items: cache.items.map {
            DataSnapshot.Item(
              key: Array($0.key), value: Array($0.value), expiresAt: $0.expiresAt)
          })
      })
  }
}

/// A JSON document that says what it is.
protocol SavedDocument: Codable {
  static var formatName: String { get }
  var format: String { get }
  var version: Int { get }
  /// What is wrong with it, though it can be read.
  var defect: String? { get }
}

/// What tells one document from another, before the rest is looked at.
private struct DocumentHeader: Decodable {
  var format: String
  var version: Int
}

extension SavedDocument {
  /// Reads a file that only its owner can read; nil when there is none.
  ///
  /// - Throws: ``EmbeddedAuthServiceError`` for a file that is cut off, or is something else. It is left
  ///   as it is.
  static func read(path: String, limit: Int) throws(EmbeddedAuthServiceError) -> Self? {
    let bytes: [UInt8]
    do {
      bytes = try FileText.readPrivate(path: path, limit: limit)
    } catch {
      if error.isMissing { return nil }
      throw EmbeddedAuthServiceError(
        "\(error)" + (error.advice.isEmpty ? "" : ". \(error.advice)"))
    }
    return try parsed(bytes, path)
  }

  /// Reads the bytes of the file at `path`, which is for errors.
  static func parsed(
    _ bytes: [UInt8], _ path: String
  ) throws(EmbeddedAuthServiceError) -> Self {
    let data = Data(bytes)
    guard let header = try? JSONDecoder().decode(DocumentHeader.self, from: data),
      header.format == formatName
    else { throw refused(path, "it is not a whole file of the form '\(formatName)'") }
    guard header.version == 1 else {
      throw refused(
        path, "it has version \(header.version), and this program reads version 1 only")
    }
    guard let document = try? JSONDecoder().decode(Self.self, from: data) else {
      throw refused(path, "a member is missing or of the wrong kind")
    }
    if let defect = document.defect { throw refused(path, defect) }
    return document
  }

  private static func refused(_ path: String, _ reason: String) -> EmbeddedAuthServiceError {
    EmbeddedAuthServiceError(
      "cannot use \(path): \(reason). It was left as it is; move it away to begin anew, or name "
        + "another file")
  }

  /// The bytes of the file.
  func encoded() throws -> [UInt8] {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
    return Array(try encoder.encode(self)) + [UInt8(ascii: "\n")]
  }
}
