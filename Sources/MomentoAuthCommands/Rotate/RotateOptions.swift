import ArgumentParsing
import CommandConsole
import HTTPClient
import MomentoAuth
import MomentoKeyRotation
import SecretStores

/// What the commands that rotate have in common: which secrets, and how the service is called.
struct RotateOptions {
  static let stores = Option(
    "store", .values(.init("url")),
    "Where the key is; may be given several times. In place of MOMENTO_ROTATION_STORES.")
  static let spool = Option(
    "spool", .value(.init("directory")),
    "Where a new key is kept until it is in the store. STATE_DIRECTORY if not given, else "
      + "momento-auth in XDG_STATE_HOME or ~/.local/state.")

  static let courier = Option(
    "courier", .value(.init("on|off", fallback: "on")),
    "Ask for a new key in a process of its own, so that killing this one in the middle loses nothing."
  )

  static let help = HelpSection(
    "Stores",
    [
      "file:PATH                                  a file of this machine",
      "aws-secretsmanager:NAME?region=REGION      AWS Secrets Manager",
      "gcp-secretmanager:projects/P/secrets/S     Google Cloud Secret Manager",
      "vault:MOUNT/PATH?address=https://HOST      HashiCorp Vault or OpenBao, KV version 2",
      "kubernetes:NAMESPACE/NAME                  a Secret, from within the cluster",
      "etcd:KEY?endpoints=HOST:PORT,...           etcd, version 3",
    ])

  let urls: [StoreURL]
  private let command: ParsedCommand
  private let context: CommandContext

  init(_ command: ParsedCommand, _ context: CommandContext) throws {
    self.command = command
    self.context = context
    var texts = command.values("store")
    if texts.isEmpty {
      texts = context.environment["MOMENTO_ROTATION_STORES", default: ""]
        .split(separator: " ").map(String.init)
    }
    guard !texts.isEmpty else {
      throw command.refusal("Say where the key is: --store file:./key.json, for example.")
    }
    urls = try texts.map { try StoreURL(parsing: $0) }
  }

  /// Opens every store, lends them, and closes them.
  func withStores<Result>(
    _ body: ([any SecretStore]) async throws -> Result
  ) async throws -> Result {
    try await withStores(electedBy: nil) { stores, _ in try await body(stores) }
  }

  /// The same, with the election that a URL names.
  func withStores<Result>(
    electedBy election: StoreURL?,
    _ body: ([any SecretStore], (any Leadership)?) async throws -> Result
  ) async throws -> Result {
    let http = try CurlClient()
    let opener = StoreOpener(environment: context.environment, http: http)
    var stores: [any SecretStore] = []
    var leadership: (any Leadership)?
    do {
      for url in urls { stores.append(try opener.open(url)) }
      if let election { leadership = try opener.leadership(election) }
      let result = try await body(stores, leadership)
      await leadership?.close()
      await Self.close(stores, http)
      return result
    } catch {
      await leadership?.close()
      await Self.close(stores, http)
      throw error
    }
  }

  private static func close(_ stores: [any SecretStore], _ http: CurlClient) async {
    for store in stores { await store.close() }
    await http.shutdown()
  }

  /// A rotator of one store.
  func rotator(
    of store: any SecretStore, checkInterval: Duration? = nil,
    observers: [any RotationObserver] = [], leadership: (any Leadership)? = nil
  ) throws -> KeyRotator {
    var policy = RotationPolicy()
    if let checkInterval { policy.checkInterval = checkInterval }
    do {
      return try KeyRotator(
        store: store, strategy: try Self.strategy(command, context),
        spoolDirectory: try spoolDirectory(), policy: policy, observers: observers,
        courier: try courier(), leadership: leadership)
    } catch let error as RotationSetupError {
      throw CommandFailure(
        "SPOOL_ERROR", error.description, hint: "Name another directory with --spool.",
        exitCode: .configuration)
    }
  }

  /// How a new key is asked for.
  static func strategy(
    _ command: ParsedCommand, _ context: CommandContext
  ) throws -> RefreshStrategy {
    let service = try ServiceOptions(command, context)
    return RefreshStrategy(
      configuration: service.configuration(), overrides: service.overrides)
  }

  private func courier() throws -> Courier? {
    switch command.value("courier") ?? "on" {
    case "on": return RotateCourierCommand.courier(for: command, context)
    case "off": return nil
    default: throw command.refusal("--courier takes on or off.")
    }
  }

  private func spoolDirectory() throws -> String {
    if let directory = command.value("spool") { return directory }
    let environment = context.environment
    // systemd gives a list; the first is as good as any.
    if let directory = environment["STATE_DIRECTORY"]?.split(separator: ":").first {
      return String(directory)
    }
    if let state = environment["XDG_STATE_HOME"], state.hasPrefix("/") {
      return state + "/momento-auth"
    }
    guard let home = environment["HOME"], home.hasPrefix("/") else {
      throw command.refusal("There is no home directory to keep new keys in: give --spool.")
    }
    return home + "/.local/state/momento-auth"
  }

  /// How often the keys are looked at.
  static func checkInterval(
    _ command: ParsedCommand, _ context: CommandContext
  ) throws -> Duration? {
    guard let text = command.value("check-interval") else { return nil }
    guard let seconds = try ExpiresIn(parsing: text).validForSeconds(at: context.now()),
      seconds > 0
    else { throw command.refusal("--check-interval takes a time, such as 1m.") }
    return .seconds(Int64(clamping: seconds))
  }
}
