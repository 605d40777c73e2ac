import MomentoAuth
import Testing

@testable import SecretStores

@Suite struct SecretDocumentTests {
  private let bundle =
    "eyJlbmRwb2ludCI6ImNlbGwtNC11cy13ZXN0LTItMS5wcm9kLmEubW9tZW50b2hxLmNvbSIsImFwaV9rZXkiOiJleUpoYkdjaU9pSklVekkxTmlKOS5leUp6ZFdJaU9pSmhJbjAuYzJsbiJ9"

  private func document(_ text: String) throws -> SecretDocument {
    try SecretDocument(parsing: Array(text.utf8))
  }

  private func text(_ document: SecretDocument) -> String {
    String(decoding: document.encodedRevealingSecrets(), as: UTF8.self)
  }

  private var successor: CredentialsFile {
    CredentialsFile(
      apiKey: Secret("new-key"), refreshToken: Secret("new-refresh"),
      validUntil: ExpiresAt(epochSeconds: 2_000))
  }

  private let operation = OperationID(identity: "a", from: VersionToken("1"), attempt: 0)

  @Test func theConsolesFileIsRead() throws {
    let document = try document(
      #"{"apiKey":"\#(bundle)","refreshToken":"r","validUntil":1700000000}"#)
    #expect(document.credentials.apiKey == Secret(bundle))
    #expect(document.credentials.refreshToken == Secret("r"))
    #expect(document.credentials.validUntil == ExpiresAt(epochSeconds: 1_700_000_000))
    #expect(document.issuedAt == nil)
  }

  @Test(arguments: ["apiKey", "authToken", "api_key", "auth_token", "token"])
  func aKeyIsRenewedUnderEachNameThatItHad(name: String) throws {
    let old = try document(#"{"\#(name)":"old-key","refresh_token":"old","valid_until":"1"}"#)
    let new = text(old.replacingKey(with: successor, at: 1_000, operation: operation))
    #expect(!new.contains("old"))
    #expect(new.contains(#""\#(name)":"new-key""#))
    #expect(new.contains(#""apiKey":"new-key""#))
    #expect(new.contains(#""refresh_token":"new-refresh""#))
    #expect(new.contains(#""valid_until":2000"#))
    #expect(new.contains(#""issuedAt":1000"#))
  }

  @Test func membersThatAreNotOursStay() throws {
    let old = try document(
      #"{"apiKey":"k","owner":{"team":"a b","list":[1,2.5,null,true]},"note":"é\n"}"#)
    let new = text(old.replacingKey(with: successor, at: 1_000, operation: operation))
    #expect(new.contains(#""owner":{"list":[1,2.5,null,true],"team":"a b"}"#))
    #expect(new.contains(#""note":"é\n""#))
  }

  @Test func whatWasWrittenIsReadAgainAsTheSame() throws {
    let old = try document(#"{"authToken":"k","refreshToken":"r","x":[1e300,"\u0001"]}"#)
    let new = old.replacingKey(with: successor, keyID: "id", at: 1_000, operation: operation)
    #expect(try SecretDocument(parsing: new.encodedRevealingSecrets()) == new)
    #expect(try document(text(old)).encodedRevealingSecrets() == old.encodedRevealingSecrets())
  }

  @Test(arguments: ["", "\n", "\u{feff}"])
  func aKeyAloneIsRead(before: String) throws {
    let document = try document(before + bundle + "\n")
    #expect(document.credentials.apiKey == Secret(bundle))
    #expect(document.credentials.refreshToken == nil)
    #expect(text(document) == bundle)
  }

  @Test(arguments: ["", " \n", "two words", "key\0", "{", "{}", "[1]x y", #"{"apiKey":1}"#])
  func whatIsNoCredentialIsRefusedWithoutRepeatingIt(text: String) {
    let error = #expect(throws: MomentoError.self) { try document(text) }
    #expect(error?.code == .invalidArgument)
    #expect(error?.description.contains("two words") == false)
  }

  @Test func theFingerprintIsThatOfTheKeyHoweverItIsWritten() throws {
    let bundled = try document(bundle)
    let bare = try document(
      #"{"apiKey":"eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiJhIn0.c2ln","endpoint":"cell-4-us-west-2-1.prod.a.momentohq.com"}"#
    )
    #expect(bundled.fingerprint == bare.fingerprint)
    #expect(bundled.fingerprint.count == 64)
    #expect(try document("other").fingerprint != bundled.fingerprint)
  }

  @Test func printingShowsNoSecret() throws {
    let document = try document(
      #"{"apiKey":"SECRET1","refreshToken":"SECRET2","authToken":"SECRET1","other":"SECRET3"}"#)
    var dumped = ""
    dump(document, to: &dumped)
    for text in ["\(document)", String(reflecting: document), dumped] {
      #expect(!text.contains("SECRET"))
    }
  }
}
