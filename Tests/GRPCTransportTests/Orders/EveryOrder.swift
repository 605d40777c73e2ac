import GRPCCall

@testable import GRPCTransport

/// All orders of a few events, which are handled one by one, a turn each, or all at once.
struct EveryOrder: Sendable {
  /// What happens in every order.
  let events: [OrderEvent]
  /// What has happened before.
  var before: [OrderEvent] = [.call(.unary, deadline: 1_000), .settle]

  /// How soon what has happened is handled.
  private static let paces: [OrderEvent?] = [.settle, .turn, nil]

  /// The events that are tried together: what a caller does, what a server says and what becomes of the
  /// connection.
  static let all: [EveryOrder] =
    [
      // One call, its answer, and each way in which it may end before.
      [
        .headers(call: 0), .message(call: 0), .trailers(call: 0, .ok), .cancel(call: 0),
        .deadline(call: 0),
      ],
      [
        .headers(call: 0), .trailers(call: 0, .notFound), refuse, .close(connection: 0),
        .cancel(call: 0),
      ],
      [
        .cancel(call: 0), .deadline(call: 0), goAway(.none), .resetStream(call: 0, 8),
        .close(connection: 0),
      ],
      // Another call, and what only one of the two may outlive.
      [
        call, goAway(.none), .trailers(call: 0, .ok), .trailers(call: 1, .notFound),
        .deadline(call: 0),
      ],
      [
        call, goAway(.belowNewest), refuse, .headers(call: 1),
        .reset(connection: 0, dropsUnread: true),
      ],
      [
        call, goAway(.newest), goAway(.none), .trailers(call: 1, .notFound),
        .violation(connection: 0),
      ],
      // The end of the channel.
      [call, .shutDown, refuse, .trailers(call: 0, .notFound), .close(connection: 0)],
      [call, .shutDown, goAway(.none), .cancel(call: 1), .deadline(call: 0)],
    ].map { EveryOrder(events: $0) } + [
      // The start of a connection.
      EveryOrder(
        events: [
          .lookUp(isFound: true), .accept, .refuse, .cancel(call: 0), .pass(30_000),
        ], before: [.call(.serverStreaming, deadline: nil, waitForReady: true), .turn]),
      EveryOrder(
        events: [.lookUp(isFound: false), .accept, call, .shutDown, .deadline(call: 0)],
        before: [.call(.unary, deadline: 1_000), .turn]),
    ]

  private static let call = OrderEvent.call(.bidirectionalStreaming, deadline: 2_000)
  private static let refuse = OrderEvent.resetStream(call: 0, ResetCode.refusedStream)
  private static func goAway(_ place: OrderEvent.Place) -> OrderEvent {
    .goAway(connection: 0, place, ResetCode.noError)
  }

  /// With one event more, which makes the orders six times as many.
  var withOneMore: EveryOrder {
    EveryOrder(events: events + [.block(connection: 0)], before: before)
  }

  /// Lets each order happen, at one of the paces in turn.
  ///
  /// - Returns: what went wrong.
  func failures() throws -> [String] {
    var failures: [String] = []
    var number = 0
    try forEachOrder(events) { order in
      failures += try Self.failures(of: order, Self.paces[number % Self.paces.count], before)
      number += 1
    }
    return failures
  }

  private static func failures(
    of order: [OrderEvent], _ pace: OrderEvent?, _ before: [OrderEvent]
  ) throws -> [String] {
    var options = OrderWorld.Options()
    options.acceptsAtOnce = before.contains(.settle)
    options.holdsLookUps = !options.acceptsAtOnce
    let world = try OrderWorld(options)
    for event in before { world.apply(event) }
    for event in order where world.failures.isEmpty {
      world.apply(event)
      if let pace { world.apply(pace) }
    }
    if world.failures.isEmpty { world.finish() }
    return world.failures.prefix(1).map { "\($0); events: \(world.story)" }
  }

  private func forEachOrder(
    _ rest: [OrderEvent], behind start: [OrderEvent] = [], _ body: ([OrderEvent]) throws -> Void
  ) rethrows {
    guard !rest.isEmpty else { return try body(start) }
    for index in rest.indices {
      var others = rest
      let next = others.remove(at: index)
      try forEachOrder(others, behind: start + [next], body)
    }
  }
}
