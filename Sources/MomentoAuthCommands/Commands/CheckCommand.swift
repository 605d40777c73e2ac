import ArgumentParsing
import CommandConsole
import MomentoAuth
import MomentoAuthService

/// `momento-auth check`
enum CheckCommand {
  static let table = Command(
    "check",
    abstract: "Say whether a credential may do something, and which permission decides it.",
    discussion: [
      "Nothing is sent anywhere: a key of 'momento-auth serve' says itself what it may do. Of a key "
        + "of Momento's only the service knows; give the permissions that it was made with instead, "
        + "with --permission or --scope. The signature is not verified.",
      "It ends with 0 when it is allowed, with 4 when it is denied, and with 3 when the credential "
        + "has expired.",
    ],
    examples: [
      Example(
        "May the key in MOMENTO_API_KEY read this item?",
        "momento-auth check --cache shop --get price:7"),
      Example(
        "Would these permissions let it publish?",
        "momento-auth check --permission topic:subscribe:chat:* \\\n"
          + "      --cache chat --topic lobby --publish"),
    ],
    options: [
      Option("cache", .value(.init("name")), "The cache that it is about."),
      Option("get", .value(.init("key")), "Read the item of this key."),
      Option("set", .value(.init("key")), "Write the item of this key."),
      Option(
        "set-if", .value(.init("key")),
        "Write the item of this key on a condition, which tells something of it."),
      Option("delete", .value(.init("key")), "Remove the item of this key."),
      Option("topic", .value(.init("name")), "The topic that it is about."),
      Option("publish", .flag, "Publish to the topic."),
      Option("subscribe", .flag, "Subscribe to the topic."),
      Option("invoke", .value(.init("function")), "Invoke this function."),
      Option("create-cache", .flag, "Make a cache."),
      Option("delete-cache", .flag, "Remove a cache."),
      Option("list-caches", .flag, "List all caches."),
      Option("generate-key", .flag, "Make an API key that is no super-user's."),
      Option("generate-super-user-key", .flag, "Make a super-user key."),
      Option("generate-disposable-token", .flag, "Make a disposable token."),
      ScopeOptions.scope(["super-user", "all-data-read-write"]), ScopeOptions.permission,
    ] + FoundCredential.table + [.json],
    sections: [
      HelpSection("Permissions", ScopeOptions.permissionLines),
      HelpSection(
        "JSON",
        [
          #"{"allowed":false,"reason":"...","permission":"cache:readonly:shop" or null,"#,
          #" "index":0 or null,"expired":false}"#,
          "permission is the one that allows it or, where it is denied, the one that comes",
          "closest; index is its place in the list, from 0.",
        ]),
    ])

  @Sendable static func run(_ command: ParsedCommand, _ context: CommandContext) async throws {
    let operation = try CheckedOperation.read(command)
    let check = try check(command, context)
    let isExpired = check.isExpired(at: context.now())
    let decision = check.decide(operation)
    try context.print(
      command.flag("json")
        ? json(decision, isExpired).description : words(decision, isExpired, context.style))
    guard decision.isAllowed, !isExpired else {
      throw CommandExit(decision.isAllowed ? .unauthenticated : .denied)
    }
  }

  private static func check(
    _ command: ParsedCommand, _ context: CommandContext
  ) throws -> AccessCheck {
    let isGiven = command.value("scope") != nil || !command.values("permission").isEmpty
    guard !isGiven else {
      guard command.value("credentials-file") == nil else {
        throw command.refusal("Give either permissions or a credential, not both.")
      }
      return AccessCheck(try ScopeOptions.read(command))
    }
    return try AccessCheck(credential: try FoundCredential(command, context).text)
  }

  // MARK: What it says

  private static func words(
    _ decision: AccessCheck.Decision, _ isExpired: Bool, _ style: Style
  ) -> String {
    let word = decision.isAllowed ? style.green("allowed") : style.bold("denied")
    let reason = decision.reason.visible
    return isExpired
      ? "\(style.bold("denied")): the credential has expired (before that, \(word): \(reason))"
      : "\(word): \(reason)"
  }

  private static func json(_ decision: AccessCheck.Decision, _ isExpired: Bool) -> JSONObject {
    var object = JSONObject()
    object.add("allowed", decision.isAllowed && !isExpired)
    object.add("reason", decision.reason)
    object.add("permission", decision.permission.map { .string($0.description) } ?? .null)
    object.add("index", decision.index.map { .integer(Int64($0)) } ?? .null)
    object.add("expired", isExpired)
    return object
  }
}

/// What is to be done, as the options say it.
private enum CheckedOperation {
  static func read(_ command: ParsedCommand) throws -> AccessCheck.Operation {
    let operations = try items(command) + topics(command) + functions(command) + others(command)
    guard operations.count == 1, let operation = operations.first else {
      throw command.refusal(
        operations.isEmpty
          ? "Say what is to be done, such as --cache NAME --get KEY." : "Ask one thing at a time.")
    }
    return operation
  }

  private static func items(_ command: ParsedCommand) throws -> [AccessCheck.Operation] {
    var operations: [AccessCheck.Operation] = []
    for (name, make) in [
      ("get", AccessCheck.Operation.get), ("set", AccessCheck.Operation.set),
      ("set-if", AccessCheck.Operation.setIf), ("delete", AccessCheck.Operation.delete),
    ] {
      guard let key = command.value(name) else { continue }
      operations.append(make(try cache(command), key))
    }
    return operations
  }

  private static func topics(_ command: ParsedCommand) throws -> [AccessCheck.Operation] {
    var operations: [AccessCheck.Operation] = []
    for (name, make) in [
      ("publish", AccessCheck.Operation.publish), ("subscribe", AccessCheck.Operation.subscribe),
    ] where command.flag(name) {
      guard let topic = command.value("topic") else {
        throw command.refusal("--\(name) needs --topic.")
      }
      operations.append(make(try cache(command), topic))
    }
    return operations
  }

  private static func functions(_ command: ParsedCommand) throws -> [AccessCheck.Operation] {
    guard let function = command.value("invoke") else { return [] }
    return [.invoke(cache: try cache(command), function: function)]
  }

  private static func others(_ command: ParsedCommand) -> [AccessCheck.Operation] {
    let named: [(name: String, operation: AccessCheck.Operation)] = [
      ("create-cache", .createCache), ("delete-cache", .deleteCache),
      ("list-caches", .listCaches), ("generate-key", .generateKey),
      ("generate-super-user-key", .generateSuperUserKey),
      ("generate-disposable-token", .generateDisposableToken),
    ]
    return named.filter { command.flag($0.name) }.map(\.operation)
  }

  private static func cache(_ command: ParsedCommand) throws -> String {
    guard let cache = command.value("cache") else {
      throw command.refusal("Name the cache, with --cache.")
    }
    return cache
  }
}
