import Testing

@testable import MomentoAuth

@Suite("A JWT")
struct JWTTests {
  // {"alg":"HS256"} . {"t":"g","exp":4102444800,"aud":["x",1.5,null],"ok":true} . "sig"
  private let text =
    "eyJhbGciOiJIUzI1NiJ9."
    + "eyJ0IjoiZyIsImV4cCI6NDEwMjQ0NDgwMCwiYXVkIjpbIngiLDEuNSxudWxsXSwib2siOnRydWV9.c2ln"

  @Test("tells its header and claims without being verified")
  func claims() throws {
    let token = try JWT(parsing: text)
    #expect(token.header == ["alg": .string("HS256")])
    #expect(token.claims["aud"]?.description == #"["x",1.5,null]"#)
    #expect(token.claims["ok"] == .bool(true))
    #expect(token.isV2)
    #expect(token.expiresAt?.description == "2100-01-01T00:00:00Z")
  }

  @Test("may be padded")
  func padding() throws {
    let token = try JWT(parsing: "eyJhbGciOiJub25lIn0=.e30=.c2lnbg==")
    #expect(token.claims.isEmpty && token.expiresAt == nil && !token.isV2)
  }

  @Test(
    "is refused without repeating it when it is not well-formed",
    arguments: [
      "", "a", "a.b", "e30.e30", "e30.e30.", "e30.e30.c2ln.x", "e30.W10.c2ln", "e30.!.c2ln",
      "e30.e30.!", "e30.e.c2ln", "..",
    ])
  func refusing(_ text: String) {
    let error = #expect(throws: MomentoError.self) { try JWT(parsing: text) }
    #expect(error?.code == .invalidArgument)
  }

  @Test("is not even decoded when it is larger than any token is")
  func size() {
    let huge = "e30.e30." + String(repeating: "a", count: 1 << 17)
    let error = #expect(throws: MomentoError.self) { try JWT(parsing: huge) }
    #expect(error?.message.contains("bytes long") == true)
  }

  @Test("that is nested too deeply is refused")
  func depth() throws {
    let nested = String(repeating: "[", count: 5_000) + String(repeating: "]", count: 5_000)
    let part = "{\"a\":\(nested)}".base64
    #expect(throws: MomentoError.self) { try JWT(parsing: "e30.\(part).c2ln") }
  }
}
