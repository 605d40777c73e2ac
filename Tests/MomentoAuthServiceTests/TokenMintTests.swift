import FoundationEssentials
import Testing

@testable import MomentoAuthService

@Suite struct TokenMintTests {
  private let claims = TokenClaims(
    sub: "me", jti: "id", iat: 10, exp: 20, kind: .apiKey, scope: .explicit, p: "cA")

  @Test("a token is a JWT whose claims anyone can read")
  func form() throws {
    let parts = try TokenMint().token(for: claims).split(separator: ".")
    #expect(parts.count == 3)
    #expect(try text(parts[0]) == #"{"alg":"HS256","typ":"JWT"}"#)
    #expect(
      try text(parts[1])
        == #"{"exp":20,"iat":10,"jti":"id","kind":"api_key","p":"cA","scope":"explicit","sub":"me","ver":1}"#
    )
  }

  @Test("a mint recognises its own tokens, and not another's")
  func ownTokens() throws {
    let mint = try TokenMint()
    let token = try mint.token(for: claims)
    #expect(mint.claims(of: token) == claims)
    #expect(try TokenMint().claims(of: token) == nil)
  }

  @Test("a token with any one character changed is not recognised")
  func tampering() throws {
    let mint = try TokenMint()
    let token = Array(try mint.token(for: claims).utf8)
    for index in token.indices {
      var changed = token
      changed[index] = changed[index] == UInt8(ascii: "A") ? UInt8(ascii: "B") : UInt8(ascii: "A")
      #expect(mint.claims(of: String(decoding: changed, as: UTF8.self)) == nil)
    }
    for cut in token.indices {
      #expect(mint.claims(of: String(decoding: token[..<cut], as: UTF8.self)) == nil)
    }
  }

  @Test("a token that asks for no signature, or for another algorithm, is not recognised")
  func algorithms() throws {
    let mint = try TokenMint()
    let parts = try mint.token(for: claims).split(separator: ".")
    for header in [#"{"alg":"none"}"#, #"{"alg":"HS512","typ":"JWT"}"#] {
      let head = Base64URL.encode(Array(header.utf8))
      #expect(mint.claims(of: "\(head).\(parts[1]).\(parts[2])") == nil)
      #expect(mint.claims(of: "\(head).\(parts[1]).") == nil)
    }
  }

  @Test("a mint shows nothing of its keys")
  func redaction() throws {
    let mint = try TokenMint()
    #expect("\(mint)" == "TokenMint")
    #expect(String(reflecting: mint) == "TokenMint")
    #expect(Mirror(reflecting: mint).children.isEmpty)
  }

  @Test("URL-safe base64 goes there and back for every length, and refuses padding")
  func base64() {
    for count in 0..<70 {
      let bytes = (0..<count).map { UInt8(truncatingIfNeeded: $0 &* 151 &+ 61) }
      #expect(Base64URL.decode(Base64URL.encode(bytes)) == bytes)
    }
    #expect(Base64URL.encode([0xFB, 0xEF, 0xFF]) == "--__")
    #expect(Base64URL.decode("ZQ==") == nil)
    #expect(Base64URL.decode("+//+") == nil)
    #expect(Base64URL.decode("Z") == nil)
  }

  private func text(_ part: Substring) throws -> String {
    String(decoding: try #require(Base64URL.decode(part)), as: UTF8.self)
  }
}
