internal import GRPCCall
package import HTTPClient
internal import LocalFiles
internal import MomentoAuth
internal import SecretStoreHTTP
package import SecretStores

/// Calls the API server of a cluster with the token of a service account.
package struct KubernetesClient: Sendable {
  typealias Method = HTTPRequest.Method

  let server: String
  let tokenFile: String
  let trust: HTTPRequest.Trust
  let http: any HTTPExchange
  let location: StoreLocation
  /// What kind of object it is about.
  let kind: String

  package init(
    server: String, tokenFile: String, trust: HTTPRequest.Trust, http: any HTTPExchange,
    location: StoreLocation, kind: String = "Secret"
  ) {
    self.server = server
    self.tokenFile = tokenFile
    self.trust = trust
    self.http = http
    self.location = location
    self.kind = kind
  }

  /// Calls, with the token as its file has it now: the cluster replaces it about every hour.
  func call(
    _ method: Method, _ path: String, _ body: JSONValue? = nil, operation: String,
    timeout: Duration = .seconds(10)
  ) async throws(SecretStoreError) -> HTTPResponse {
    var fields = [
      HTTPField("Authorization", "Bearer \(try token())"), HTTPField("Accept", "application/json"),
    ]
    if body != nil { fields.append(HTTPField("Content-Type", "application/json")) }
    let request = HTTPRequest(
      method, server + path, fields: fields, body: body.map { Array($0.description.utf8) } ?? [],
      timeout: timeout, mostBytes: 4 * 1_048_576, usesProxy: false, trust: trust)
    let answer: HTTPResponse
    do {
      answer = try await http.send(request)
    } catch {
      throw SecretStoreError(error, at: location, operation: operation)
    }
    guard 200...299 ~= answer.status else { throw error(answer, operation) }
    return answer
  }

  private func token() throws(SecretStoreError) -> String {
    do {
      let bytes = try FileText.read(path: tokenFile, limit: 65_536)
      return String(decoding: bytes, as: UTF8.self).filter { !$0.isWhitespace }
    } catch {
      throw SecretStoreError(
        .misconfigured, at: location, operation: "login", error.description,
        advice: "A pod has this file unless its service account's token is not mounted.",
        delivery: .notSent)
    }
  }

  private func error(_ answer: HTTPResponse, _ operation: String) -> SecretStoreError {
    let (kind, message): (SecretStoreError.Kind, String) =
      switch answer.status {
      case 400: (.misconfigured, "the request is not understood")
      case 401: (.unauthenticated, "the service account's token is not accepted")
      case 403: (.denied, "the service account may not do this")
      case 404: (.notFound, "there is no such \(self.kind)")
      case 409: (.conflict, "the \(self.kind) has changed meanwhile")
      case 413: (.tooLarge, "the \(self.kind) is too large")
      case 422: (.unsupported, "the \(self.kind) does not take this; it may be immutable")
      case 429: (.throttled(retryAfter: answer.retryAfter), "the server asks for patience")
      default: (.unavailable, "the server cannot serve now")
      }
    return SecretStoreError(
      kind, at: location, operation: operation, message,
      advice: kind == .denied
        ? "Its role must allow get, create and update on \(self.kind.lowercased())s." : "",
      code: "\(answer.status)", delivery: answer.delivery)
  }
}
