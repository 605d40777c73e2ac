import MomentoAuth

/// What the page shows, as JSON for its script. It holds no secret.
struct ConsoleState: Encodable {
  /// A key as the list shows it.
  struct Key: Encodable {
    enum Standing: String, Encodable {
      case valid
      case expired
      /// Another one has been made in its place; it still works until it expires.
      case refreshed
    }

    var id: String
    var kind: String
    var scope: String
    var issued: UInt64
    var expires: UInt64?
    var description: String?
    var refreshedFrom: String?
    var tokenID: String?
    var standing: Standing

    init(_ key: IssuedKey, isRefreshed: Bool, at now: UInt64) {
      id = key.id
      kind = key.kind.rawValue
      scope = key.scope
      issued = key.issued
      expires = key.expires
      description = key.description
      refreshedFrom = key.refreshedFrom
      tokenID = key.tokenID
      let isExpired = key.expires.map { $0 <= now } ?? false
      standing = isExpired ? .expired : isRefreshed ? .refreshed : .valid
    }
  }

  /// A login that waits.
  struct Login: Encodable {
    var code: String
    var peer: String
    var since: UInt64
  }

  var signedIn: Bool
  var account: String
  var now: UInt64
  var regions: [ConsoleRegion]
  var sessionEnds: UInt64?
  var keys: [Key] = []
  var logins: [Login] = []
}

/// Where a key is to be used, which decides the endpoint that stands in it.
struct ConsoleRegion: Encodable, Sendable {
  var provider: String
  var id: String
  var name: String
  var endpoint: String

  static let localID = "local"

  static func all(local endpoint: String) -> [ConsoleRegion] {
    [
      ConsoleRegion(
        provider: "This machine", id: localID, name: "Local service", endpoint: endpoint)
    ] + momento
  }

  /// The endpoint of a region; nil for the local one, whose endpoint is the service's own.
  static func endpoint(of id: String) throws(ConsoleRefusal) -> String? {
    if id == localID { return nil }
    guard let region = momento.first(where: { $0.id == id }) else {
      throw ConsoleRefusal(status: 400, message: "There is no such region.")
    }
    return region.endpoint
  }

  /// The cells that Momento's documentation names.
  private static let momento = [
    ("us-east-1", "N. Virginia", "cell-us-east-1-1"), ("us-east-2", "Ohio", "cell-1-us-east-2-1"),
    ("us-west-2", "Oregon", "cell-4-us-west-2-1"), ("eu-west-1", "Ireland", "cell-1-eu-west-1-1"),
    ("ap-northeast-1", "Tokyo", "cell-ap-northeast-1-1"),
  ].map { id, place, cell in
    ConsoleRegion(
      provider: "AWS", id: id, name: "\(id) (\(place))",
      endpoint: "\(cell).prod.a.momentohq.com")
  }
}

/// The key that a person asks for.
struct KeyWish: Decodable {
  /// In the form that `ExpiresIn` reads.
  var expiry: String
  /// `super-user`, `all-data-read-write` or `permissions`.
  var access: String
  /// Each in the grammar that the commands read.
  var permissions: [String]
  var region: String
  var description: String

  func endpoint() throws(ConsoleRefusal) -> String? { try ConsoleRegion.endpoint(of: region) }

  func scope() throws -> PermissionScope {
    switch access {
    case "super-user": .superUser
    case "all-data-read-write": .allDataReadWrite
    case "permissions": .permissions(try permissions.map { try Permission(parsing: $0) })
    default: throw ConsoleRefusal(status: 400, message: "There is no such access.")
    }
  }
}

/// A key that was made, as the page shows it once. The members `apiKey`, `refreshToken` and
/// `validUntil` are those of the file that Momento's console lets one download.
struct GeneratedKey: Encodable {
  var apiKey: String
  /// Empty for a key that never expires.
  var refreshToken: String
  /// Seconds since 1970; 0 for never.
  var validUntil: UInt64
  var endpoint: String

  init(_ key: GeneratedAPIKey) {
    apiKey = key.apiKey.reveal()
    refreshToken = key.refreshToken?.reveal() ?? ""
    validUntil = key.expiresAt.epochSeconds
    endpoint = key.endpoint
  }
}

/// A person's answer to a login that waits.
struct LoginAnswer: Decodable {
  var code: String
  var approve: Bool
}
