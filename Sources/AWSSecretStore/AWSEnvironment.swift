import GRPCCall
import HTTPClient
import LocalFiles
import MomentoAuth
import SecretStoreHTTP
import SecretStores

/// What the search for credentials looks at. All of it is handed in: nothing reads the process's own
/// environment or clock.
struct AWSEnvironment: Sendable {
  var variables: [String: String]
  /// The profile that the store's URL asks for.
  var explicitProfile: String?
  var http: any HTTPExchange
  var location: StoreLocation
  /// Epoch seconds.
  var now: @Sendable () -> UInt64
  var readFile: @Sendable (String) throws(FileText.Failure) -> [UInt8] = {
    path throws(FileText.Failure) in
    try FileText.read(path: path, limit: 1_048_576)
  }
  /// A number from 0 to 1, for what should not happen everywhere at once.
  var random: @Sendable () -> Double = { .random(in: 0...1) }
  /// The least wait between two tries.
  var patience: Duration = .milliseconds(100)

  /// A variable that is set and not empty.
  subscript(_ name: String) -> String? {
    variables[name].flatMap { $0.isEmpty ? nil : $0 }
  }

  var profile: String { explicitProfile ?? self["AWS_PROFILE"] ?? "default" }

  /// Whether somebody has asked for the profile by its name.
  var namesProfile: Bool { explicitProfile != nil || self["AWS_PROFILE"] != nil }

  func error(
    _ kind: SecretStoreError.Kind, _ message: String, advice: String = ""
  ) -> SecretStoreError {
    SecretStoreError(
      kind, at: location, operation: "credentials", message, advice: advice, delivery: .notSent)
  }

  /// The text of a file that a variable or a profile names.
  func text(ofFile path: String) throws(SecretStoreError) -> String {
    do {
      return String(decoding: try readFile(path), as: UTF8.self)
    } catch {
      throw self.error(.misconfigured, error.description, advice: error.advice)
    }
  }

  /// Sends a request, again where it certainly has not been seen, or always when it is harmless.
  func send(
    _ request: HTTPRequest, isHarmless: Bool = false
  ) async throws(SecretStoreError) -> HTTPResponse {
    var wait = patience
    for attempt in 1... {
      do {
        let response = try await http.send(request)
        guard isHarmless, response.status >= 500, attempt < 3 else { return response }
      } catch {
        guard attempt < 3, error.phase != .cancelled,
          error.isCertainlyUnsent && error.phase != .request || isHarmless
        else {
          var failure = SecretStoreError(error, at: location, operation: "credentials")
          // Whatever became of it, it has not touched the secret.
          failure.delivery = .notSent
          throw failure
        }
      }
      try? await Task.sleep(for: wait)
      wait = min(wait * 4, .seconds(2))
    }
    throw error(.unavailable, "there was no answer")
  }
}
