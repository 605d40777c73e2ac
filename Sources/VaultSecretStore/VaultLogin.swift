internal import GRPCCall
internal import LocalFiles
package import MomentoAuth
internal import SecretStores

/// How a client comes to its token.
package enum VaultLogin: Sendable {
  /// A token that somebody else has made.
  case token(Secret)
  /// The AppRole method: a role's id and its secret, each the text of a file.
  case appRole(mount: String, roleIDFile: String, secretIDFile: String)
  /// The Kubernetes method: the service account's token, from a file that is read anew each time.
  case kubernetes(mount: String, role: String, tokenFile: String)

  /// Where to log in, and with what; `nil` for a token that is there already.
  func request(at location: StoreLocation) throws(SecretStoreError) -> (
    path: String, body: JSONValue
  )? {
    switch self {
    case .token: return nil
    case .appRole(let mount, let roleIDFile, let secretIDFile):
      return (
        "auth/\(mount)/login",
        .object([
          "role_id": .string(try Self.text(of: roleIDFile, at: location)),
          "secret_id": .string(try Self.text(of: secretIDFile, at: location)),
        ])
      )
    case .kubernetes(let mount, let role, let tokenFile):
      return (
        "auth/\(mount)/login",
        .object([
          "role": .string(role), "jwt": .string(try Self.text(of: tokenFile, at: location)),
        ])
      )
    }
  }

  static func text(of path: String, at location: StoreLocation) throws(SecretStoreError) -> String {
    do {
      let bytes = try FileText.read(path: path, limit: 65_536)
      return String(decoding: bytes, as: UTF8.self).filter { !$0.isNewline && $0 != " " }
    } catch {
      throw SecretStoreError(
        .misconfigured, at: location, operation: "login", error.description, delivery: .notSent)
    }
  }
}
