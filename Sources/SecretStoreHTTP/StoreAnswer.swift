internal import FoundationEssentials
package import GRPCCall
package import HTTPClient
package import MomentoAuth
package import SecretStores

/// What stores that speak JSON over HTTP have in common.
extension SecretStoreError {
  /// A call to a store that got no answer.
  package init(_ failure: HTTPFailure, at location: StoreLocation, operation: String) {
    let kind: Kind =
      switch failure.phase {
      case .request: .misconfigured
      case .tooLarge: .unreadable
      default: .unavailable
      }
    self.init(
      kind, at: location, operation: operation, failure.reason,
      advice: failure.phase == .tls ? "See whether 'ca-file' names the store's authority." : "",
      delivery: failure.isCertainlyUnsent ? .notSent : .unknown)
  }
}

extension HTTPResponse {
  /// The members of the body's JSON object; none where it is not one.
  package var members: [String: JSONValue] {
    (try? JSONDecoder().decode([String: JSONValue].self, from: Data(body))) ?? [:]
  }

  /// How long the server asks to wait (RFC 9110 §10.2.3), where it says it in seconds.
  package var retryAfter: Duration? {
    field("Retry-After").flatMap { UInt32($0) }.map { .seconds($0) }
  }

  /// What is known of a write that was answered like this: a gateway may have lost the answer of a
  /// server that did the work.
  package var delivery: Delivery { [500, 502, 504].contains(status) ? .unknown : .answered }
}

extension JSONValue {
  /// The members, if it is an object.
  package var object: [String: JSONValue]? {
    if case .object(let members) = self { members } else { nil }
  }

  /// The whole number, if it is one.
  package var integer: Int64? {
    if case .integer(let number) = self { number } else { nil }
  }

  /// The member of an object.
  package subscript(_ name: String) -> JSONValue? { object?[name] }
}
