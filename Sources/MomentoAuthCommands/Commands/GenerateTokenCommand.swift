import ArgumentParsing
import CommandConsole
import MomentoAuth

/// `momento-auth generate-token`
enum GenerateTokenCommand {
  static let table = Command(
    "generate-token",
    abstract: "Make an API key.",
    discussion: [
      "A session token makes any key; a super-user key makes every key but a super-user key. A key "
        + "that expires comes with a refresh token. The command is not repeated when the service "
        + "does not answer in time, because a second key might be made."
    ],
    examples: [
      Example(
        "A key for all data, for 90 days, with the key in MOMENTO_API_KEY",
        "momento-auth generate-token --scope all-data-read-write --expires-in 90d"),
      Example(
        "A key that reads one cache, kept in a file that only you can read",
        "momento-auth generate-token --permission cache:readonly:catalogue \\\n"
          + "      --expires-in 30d --output key.json"),
      Example(
        "A super-user key, with the session token that 'login' left in a file",
        "momento-auth generate-token --local 127.0.0.1:8080 \\\n"
          + "      --credentials-file session.json --scope super-user --expires-in never"),
    ],
    options: [
      ScopeOptions.scope(["super-user", "all-data-read-write"]), ScopeOptions.permission,
      ScopeOptions.expiry(""),
    ] + FoundCredential.table + ServiceOptions.table + [.output, .json],
    sections: ScopeOptions.sections(never: true) + [issuedJSON])

  /// What `generate-token` and `refresh-token` print.
  static let issuedJSON = HelpSection(
    "JSON",
    [
      #"{"apiKey":"...","refreshToken":"...","endpoint":"...","validUntil":1700000000}"#,
      "validUntil is in epoch seconds, 0 for never; a key that never expires has no",
      "refreshToken. --credentials-file reads this form.",
    ])

  @Sendable static func run(_ command: ParsedCommand, _ context: CommandContext) async throws {
    let scope = try ScopeOptions.read(command)
    let expiresIn = try ScopeOptions.expiry(command)
    let options = try ServiceOptions(command, context)
    let credential = try FoundCredential(command, context).provider(options)
    let output = try IssuedOutput(command)
    let key = try await options.call(credential, context) { client in
      try await client.generateAPIKey(scope: scope, expiresIn: expiresIn)
    }
    try output.put(IssuedCredential(key, at: context.now()), context)
  }
}

/// `momento-auth refresh-token`
enum RefreshTokenCommand {
  static let table = Command(
    "refresh-token",
    abstract: "Exchange an API key and its refresh token for a new pair.",
    discussion: [
      "The new key may do the same, and works for as long again. The old one works until its own "
        + "expiry. A key that has expired, or that never expires, cannot be refreshed."
    ],
    examples: [
      Example(
        "Renew the key in a file, in place",
        "momento-auth refresh-token --credentials-file key.json --output key.json"),
      Example(
        "From one program to another",
        "read-key | momento-auth refresh-token --credentials-file - --json | keep-key"),
    ],
    options: FoundCredential.table + ServiceOptions.table + [.output, .json],
    sections: [GenerateTokenCommand.issuedJSON])

  @Sendable static func run(_ command: ParsedCommand, _ context: CommandContext) async throws {
    let options = try ServiceOptions(command, context)
    let found = try FoundCredential(command, context)
    guard let refreshToken = found.refreshToken else {
      throw CommandFailure(
        "INVALID_ARGUMENT_ERROR", "There is no refresh token beside the key from \(found.origin).",
        hint: "It came with the key: name the file that holds both, or set MOMENTO_REFRESH_TOKEN.",
        exitCode: .invalid)
    }
    let credential = try found.provider(options)
    let output = try IssuedOutput(command)
    let key = try await options.call(credential, context) { client in
      try await client.refreshAPIKey(refreshToken)
    }
    try output.put(IssuedCredential(key, at: context.now()), context)
  }
}

/// `momento-auth generate-disposable-token`
enum DisposableTokenCommand {
  static let table = Command(
    "generate-disposable-token",
    abstract: "Make a token with a short life, for a browser or a device.",
    discussion: [
      "A disposable token works on the data plane only. It always expires, within 25 hours, and can "
        + "be neither refreshed nor revoked. A super-user key is needed to make one."
    ],
    examples: [
      Example(
        "A token to subscribe to one topic, for half an hour",
        "momento-auth generate-disposable-token --expires-in 30m \\\n"
          + "      --permission topic:subscribe:chat:lobby"),
      Example(
        "The same, with a name that other subscribers will see",
        "momento-auth generate-disposable-token --expires-in 30m \\\n"
          + "      --permission topic:publish-subscribe:chat:lobby --token-id ann"),
    ],
    options: [
      ScopeOptions.scope(["all-data-read-write"]), ScopeOptions.permission,
      ScopeOptions.expiry("; within 25 hours", fallback: "1h"),
      Option(
        "token-id", .value(.init("name")),
        "A name that goes with what its bearer publishes; 64 bytes at most."),
    ] + FoundCredential.table + ServiceOptions.table + [.output, .json],
    sections: ScopeOptions.sections(never: false) + [
      HelpSection(
        "JSON",
        [
          #"{"apiKey":"...","endpoint":"...","validUntil":1700000000}"#,
          "validUntil is in epoch seconds.",
        ])
    ])

  @Sendable static func run(_ command: ParsedCommand, _ context: CommandContext) async throws {
    guard let scope = DisposableTokenScope(try ScopeOptions.read(command)) else {
      throw command.refusal("A disposable token is never a super-user's.")
    }
    let expiresIn = try ScopeOptions.expiry(command)
    let options = try ServiceOptions(command, context)
    let credential = try FoundCredential(command, context).provider(options)
    let output = try IssuedOutput(command)
    let token = try await options.call(credential, context) { client in
      try await client.generateDisposableToken(
        scope: scope, expiresIn: expiresIn, tokenID: command.value("token-id"))
    }
    try output.put(IssuedCredential(token, at: context.now()), context)
  }
}
