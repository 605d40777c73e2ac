import GRPCCall
import TestSupport

@testable import GRPCTransport

/// A random order of events, the same for the same seed.
struct RandomOrder {
  private var random: SeededGenerator
  private let world: OrderWorld

  /// Lets it happen.
  ///
  /// - Returns: what went wrong.
  static func failures(seed: UInt64) throws -> [String] {
    var order = try RandomOrder(seed: seed)
    order.run()
    return order.world.failures.prefix(3).map {
      "\($0); ORDERS=\(seed), \(order.world.options), events: \(order.world.story)"
    }
  }

  private init(seed: UInt64) throws {
    random = SeededGenerator(seed: seed &* 2 &+ 1)
    var options = OrderWorld.Options()
    options.seed = seed
    options.acceptsAtOnce = Bool.random(using: &random)
    if options.acceptsAtOnce {
      options.streams = [nil, 1, 2, 100].randomElement(using: &random) ?? nil
    }
    options.addresses = Self.oneIn(4, &random) ? 2 : 1
    options.holdsLookUps = Self.oneIn(4, &random)
    options.mostBytesRead = Self.oneIn(4, &random) ? Int.random(in: 1...20, using: &random) : .max
    if Self.oneIn(4, &random) { options.retryPolicy = RetryPolicy() }
    if Self.oneIn(8, &random) { options.maxWaitingCalls = 2 }
    world = try OrderWorld(options)
  }

  private static func oneIn(_ count: Int, _ random: inout SeededGenerator) -> Bool {
    Int.random(in: 0..<count, using: &random) == 0
  }

  private mutating func run() {
    let count = Int.random(in: 5...40, using: &random)
    // How often what has happened is handled before something else happens.
    let haste = Int.random(in: 1...3, using: &random)
    for _ in 0..<count where world.failures.isEmpty {
      world.apply(next())
      switch Int.random(in: 0..<(2 * haste), using: &random) {
      case 0: world.apply(.settle)
      case 1: world.apply(.turn)
      default: break
      }
    }
    if world.failures.isEmpty { world.finish() }
  }

  private mutating func next() -> OrderEvent {
    switch Int.random(in: 0..<100, using: &random) {
    case 0..<20: newCall()
    case 20..<35: ofCaller()
    case 35..<50: ofNetwork()
    case 50..<55: .pass([1, 10, 1_000, 30_000].randomElement(using: &random) ?? 1)
    default: ofServer()
    }
  }

  private mutating func newCall() -> OrderEvent {
    let kinds: [CallKind] = [.unary, .unary, .serverStreaming, .bidirectionalStreaming]
    let deadline = Self.oneIn(4, &random) ? nil : Int.random(in: 1...30_000, using: &random)
    return .call(
      kinds.randomElement(using: &random) ?? .unary, deadline: deadline,
      waitForReady: Self.oneIn(3, &random))
  }

  /// The later calls more often.
  private mutating func anyCall() -> Int {
    let count = world.calls.count
    guard count > 0 else { return 0 }
    return Int.random(in: (Self.oneIn(3, &random) ? 0 : max(0, count - 4))..<count, using: &random)
  }

  private mutating func anyConnection() -> Int {
    let open = world.peers.indices.filter { world.peers[$0].connection.isOpen }
    return open.randomElement(using: &random) ?? 0
  }

  private mutating func ofCaller() -> OrderEvent {
    switch Int.random(in: 0..<12, using: &random) {
    case 0..<3: .send(call: anyCall())
    case 3: .send(call: anyCall(), size: 400_000)
    case 4..<6: .halfClose(call: anyCall())
    case 6..<9: .cancel(call: anyCall())
    case 9..<11: .deadline(call: anyCall())
    default: Self.oneIn(4, &random) ? .shutDown : .turn
    }
  }

  private mutating func ofNetwork() -> OrderEvent {
    switch Int.random(in: 0..<14, using: &random) {
    case 0..<3: .lookUp(isFound: !Self.oneIn(4, &random))
    case 3..<7: .accept
    case 7: .refuse
    case 8: .close(connection: anyConnection())
    case 9: .reset(connection: anyConnection(), dropsUnread: .random(using: &random))
    case 10: .block(connection: anyConnection())
    default: .unblock
    }
  }

  private mutating func ofServer() -> OrderEvent {
    switch Int.random(in: 0..<30, using: &random) {
    case 0..<3:
      world.options.acceptsAtOnce
        ? .headers(call: anyCall())
        : .settings(
          connection: anyConnection(), streams: [nil, 1, 2].randomElement(using: &random) ?? nil,
          window: [nil, 0, 7].randomElement(using: &random) ?? nil)
    case 3..<8: .headers(call: anyCall())
    case 8..<13: .message(call: anyCall())
    case 13..<18:
      .trailers(
        call: anyCall(), [.ok, .ok, .notFound, .unavailable].randomElement(using: &random) ?? .ok)
    case 18: .endWithoutTrailers(call: anyCall())
    case 19: .badGateway(call: anyCall())
    case 20..<23:
      .resetStream(call: anyCall(), ResetCode.all.randomElement(using: &random) ?? 0)
    case 23: .resetStream(call: anyCall(), ResetCode.refusedStream)
    case 24..<26: .grantWindow(call: anyCall())
    case 26..<29:
      .goAway(
        connection: anyConnection(),
        OrderEvent.Place.allCases.randomElement(using: &random) ?? .all,
        Self.oneIn(3, &random) ? ResetCode.enhanceYourCalm : ResetCode.noError)
    default: .violation(connection: anyConnection())
    }
  }
}
