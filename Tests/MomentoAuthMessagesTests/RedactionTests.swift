import MomentoAuthMessages
import ProtobufWire
import Testing

/// A secret must be found nowhere but in its field.
@Suite struct RedactionTests {
  private static let secret = "s3cret-of-the-bearer"

  private static let bearers: [any WireMessage] = [
    GenerateApiTokenRequest(expiry: .never(.init()), authToken: secret),
    GenerateApiTokenResponse(apiKey: secret, refreshToken: secret),
    RefreshApiTokenRequest(apiKey: secret, refreshToken: secret),
    RefreshApiTokenResponse(apiKey: secret, refreshToken: secret),
    GenerateDisposableTokenRequest(authToken: secret),
    GenerateDisposableTokenResponse(apiKey: secret),
    LoginResponse.LoggedIn(sessionToken: secret),
    LoginResponse(state: .loggedIn(.init(sessionToken: secret))),
  ]

  @Test("printing, dumping and reflecting a message show no secret", arguments: bearers.indices)
  func everyWay(_ index: Int) {
    let message = Self.bearers[index]
    var dumped = ""
    dump(message, to: &dumped)
    let nested = [message]
    for text in [
      "\(message)", String(reflecting: message), dumped, "\(nested)", "\(message as Any)",
      "\(Optional(message) as Any)", reflected(message),
    ] {
      #expect(!text.contains(Self.secret))
      #expect(!text.contains("s3cret"))
    }
  }

  private func reflected(_ value: Any) -> String {
    Mirror(reflecting: value).children.map { "\($0.value) \(reflected($0.value))" }.joined()
  }

  @Test("the length of a secret is shown, since it tells which one was sent")
  func length() {
    let text = "\(RefreshApiTokenRequest(apiKey: Self.secret))"
    #expect(text == "RefreshApiTokenRequest(apiKey: <20 bytes>, refreshToken: none)")
  }

  @Test("unknown fields are not shown, since they may be secrets of a newer schema")
  func unknownFields() throws {
    let bytes = [0x7a, UInt8(Self.secret.utf8.count)] + Array(Self.secret.utf8)
    let message = try PermissionsType.All(decoding: bytes)
    var dumped = ""
    dump(message, to: &dumped)
    #expect(message.unknownFields.description == "22 bytes")
    for text in ["\(message)", String(reflecting: message), dumped] {
      #expect(!text.contains(Self.secret) && !text.contains("115, 51, 99"))
    }
  }

  @Test("an error names the field and does not quote it")
  func errors() {
    let bytes = [0x0a, 21] + Array(Self.secret.utf8) + [0xff]
    let error = #expect(throws: WireError.self) { try RefreshApiTokenRequest(decoding: bytes) }
    #expect(
      error?.description
        == "RefreshApiTokenRequest.api_key: string is not valid UTF-8 at offset 22")
    #expect(error.map { "\(String(reflecting: $0))".contains("s3cret") } == false)
  }
}
