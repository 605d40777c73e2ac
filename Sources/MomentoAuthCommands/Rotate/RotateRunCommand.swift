import ArgumentParsing
import CommandConsole
import FoundationEssentials
import HTTPServer
import MomentoAuth
import MomentoKeyRotation
import RotationService
import SecretStores

/// `momento-auth rotate run`
enum RotateRunCommand {
  static let table = Command(
    "run",
    abstract: "Keep the keys renewed until it is asked to end.",
    discussion: [
      "SIGTERM and SIGINT end it between two rotations, never within one; a second one ends it at "
        + "once. It writes what it does to standard error, one JSON object a line, and tells systemd "
        + "when it is ready and that it lives."
    ],
    examples: [
      Example(
        "A key in a file, with metrics",
        "momento-auth rotate run --store file:./key.json --listen 127.0.0.1:9464")
    ],
    options: [RotateOptions.stores, RotateOptions.spool, RotateOptions.courier]
      + ServiceOptions.table + [
        Option(
          "check-interval", .value(.init("time", fallback: "1m")),
          "How often to look at the keys, such as 30s."),
        Option(
          "listen", .value(.init("host:port")),
          "Serve /livez, /readyz, /healthz and /metrics over HTTP at this numeric address."),
        Option(
          "leader-election", .value(.init("url")),
          "Let only that one of several rotators work that holds this lease; the others take over "
            + "when it goes, or when little of a key's life is left."),
      ],
    sections: [
      RotateOptions.help,
      HelpSection(
        "Leader election",
        [
          "kubernetes:NAMESPACE/LEASE   a Lease of the cluster, which is made where there is none",
          "etcd:KEY?endpoints=...       the key KEY/leader",
        ]),
      HelpSection(
        "HTTP",
        [
          "/livez    200 while the rotators do something from time to time",
          "/readyz   200 once every store could be read, and while that is not long ago",
          "/healthz  503 while a key expires soon, has expired or is refused renewal",
          "/metrics  figures for Prometheus",
        ]),
    ])

  @Sendable static func run(_ command: ParsedCommand, _ context: CommandContext) async throws {
    let options = try RotateOptions(command, context)
    let interval = try RotateOptions.checkInterval(command, context) ?? .seconds(60)
    let election = try command.value("leader-election").map { try StoreURL(parsing: $0) }
    try await options.withStores(electedBy: election) { stores, leadership in
      let watched = try stores.map { store in
        try Watched(store, options, interval, leadership, context)
      }
      let endpoints = try RotationEndpoints(command.value("listen"), command, watched)
      if let address = endpoints?.address {
        try context.print("listening on \(address.host):\(address.port)")
      }
      let candidate = Task { await stand(leadership, watched, context) }
      await serve(watched, SystemdNotifier(environment: context.environment), context)
      candidate.cancel()
      await candidate.value
      await endpoints?.shutdown()
    }
  }

  /// A store with its rotator and those who watch it.
  struct Watched: Sendable {
    let rotator: KeyRotator
    let health: RotatorHealth
    let metrics: RotationMetrics

    init(
      _ store: any SecretStore, _ options: RotateOptions, _ interval: Duration,
      _ leadership: (any Leadership)?, _ context: CommandContext
    ) throws {
      health = RotatorHealth(checkInterval: interval)
      metrics = RotationMetrics(secret: store.location.description, leadership: leadership)
      let log = JSONLog(context)
      rotator = try options.rotator(
        of: store, checkInterval: interval,
        observers: [health, metrics, RotationLog(store.location, log)],
        leadership: leadership)
    }
  }

  /// Stands for election. Who is elected looks at its keys at once.
  private static func stand(
    _ leadership: (any Leadership)?, _ watched: [Watched], _ context: CommandContext
  ) async {
    let log = JSONLog(context)
    await leadership?.campaign { isLeader in
      log.log(.info, isLeader ? "leads" : "does not lead any more")
      if isLeader { for item in watched { item.rotator.wake() } }
    }
  }

  private static func serve(
    _ watched: [Watched], _ manager: SystemdNotifier?, _ context: CommandContext
  ) async {
    let stop = StopSignal()
    let terminated = Task {
      await context.untilTerminated()
      manager?.stopping(status: "a rotation that has begun is brought to its end")
      stop.request()
    }
    let watchdog = Task { await keepTelling(manager, watched) }
    await withTaskGroup { group in
      for item in watched { group.addTask { await item.rotator.run(until: stop) } }
    }
    watchdog.cancel()
    await terminated.value
  }

  /// Tells the service manager that the stores could be read, and from then on that all is well, for
  /// as long as it is.
  private static func keepTelling(_ manager: SystemdNotifier?, _ watched: [Watched]) async {
    guard let manager else { return }
    let half = manager.watchdog.map { $0 / 2 }
    let pause = min(half ?? .seconds(1), .seconds(1))
    var isReady = false
    while !Task.isCancelled {
      if !isReady, watched.allSatisfy(\.health.isReady) {
        isReady = true
        manager.ready(status: status(watched))
      }
      if half != nil, watched.allSatisfy(\.health.isAlive) { manager.alive() }
      try? await Task.sleep(for: isReady ? half ?? .seconds(60) : pause)
    }
  }

  private static func status(_ watched: [Watched]) -> String {
    let next = watched.compactMap { $0.health.lastReport?.key?.due }.min()
    return next.map { "next rotation \(ExpiresAt(epochSeconds: $0))" } ?? "no rotation is due"
  }
}
