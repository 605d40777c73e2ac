/// Who makes a call to the data plane: a credential that works now, and what it may do.
struct Caller: Sendable {
  /// What the credential says of itself.
  let claims: TokenClaims
  private let authorizer: Authorizer

  /// Takes the credential of a call apart. It knows nothing of what the service keeps, so calls do it
  /// side by side.
  ///
  /// - Parameter now: the time in milliseconds since 1970.
  init(_ credential: String, _ mint: TokenMint, at now: UInt64) throws(AuthRefusal) {
    claims = try mint.working(credential, in: .authorization, at: now / 1_000)
    guard let authorizer = Authorizer(claims) else {
      throw .unauthenticated("the permissions of this token cannot be read")
    }
    self.authorizer = authorizer
  }

  /// Refuses what the credential may not do.
  func require(_ operation: DataOperation) throws(AuthRefusal) {
    if case .denied(let denial) = authorizer.decide(operation) { throw .denied("\(denial)") }
  }
}
