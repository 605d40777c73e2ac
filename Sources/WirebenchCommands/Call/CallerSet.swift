import GRPCTransport

/// The connections of a load: some number of callers, dealt out over some number of event loops.
struct CallerSet<Caller: RefreshCaller>: Sendable {
  private let callers: [(caller: Caller, loop: EventLoop)]

  init(
    _ options: LoadOptions, make: (LoadOptions, EventLoop) throws -> Caller
  ) throws {
    let group = EventLoopGroup(count: options.loops)
    callers = try (0..<options.connections).map { _ in
      let loop = try group.next()
      return (try make(options, loop), loop)
    }
  }

  /// Which connection a task uses, and the loop that serves it.
  func caller(forTask index: Int) -> (caller: Caller, loop: EventLoop) {
    callers[index % callers.count]
  }

  func close() async {
    for (caller, _) in callers { await caller.close() }
  }
}
