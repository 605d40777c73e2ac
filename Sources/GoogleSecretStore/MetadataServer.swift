import FoundationEssentials
import GRPCCall
import HTTPClient
import Locking
import MomentoAuth
import SecretStores

/// The tokens of the service account of the machine, from its metadata server.
final class MetadataServer: AccessTokens {
  /// A token is renewed so much before its end, when the server has a new one.
  private static let margin = Duration.seconds(225)
  private static let attempts = 3

  private let http: any HTTPExchange
  private let host: String
  private let location: StoreLocation
  private let held = Locked<AccessToken?>(nil)

  /// - Parameter host: where it is, if not at its usual name.
  init(http: any HTTPExchange, host: String?, location: StoreLocation) {
    self.http = http
    self.host = host ?? "metadata.google.internal"
    self.location = location
  }

  func token() async throws(SecretStoreError) -> Secret {
    if let token = held.withLock({ $0 }), ContinuousClock.now + Self.margin < token.end {
      return token.text
    }
    let token = try await fetch()
    held.withLock { $0 = token }
    return token.text
  }

  func forget() -> Bool {
    held.withLock { $0.take() != nil }
  }

  private func fetch() async throws(SecretStoreError) -> AccessToken {
    let request = HTTPRequest(
      .get,
      "http://\(host)/computeMetadata/v1/instance/service-accounts/default/token",
      fields: [HTTPField("Metadata-Flavor", "Google")], timeout: .seconds(3),
      connectTimeout: .seconds(3), mostBytes: 65_536, usesProxy: false)
    var reason = ""
    for _ in 0..<Self.attempts {
      let asked = ContinuousClock.now
      do {
        let response = try await http.send(request)
        if let token = try token(in: response, asked: asked) { return token }
        reason = "status \(response.status)"
      } catch let failure as HTTPFailure {
        reason = failure.reason
      } catch let error as SecretStoreError {
        throw error
      } catch {
        reason = "\(error)"
      }
    }
    throw failure(
      .unavailable, "the metadata server gives no token: \(reason)",
      advice: "Outside Google Cloud, give a service account's file with credentials=PATH.")
  }

  /// - Returns: nil for a failure of the server, which may pass.
  private func token(
    in response: HTTPResponse, asked: ContinuousClock.Instant
  ) throws(SecretStoreError) -> AccessToken? {
    // Whatever else answers at this address does not say so.
    guard response.field("Metadata-Flavor") == "Google" else {
      throw failure(.misconfigured, "what answers is not a metadata server")
    }
    if response.status >= 500 || response.status == 429 { return nil }
    guard response.status == 200 else {
      throw failure(
        .unauthenticated, "the metadata server refuses a token (status \(response.status))",
        advice: "Give the machine a service account.")
    }
    guard
      let members = try? JSONDecoder().decode([String: JSONValue].self, from: Data(response.body)),
      let text = members["access_token"]?.string, !text.isEmpty,
      let life = members["expires_in"]?.epochSeconds, life <= 1 << 31
    else { throw failure(.unauthenticated, "the metadata server's answer has no token") }
    return AccessToken(text: Secret(text), end: asked + .seconds(Int64(life)))
  }

  private func failure(
    _ kind: SecretStoreError.Kind, _ message: String, advice: String = ""
  ) -> SecretStoreError {
    SecretStoreError(
      kind, at: location, operation: "token", message, advice: advice, delivery: .notSent)
  }
}
