/// Where a request holds the caller's credential.
enum CredentialPlace {
  /// A field of an auth call.
  case field(String)
  /// The metadata of a data call.
  case authorization

  fileprivate var name: String {
    switch self {
    case .field(let name): name
    case .authorization: "authorization"
    }
  }

  fileprivate var whenEmpty: String {
    switch self {
    case .field: "is empty; auth calls are authenticated by this field, not by a header"
    case .authorization: "is empty or not there; it is metadata, and holds the key or token itself"
    }
  }
}

extension TokenMint {
  /// The claims of a token that works now.
  func working(
    _ token: String, in place: CredentialPlace, at now: UInt64
  ) throws(AuthRefusal) -> TokenClaims {
    let claims = try known(token, in: place)
    guard !claims.isExpired(at: now) else {
      throw .unauthenticated("the key or token in \(place.name) has expired")
    }
    return claims
  }

  /// The claims of a token that this service made, expired or not.
  func known(_ token: String, in place: CredentialPlace) throws(AuthRefusal) -> TokenClaims {
    guard !token.isEmpty else { throw .unauthenticated("\(place.name) \(place.whenEmpty)") }
    guard let claims = claims(of: token) else {
      throw .unauthenticated(
        token.hasPrefix("ey") && !token.contains(".")
          ? "\(place.name) looks like a key in its base64 form; send the api_key from within it"
          : "the key or token in \(place.name) was not made by this service since it started")
    }
    return claims
  }
}
