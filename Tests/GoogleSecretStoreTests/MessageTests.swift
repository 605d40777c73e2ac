import FoundationEssentials
import ProtobufWire
import TestSupport
import Testing

@testable import GoogleSecretStore

/// The bytes of Fixtures/stores/secret_manager.json, which Google's own package has made, beside what was put
/// in.
@Suite struct MessageTests {
  private let name = "projects/p/secrets/s"

  private func golden(_ name: String) throws -> [UInt8] {
    let data = try Data(contentsOf: fixture("stores/secret_manager.json"))
    let goldens = try JSONDecoder().decode([String: String].self, from: data)
    return hex(try #require(goldens[name]))
  }

  private func expect<Message: WireMessage>(
    _ message: Message, is name: String, sourceLocation: SourceLocation = #_sourceLocation
  ) throws {
    let bytes = try golden(name)
    #expect(hex(try message.encoded()) == hex(bytes), sourceLocation: sourceLocation)
    #expect(try Message(decoding: bytes) == message, sourceLocation: sourceLocation)
  }

  @Test func secrets() throws {
    try expect(GetSecretRequest(name: name), is: "get-secret")
    let secret = try GoogleSecret(decoding: try golden("secret"))
    #expect(secret.name == name)
    #expect(secret.etag == "\"abc\"")
    #expect(secret.versionAliases == ["current": 3, "pending": 4, "previous": 2])
    #expect(secret.annotations == ["momento-auth-rotation": "{}", "team": "cache"])
    var sent = GoogleSecret()
    sent.name = name
    sent.etag = "\"abc\""
    sent.versionAliases = ["current": 3]
    sent.annotations = ["momento-auth-rotation": "{}"]
    try expect(
      UpdateSecretRequest(
        secret: sent, updateMask: FieldMask(paths: ["version_aliases", "annotations"])),
      is: "update-secret")
  }

  @Test func versions() throws {
    try expect(
      AddSecretVersionRequest(
        parent: name, payload: SecretPayload(data: Array("key".utf8), dataCRC32C: 0xE306_9283)),
      is: "add-version")
    let version = try SecretVersion(decoding: try golden("version"))
    #expect(version.number == 4)
    #expect(version.state == .enabled)
    try expect(AccessSecretVersionRequest(name: name + "/versions/4"), is: "access-version")
    try expect(
      AccessSecretVersionResponse(
        name: name + "/versions/4", payload: SecretPayload(data: [0, 0xff], dataCRC32C: 0)),
      is: "accessed-version")
  }

  @Test func lists() throws {
    try expect(
      ListSecretVersionsRequest(
        parent: name, pageSize: 100, pageToken: "t", filter: "state:ENABLED"),
      is: "list-versions")
    let list = try ListSecretVersionsResponse(decoding: try golden("listed-versions"))
    #expect(list.versions.map(\.number) == [4, 3])
    #expect(list.versions.map(\.state) == [.disabled, .destroyed])
    #expect(list.nextPageToken == "u")
  }

  @Test func permissions() throws {
    try expect(
      TestPermissionsRequest(resource: name, permissions: ["secretmanager.versions.add"]),
      is: "test-permissions")
    try expect(
      TestPermissionsResponse(permissions: ["secretmanager.versions.add"]),
      is: "tested-permissions")
  }

  @Test func noDescriptionShowsAPayload() throws {
    let bytes = Array("hunter2".utf8)
    let request = AddSecretVersionRequest(parent: name, payload: SecretPayload(data: bytes))
    var dumped = ""
    dump(request, to: &dumped)
    for shown in ["\(request)", String(reflecting: request), dumped] {
      #expect(!shown.contains("hunter2"))
      #expect(!shown.contains(bytes.map(String.init).joined(separator: ", ")))
      #expect(shown.contains("7 bytes"))
    }
  }
}
