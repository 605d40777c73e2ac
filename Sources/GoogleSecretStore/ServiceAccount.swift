import FoundationEssentials
import GRPCCall
import LocalFiles
import Locking
import MomentoAuth
import SecretStores
import TLSSession

/// Tokens that a service account signs for itself: Google takes them in place of its own
/// (RFC 7519; https://google.aip.dev/auth/4111).
final class ServiceAccount: AccessTokens {
  private static let life: UInt64 = 3_600
  private static let margin = Duration.seconds(300)
  private static let mostBytes = 65_536

  private let email: String
  private let keyID: String
  private let privateKey: Secret
  private let location: StoreLocation
  private let held = Locked<AccessToken?>(nil)

  /// Reads the file that Google gives for a key of a service account.
  convenience init(path: String, location: StoreLocation) throws(SecretStoreError) {
    let bytes: [UInt8]
    do {
      bytes = try FileText.readPrivate(path: path, limit: Self.mostBytes)
    } catch {
      throw Self.failure(error.description, advice: error.advice, location)
    }
    try self.init(json: bytes, location: location)
  }

  init(json: [UInt8], location: StoreLocation) throws(SecretStoreError) {
    guard let members = try? JSONDecoder().decode([String: JSONValue].self, from: Data(json)) else {
      throw Self.failure("the credentials are not JSON", advice: "", location)
    }
    let type = members["type"]?.string ?? ""
    guard type == "service_account" else {
      throw Self.failure(
        "credentials of the type '\(type.prefix(40).description.singleLine)' are not supported",
        advice: "Use a key of a service account, or the metadata server.", location,
        .unsupported)
    }
    guard let email = members["client_email"]?.string, let key = members["private_key"]?.string
    else { throw Self.failure("the credentials lack client_email or private_key", location) }
    self.email = email
    keyID = members["private_key_id"]?.string ?? ""
    privateKey = Secret(key)
    self.location = location
  }

  func token() async throws(SecretStoreError) -> Secret {
    if let token = held.withLock({ $0 }), ContinuousClock.now + Self.margin < token.end {
      return token.text
    }
    let text = try assertion(at: UInt64(max(0, Date().timeIntervalSince1970)))
    held.withLock {
      $0 = AccessToken(text: text, end: ContinuousClock.now + .seconds(Int64(Self.life)))
    }
    return text
  }

  func forget() -> Bool {
    held.withLock { $0.take() != nil }
  }

  /// A JWT for Secret Manager, signed with RS256 (RFC 7518 §3.3).
  func assertion(at now: UInt64) throws(SecretStoreError) -> Secret {
    var header: [String: JSONValue] = ["alg": .string("RS256"), "typ": .string("JWT")]
    if !keyID.isEmpty { header["kid"] = .string(keyID) }
    let claims: [String: JSONValue] = [
      "iss": .string(email), "sub": .string(email),
      "aud": .string("https://secretmanager.googleapis.com/"),
      "iat": .integer(Int64(clamping: now)),
      "exp": .integer(Int64(clamping: now.addingReportingOverflow(Self.life).partialValue)),
    ]
    let signed = [JSONValue.object(header), .object(claims)]
      .map { Self.base64URL(Array($0.description.utf8)) }.joined(separator: ".")
    do {
      let signature = try Crypto.signRS256(
        Array(signed.utf8), pem: privateKey.reveal(), whose: "service account")
      return Secret(signed + "." + Self.base64URL(signature))
    } catch {
      throw Self.failure(error.description, location)
    }
  }

  /// Base64 for URLs without padding (RFC 7515 §2).
  private static func base64URL(_ bytes: [UInt8]) -> String {
    let text = Base64.encode(bytes).utf8.compactMap { byte -> UInt8? in
      switch byte {
      case UInt8(ascii: "+"): UInt8(ascii: "-")
      case UInt8(ascii: "/"): UInt8(ascii: "_")
      case UInt8(ascii: "="): nil
      default: byte
      }
    }
    return String(decoding: text, as: UTF8.self)
  }

  private static func failure(
    _ message: String, advice: String = "", _ location: StoreLocation,
    _ kind: SecretStoreError.Kind = .misconfigured
  ) -> SecretStoreError {
    SecretStoreError(
      kind, at: location, operation: "token", message, advice: advice, delivery: .notSent)
  }
}
