import MomentoAuthMessages
import ProtobufWire
import TestSupport
import Testing

/// Bytes that Momento's own published messages give, made with its Python package, beside the values
/// that were put in.
@Suite struct GoldenTests {
  private func expect<Message: WireMessage>(
    _ message: Message, is bytes: String, sourceLocation: SourceLocation = #_sourceLocation
  ) throws {
    #expect(hex(try message.encoded()) == bytes, sourceLocation: sourceLocation)
    #expect(try Message(decoding: hex(bytes)) == message, sourceLocation: sourceLocation)
  }

  private func cache(
    _ role: CacheRole, _ cache: PermissionsType.CachePermissions.Cache?,
    _ item: PermissionsType.CachePermissions.CacheItem? = nil
  ) -> PermissionsType {
    PermissionsType(
      kind: .cachePermissions(.init(role: role, cache: cache, cacheItem: item)))
  }

  private func permissions(_ list: PermissionsType...) -> Permissions {
    Permissions(kind: .explicit(ExplicitPermissions(permissions: list)))
  }

  private var allData: [PermissionsType] {
    [
      cache(.readWrite, .allCaches(.init())),
      PermissionsType(
        kind: .topicPermissions(
          .init(role: .readWrite, cache: .allCaches(.init()), topic: .allTopics(.init())))),
      PermissionsType(
        kind: .functionPermissions(
          .init(role: .invoke, cache: .allCaches(.init()), function: .allFunctions(.init())))),
    ]
  }

  private let foo = PermissionsType.CacheSelector(kind: .cacheName("foo"))

  @Test func superUserIsWrittenThoughItsNumberIsZero() throws {
    try expect(Permissions(kind: .superUser(.superUser)), is: "0800")
  }

  @Test func anExplicitListWithoutEntriesIsWritten() throws {
    try expect(permissions(), is: "1200")
  }

  @Test func allDataReadWrite() throws {
    try expect(
      Permissions(kind: .explicit(ExplicitPermissions(permissions: allData))),
      is: "121c0a060a04080112000a0812060801120022000a081a06080112002200")
    try expect(
      Permissions(kind: .explicit(ExplicitPermissions(permissions: Array(allData.prefix(2))))),
      is: "12120a060a04080112000a081206080112002200")
  }

  @Test func cachePermissions() throws {
    try expect(
      permissions(cache(.readOnly, .cacheSelector(foo))), is: "120d0a0b0a0908021a050a03666f6f")
    try expect(
      permissions(
        cache(
          .writeOnly, .cacheSelector(foo), .itemSelector(.init(kind: .key(Array("cow".utf8)))))),
      is: "12140a120a1008031a050a03666f6f2a050a03636f77")
    try expect(
      permissions(
        cache(
          .readOnly, .allCaches(.init()),
          .itemSelector(.init(kind: .keyPrefix(Array("pet".utf8)))))),
      is: "120f0a0d0a0b080212002a051203706574")
    try expect(
      permissions(cache(.readWrite, .cacheSelector(foo), .allItems(.init()))),
      is: "120f0a0d0a0b08011a050a03666f6f2200")
    try expect(
      permissions(cache(.permitNone, .cacheSelector(foo))), is: "120b0a090a071a050a03666f6f")
  }

  @Test func topicAndFunctionPermissions() throws {
    let subscribe = PermissionsType.TopicPermissions(
      role: .readOnly, cache: .cacheSelector(foo),
      topic: .topicSelector(.init(kind: .topicName("t1"))))
    try expect(
      permissions(PermissionsType(kind: .topicPermissions(subscribe))),
      is: "12130a11120f08021a050a03666f6f2a040a027431")
    let publish = PermissionsType.TopicPermissions(
      role: .writeOnly, cache: .cacheSelector(foo),
      topic: .topicSelector(.init(kind: .topicNamePrefix("room-"))))
    try expect(
      permissions(PermissionsType(kind: .topicPermissions(publish))),
      is: "12160a14121208031a050a03666f6f2a071205726f6f6d2d")
    let invoke = PermissionsType.FunctionPermissions(
      role: .invoke, cache: .cacheSelector(foo),
      function: .functionSelector(.init(kind: .functionNamePrefix("fn-"))))
    try expect(
      permissions(PermissionsType(kind: .functionPermissions(invoke))),
      is: "12140a121a1008011a050a03666f6f2a051203666e2d")
  }

  @Test func generateRequests() throws {
    let superUser = Permissions(kind: .superUser(.superUser))
    try expect(
      GenerateApiTokenRequest(
        expiry: .never(NeverExpires()), authToken: "AUTH", permissions: superUser),
      is: "0a001a044155544822020800")
    try expect(
      GenerateApiTokenRequest(
        expiry: .expires(Expires(validForSeconds: 0)), authToken: "AUTH", permissions: superUser),
      is: "12001a044155544822020800")
    try expect(
      GenerateApiTokenRequest(
        expiry: .expires(Expires(validForSeconds: 3_600)), authToken: "AUTH",
        permissions: Permissions(kind: .explicit(ExplicitPermissions(permissions: allData))),
        tokenID: "tid", tokenDescription: "desc"),
      is: "120308901c1a0441555448221e121c0a060a04080112000a0812060801120022000a081a06080112002200"
        + "2a03746964320464657363")
  }

  @Test func answers() throws {
    try expect(
      GenerateApiTokenResponse(
        apiKey: "K", refreshToken: "R", endpoint: "cell.example.test", validUntil: 1_700_000_000),
      is: "0a014b1201521a1163656c6c2e6578616d706c652e746573742080e2cfaa06")
    try expect(
      GenerateApiTokenResponse(apiKey: "K", endpoint: "cell.example.test"),
      is: "0a014b1a1163656c6c2e6578616d706c652e74657374")
    try expect(RefreshApiTokenRequest(apiKey: "K", refreshToken: "R"), is: "0a014b120152")
    try expect(
      RefreshApiTokenResponse(
        apiKey: "K2", refreshToken: "R2", endpoint: "cell.example.test",
        validUntil: 1_700_003_600),
      is: "0a024b32120252321a1163656c6c2e6578616d706c652e746573742090fecfaa06")
    try expect(
      GenerateDisposableTokenResponse(
        apiKey: "K", endpoint: "cell.example.test", validUntil: 1_700_000_060),
      is: "0a014b121163656c6c2e6578616d706c652e7465737418bce2cfaa06")
  }

  @Test func disposableRequest() throws {
    try expect(
      GenerateDisposableTokenRequest(
        expires: Expires(validForSeconds: 60), authToken: "AUTH",
        permissions: permissions(
          cache(
            .readOnly, .cacheSelector(foo), .itemSelector(.init(kind: .key(Array("cow".utf8)))))),
        tokenID: "tid"),
      is: "0a02083c1204415554481a1612140a120a1008021a050a03666f6f2a050a03636f772203746964")
  }

  @Test func loginSteps() throws {
    try expect(LoginRequest(), is: "")
    try expect(
      LoginResponse(state: .directBrowser(.init(url: "https://login.example.test/x"))),
      is: "0a1e0a1c68747470733a2f2f6c6f67696e2e6578616d706c652e746573742f78")
    try expect(
      LoginResponse(state: .loggedIn(.init(sessionToken: "S", validForSeconds: 86_400))),
      is: "12070a01531080a305")
    try expect(LoginResponse(state: .message(.init(text: "hi"))), is: "1a040a026869")
    try expect(LoginResponse(state: .error(.init(description: "no"))), is: "22040a026e6f")
  }
}
