import MomentoAuth
import MomentoAuthMessages
import Testing

@testable import MomentoAuthService

/// What a list of permissions allows, one table a rule: every operation that is in `allowed` is, every
/// other one is denied.
@Suite struct AuthorizerTests {
  @Test("a session token and a super-user key may do everything")
  func allRights() {
    for operation in Operations.all {
      #expect(Authorizer.session.decide(operation) == .allowed(by: .session))
      #expect(Authorizer.superUser.decide(operation) == .allowed(by: .superUser))
      #expect(Authorizer(PermissionScope.superUser).decide(operation) == .allowed(by: .superUser))
      #expect(Authorizer(Permissions.superUser).decide(operation).isAllowed)
    }
  }

  @Test("all data: every item and topic of every cache, and no managing of caches")
  func allData() {
    expect(.allDataReadWrite, allows: Operations.items + Operations.topics)
  }

  @Test("reading in all caches: no writing, no topics, no managing of caches")
  func readOnlyEverywhere() {
    expect([.cacheReadOnly(.all)], allows: Operations.items(.read))
  }

  @Test("reading and writing one cache: nothing in another, and no topics in either")
  func readWriteOne() {
    expect([.cacheReadWrite("a")], allows: Operations.items.filter { $0.cache == "a" })
  }

  @Test("writing only: no reading, not even of a miss, and no conditional writes, which tell")
  func writeOnly() {
    expect([.cacheWriteOnly("a")], allows: Operations.items(.write).filter { $0.cache == "a" })
  }

  @Test("a key: exactly that one, byte for byte")
  func keys() {
    expect(
      [.cacheKeyReadWrite("a", key: "pet")],
      allows: Operations.items.filter { $0.cache == "a" && $0.key == "pet" })
  }

