import MomentoAuthMessages
import ProtobufWire

extension Authorizer {
  /// What the credential of some claims may do; nil where its permissions cannot be read, which a
  /// token of this service never has.
  init?(_ claims: TokenClaims) {
    switch (claims.kind, claims.scope) {
    case (.session, _): self = .session
    case (_, .superUser): self = .superUser
    case (_, .explicit): self.init(claim: claims.p)
    }
  }

  /// What a token may do whose claim `p` is this text, `permission_messages.Permissions` in base64url;
  /// nil where it is none.
  package init?(claim p: String) {
    guard let bytes = Base64URL.decode(p), let permissions = try? Permissions(decoding: bytes)
    else { return nil }
    self.init(permissions)
  }
}
