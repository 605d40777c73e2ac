import MomentoAuthMessages
import ProtobufWire
import TestSupport
import Testing

@Suite struct DecodingTests {
  @Test func theLastMemberOfAOneofWins() throws {
    let both = try GenerateApiTokenRequest(decoding: hex("0a00 1202083c"))
    #expect(both.expiry == .expires(Expires(validForSeconds: 60)))
    let other = try GenerateApiTokenRequest(decoding: hex("1202083c 0a00"))
    #expect(other.expiry == .never(NeverExpires()))
  }

  @Test func aMessageThatComesInPartsIsMerged() throws {
    let split = try LoginResponse(decoding: hex("12030a0153 12021005"))
    #expect(split.state == .loggedIn(.init(sessionToken: "S", validForSeconds: 5)))
  }

  @Test func anUnknownEnumNumberSurvives() throws {
    let bytes = hex("0863 1200")
    let permission = try PermissionsType.CachePermissions(decoding: bytes)
    #expect(permission.role.rawValue == 99)
    #expect(try permission.encoded() == bytes)
  }

  @Test func unknownFieldsAreWrittenAgainAfterTheKnownOnes() throws {
    let request = try RefreshApiTokenRequest(decoding: hex("7a0178 0a014b 980601 120152"))
    #expect(request.apiKey == "K")
    #expect(hex(try request.encoded()) == "0a014b1201527a0178980601")
  }

  @Test func aKnownFieldOfTheWrongWireTypeIsTakenForUnknown() throws {
    let request = try RefreshApiTokenRequest(decoding: hex("0805 120152"))
    #expect(request.apiKey == "")
    #expect(hex(try request.encoded()) == "1201520805")
  }

  @Test func errorsNameTheFieldAndTheOffset() throws {
    // permissions (4) → explicit (2) → permissions (1), the fourth of which holds a broken varint.
    let entry = "0a00"
    let broken = "0a0c 0a0a 08ffffffffffffffffff"
    let list = hex(entry + entry + entry + broken)
    let bytes = [0x22, UInt8(list.count + 2), 0x12, UInt8(list.count)] + list
    let error = #expect(throws: WireError.self) {
      _ = try GenerateApiTokenRequest(decoding: bytes)
    }
    #expect(
      error?.description.hasPrefix("GenerateApiTokenRequest.permissions.explicit.permissions[3]")
        == true)
    #expect(error?.offset == 15)
  }

  @Test func everyCutOfAMessageIsReadOrRefusedAndNeverTrapped() throws {
    let whole = hex(
      "120308901c1a0441555448221e121c0a060a04080112000a0812060801120022000a081a060801")
    for count in 0...whole.count {
      _ = try? GenerateApiTokenRequest(decoding: Array(whole.prefix(count)))
    }
  }

  @Test func secretsAreInNoDescriptionAndNoMirror() {
    let messages: [Any] = [
      GenerateApiTokenRequest(authToken: "s3cret"),
      GenerateApiTokenResponse(apiKey: "s3cret", refreshToken: "s3cret"),
      RefreshApiTokenRequest(apiKey: "s3cret", refreshToken: "s3cret"),
      GenerateDisposableTokenRequest(authToken: "s3cret"),
      GenerateDisposableTokenResponse(apiKey: "s3cret"),
      LoginResponse(state: .loggedIn(.init(sessionToken: "s3cret", validForSeconds: 1))),
    ]
    for message in messages {
      #expect(!"\(message)".contains("s3cret"))
      #expect(!String(reflecting: message).contains("s3cret"))
      var dumped = ""
      dump(message, to: &dumped)
      #expect(!dumped.contains("s3cret"))
    }
  }
}
