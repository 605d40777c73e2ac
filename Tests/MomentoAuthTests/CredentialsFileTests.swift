import FoundationEssentials
import MomentoAuth
import Testing

@Suite("A credentials file")
struct CredentialsFileTests {
  private let v1 = "eyJlbmRwb2ludCI6ImEuYiIsImFwaV9rZXkiOiJrIn0="

  @Test(
    "is read under every name that its members have been given",
    arguments: [
      #"{"apiKey": "KEY", "refreshToken": "REF", "validUntil": 1700000000}"#,
      #"{"authToken": "KEY", "refreshToken": "REF", "validUntil": "1700000000"}"#,
      #"{"api_key": "KEY", "refresh_token": "REF", "valid_until": 1700000000, "more": [1]}"#,
      #"{"auth_token": " KEY\n", "refreshToken": "REF", "expiresAt": 1.7e9, "apiKey": ""}"#,
      #"{"token": "KEY", "refreshToken": "REF", "validUntil": 1700000000, "endpoint": null}"#,
    ])
  func names(_ json: String) throws {
    let file = try CredentialsFile(parsing: json)
    #expect(
      file
        == CredentialsFile(
          apiKey: Secret("KEY"), refreshToken: Secret("REF"),
          validUntil: ExpiresAt(epochSeconds: 1_700_000_000)))
  }

  @Test(
    "says never, or nothing, of its expiry",
    arguments: [
      (#"{"apiKey":"K","validUntil":0}"#, ExpiresAt.never),
      (#"{"apiKey":"K","validUntil":"0"}"#, .never),
      (#"{"apiKey":"K","validUntil":""}"#, .never), (#"{"apiKey":"K"}"#, nil),
      (#"{"apiKey":"K","validUntil":null}"#, nil),
    ] as [(String, ExpiresAt?)])
  func expiry(_ json: String, _ expected: ExpiresAt?) throws {
    #expect(try CredentialsFile(parsing: json).validUntil == expected)
  }

  @Test(
    "is refused, without repeating it, when it cannot be used",
    arguments: [
      "", "[]", "SECRET", "{", #"{"refreshToken":"SECRET"}"#, #"{"apiKey":7,"x":"SECRET"}"#,
      #"{"apiKey":"SECRET","validUntil":-1}"#, #"{"apiKey":"SECRET","validUntil":"soon"}"#,
      #"{"apiKey":"SECRET","validUntil":1e300}"#, #"{"apiKey":"SECRET","validUntil":true}"#,
      #"{"apiKey":"SECRET","refreshToken":[]}"#, #"{"apiKey":""}"#,
    ])
  func refusing(_ json: String) {
    let error = #expect(throws: MomentoError.self) { try CredentialsFile(parsing: json) }
    #expect(error?.code == .invalidArgument)
    #expect(error?.description.contains("SECRET") == false)
  }

  @Test("is written as it is read, member by member in a fixed order")
  func writing() throws {
    let file = CredentialsFile(
      apiKey: Secret("a\"\\/\u{1}"), refreshToken: Secret("r"), endpoint: "e.test",
      validUntil: .never)
    let json = file.encodedRevealingSecrets()
    #expect(
      String(decoding: json, as: UTF8.self)
        == #"{"apiKey":"a\"\\/\u0001","refreshToken":"r","endpoint":"e.test","validUntil":0}"#)
    #expect(try CredentialsFile(parsing: json) == file)
    #expect(
      CredentialsFile(apiKey: Secret("K")).encodedRevealingSecrets()
        == Array(#"{"apiKey":"K"}"#.utf8))
  }

  @Test("shows no secret when it is printed or dumped")
  func redaction() {
    let file = CredentialsFile(apiKey: Secret("SECRET"), refreshToken: Secret("SECRET"))
    var dumped = ""
    dump(file, to: &dumped)
    #expect(!"\(file)\(dumped)\(String(reflecting: file))".contains("SECRET"))
  }

  @Test("gives the credential it holds: a bundle, a bare key or a v2 key with its endpoint")
  func credential() throws {
    let bundled = try CredentialsFile(apiKey: Secret(v1), endpoint: "other").credentialProvider()
    #expect(bundled.kind == .v1 && bundled.endpoints.control.host == "control.a.b")
    let bare = try CredentialsFile(apiKey: Secret("e30.e30.c2ln"), endpoint: "e.test")
      .credentialProvider()
    #expect(bare.kind == .v1 && bare.endpoints.token.host == "token.e.test")
    #expect(bare.apiKey.reveal() == "e30.e30.c2ln")
    let key = "e30.\(#"{"t":"g"}"#.base64).c2ln"
    #expect(
      try CredentialsFile(apiKey: Secret(key), endpoint: "e.test").credentialProvider().kind == .v2)
    #expect(throws: MomentoError.self) {
      try CredentialsFile(apiKey: Secret("e30.e30.c2ln")).credentialProvider()
    }
  }
}
