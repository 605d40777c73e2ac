import FoundationEssentials
import MomentoAuth
import SecretStores

/// What Google Cloud Secret Manager says of a secret through Pub/Sub, as a push subscription delivers it.
struct SecretNotice: Sendable, Hashable {
  /// What has happened, such as `SECRET_ROTATE`.
  var eventType: String
  /// The secret's full name.
  var secretID: String

  init(eventType: String, secretID: String) {
    self.eventType = eventType
    self.secretID = secretID
  }

  /// Reads a push envelope.
  ///
  /// - Returns: nil for a body that is none, or one of something else.
  init?(parsing body: [UInt8]) {
    guard
      let members = try? JSONDecoder().decode([String: JSONValue].self, from: Data(body)),
      case .object(let message)? = members["message"],
      case .object(let attributes)? = message["attributes"],
      let eventType = attributes["eventType"]?.string,
      let secretID = attributes["secretId"]?.string
    else { return nil }
    self.init(eventType: eventType, secretID: secretID)
  }

  /// Whether it is time to rotate.
  var asksForRotation: Bool { eventType == "SECRET_ROTATE" }

  /// Whether it speaks of a store's secret. Google names the project by its number, and stores may name
  /// it by its id: they are not told apart then.
  func concerns(_ url: StoreURL) -> Bool {
    guard url.scheme == "gcp-secretmanager" else { return false }
    if url.name == secretID { return true }
    let (own, other) = (Self.parts(url.name), Self.parts(secretID))
    guard own.count > 3, own.count == other.count, own[0] == "projects",
      Self.isNumber(own[1]) != Self.isNumber(other[1])
    else { return false }
    return own.dropFirst(2) == other.dropFirst(2) && other[0] == own[0]
  }

  private static func parts(_ name: String) -> [Substring] {
    name.split(separator: "/", omittingEmptySubsequences: false)
  }

  private static func isNumber(_ text: Substring) -> Bool {
    !text.isEmpty && text.utf8.allSatisfy { 0x30...0x39 ~= $0 }
  }
}