  @Test("names and keys are compared byte for byte: what Unicode takes for the same is another one")
  func bytes() {
    let (composed, decomposed) = ("\u{E9}", "e\u{301}")
    let authorizer = Authorizer([
      .cacheKeyReadOnly("a", key: composed), .cacheReadOnly(.named(composed)),
      .topicSubscribeOnly("a", topic: .named(composed)),
      .topicPublishOnly("a", topic: .namePrefix(composed)),
    ])
    for name in [composed, decomposed] {
      let isSame = name.utf8.elementsEqual(composed.utf8)
      let operations: [DataOperation] = [
        .item(.read, cache: "a", key: name), .item(.read, cache: name, key: "k"),
        .subscribe(cache: "a", topic: name), .publish(cache: "a", topic: name + "x"),
      ]
      #expect(
        operations.map { authorizer.decide($0).isAllowed } == [isSame, isSame, isSame, isSame])
    }
  }

  @Test("a key prefix: the keys that begin so, and the prefix itself")
  func keyPrefixes() {
    expect(
      [.cacheKeyPrefixReadOnly("a", prefix: "pet")],
      allows: ["pet", "pet-cat"].map { .item(.read, cache: "a", key: $0) })
  }

  @Test("a key or a prefix of all caches: in every one")
  func keysEverywhere() {
    expect(
      [.cacheKeyWriteOnly(.all, key: "pet")],
      allows: ["a", "b"].map { .item(.write, cache: $0, key: "pet") })
    expect(
      [.cacheKeyPrefixWriteOnly(.all, prefix: "pet-")],
      allows: ["a", "b"].map { .item(.write, cache: $0, key: "pet-cat") })
  }

  @Test("permissions add up, and none takes away what another one gives")
  func additive() {
    expect(
      [.cacheKeyReadOnly("a", key: "other"), .cacheKeyPrefixReadOnly("a", prefix: "pet")],
      allows: Operations.items(.read).filter { $0.cache == "a" })
    expect(
      [.cache(.permitNone, cache: "a"), .cacheReadWrite("a"), .cacheReadOnly(.all)],
      allows: Operations.items.filter { $0.cache == "a" } + Operations.items(.read))
  }

  @Test("a conditional write needs both rights in one permission")
  func conditionalWrites() {
    let apart = Authorizer([.cacheReadOnly(.all), .cacheKeyWriteOnly("a", key: "k")])
    #expect(apart.decide(.item(.read, cache: "a", key: "k")).isAllowed)
    #expect(apart.decide(.item(.write, cache: "a", key: "k")).isAllowed)
    #expect(!apart.decide(.item(.conditionalWrite, cache: "a", key: "k")).isAllowed)
  }

  @Test("topics: subscribing needs the right to read, publishing the right to write")
  func topicRoles() {
    expect([.topicPublishSubscribe(.all, topic: .all)], allows: Operations.topics)
    expect(
      [.topicSubscribeOnly("a", topic: .all)],
      allows: Operations.topicNames.map { .subscribe(cache: "a", topic: $0) })
    expect(
      [.topicPublishOnly(.all, topic: "pet")],
      allows: ["a", "b"].map { .publish(cache: $0, topic: "pet") })
  }

  @Test("a topic prefix: the topics that begin so, and the prefix itself, in that cache")
  func topicPrefixes() {
    expect(
      [.topicPublishSubscribe("a", topic: .namePrefix("pet"))],
      allows: Operations.topics.filter { $0.cache == "a" && $0.topic != "other" })
  }

  @Test("functions: invoking, and nothing of the data")
  func functions() {
    expect(
      [.functionInvoke("a", function: .namePrefix("pet"))],
      allows: ["pet", "pet-cat"].map { .invoke(cache: "a", function: $0) })
    expect([.function(.permitNone, cache: .all, function: .all)], allows: [])
  }

  @Test("what is not known here, or not set, grants nothing and keeps its place in the list")
  func unknownPermissions() {
    let unknown: [PermissionsType] = [
      PermissionsType(), .cache(.all, CacheRole(rawValue: 77)),
      PermissionsType(kind: .cachePermissions(.init(role: .readWrite))),
      PermissionsType(kind: .topicPermissions(.init(role: .readWrite, cache: .allCaches(.init())))),
    ]
    #expect(Operations.all.allSatisfy { !Authorizer(.list(unknown)).decide($0).isAllowed })
    let grant = Authorizer(.list(unknown + [.cache(.all)])).decide(Operations.items[0])
    #expect(
      grant
        == .allowed(by: .permission(PlacedPermission(index: 4, permission: .cacheReadWrite(.all)))))
    #expect(!Authorizer(Permissions()).decide(Operations.items[0]).isAllowed)
  }

  @Test("a decision names the first permission that allows, or the one that comes closest")
  func words() {
    let authorizer = Authorizer([
      .cacheReadOnly("b"), .cacheKeyReadWrite("a", key: "pet"), .cacheReadOnly("a"),
    ])
    #expect(
      words(authorizer, .item(.read, cache: "a", key: "pet"))
        == "permissions[1], cache:readwrite:a:key=pet, allows it")
    #expect(
      words(authorizer, .item(.write, cache: "a", key: "cat"))
        == "permissions[2], cache:readonly:a, does not allow to write this item")
    #expect(
      words(authorizer, .item(.conditionalWrite, cache: "a", key: "cat"))
        == "permissions[2], cache:readonly:a, does not allow to write this item in a way that "
        + "tells what is stored")
    #expect(
      words(authorizer, .item(.read, cache: "c", key: "cat"))
        == "no permission for items is for this cache")
    #expect(
      words(authorizer, .publish(cache: "a", topic: "t")) == "no permission is for topics")
    #expect(
      words(Authorizer([.topicPublishOnly("a", topic: "t")]), .publish(cache: "a", topic: "u"))
        == "no permission for topics of this cache is for this topic")
    #expect(
      words(authorizer, .control(.deleteCache))
        == "to delete a cache takes a SuperUser key or a session token, whatever the permissions")
  }

  @Test("a permission with a long name is cut in the words, so that they fit into headers")
  func longNames() {
    let authorizer = Authorizer([.cacheReadOnly(.named(String(repeating: "n", count: 10_000)))])
    let name = String(repeating: "n", count: 10_000)
    #expect(words(authorizer, .item(.write, cache: name, key: "k")).utf8.count < 300)
  }

  private func words(_ authorizer: Authorizer, _ operation: DataOperation) -> String {
    switch authorizer.decide(operation) {
    case .allowed(let grant): grant.description
    case .denied(let denial): denial.description
    }
  }

  /// Both as a scope and as it stands in a key.
  private func expect(
    _ scope: PermissionScope, allows allowed: [DataOperation],
    sourceLocation: SourceLocation = #_sourceLocation
  ) {
    for authorizer in [Authorizer(scope), Authorizer(Permissions(scope))] {
      let granted = Operations.all.filter { authorizer.decide($0).isAllowed }
      #expect(Set(granted) == Set(allowed), sourceLocation: sourceLocation)
    }
  }
}

/// Operations on two caches, with names that begin alike and one that does not.
enum Operations {
  static let topicNames = ["pet", "pet-cat", "other"]
  static let items = DataOperation.ItemAccess.allCases.flatMap(items)
  static let topics = combined { cache, name in
    [.publish(cache: cache, topic: name), .subscribe(cache: cache, topic: name)]
  }
  static let functions = combined { [.invoke(cache: $0, function: $1)] }
  static let control = DataOperation.ControlAction.allCases.map(DataOperation.control)
  static let all = items + topics + functions + control

  static func items(_ access: DataOperation.ItemAccess) -> [DataOperation] {
    combined { [.item(access, cache: $0, key: $1)] }
  }

  private static func combined(
    _ make: (String, String) -> [DataOperation]
  ) -> [DataOperation] {
    ["a", "b"].flatMap { cache in ["pet", "pet-cat", "other"].flatMap { make(cache, $0) } }
  }
}

extension DataOperation {
  var cache: String? {
    switch self {
    case .control: nil
    case .item(_, let cache, _), .publish(let cache, _), .subscribe(let cache, _),
      .invoke(let cache, _):
      cache
    }
  }

  var key: String? {
    if case .item(_, _, let key) = self { String(decoding: key, as: UTF8.self) } else { nil }
  }

  var topic: String? {
    switch self {
    case .publish(_, let topic), .subscribe(_, let topic): topic
    default: nil
    }
  }
}
