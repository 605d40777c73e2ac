import GRPCCall
import Locking
import Testing

@testable import GRPCTransport

/// Names that are found late, elsewhere, or at addresses where nobody is.
@Suite("resolution of names", .timeLimit(.minutes(5))) struct ResolutionTests {
  @Test("a name that has no address at first has one for the next call") func lateName()
    async throws
  {
    try await withNames {
      [Self.unknown, .success([$0])]
    } _: { channel, lookUps in
      let error = await rpcError { try await Self.call(channel) }
      #expect(error?.code == .unavailable)
      #expect(error?.phase == .resolve)
      #expect(error?.message.contains("no address for a.test") == true)
      #expect(error?.delivery == .notSent)
      try await Self.call(channel, waitForReady: true)
      #expect(lookUps.count == 2)
    }
  }

  @Test("a call that waits outlasts names without an address") func patientCall() async throws {
    try await withNames {
      [Self.unknown, Self.unknown, .success([$0])]
    } _: { channel, lookUps in
      try await Self.call(channel, waitForReady: true)
      #expect(lookUps.count == 3)
    }
  }

  @Test("an address that refuses is passed over") func refusedFirst() async throws {
    try await withNames {
      [.success([Self.refusing($0), $0])]
    } _: { channel, lookUps in
      try await Self.call(channel)
      #expect(lookUps.count == 1)
    }
  }

  @Test("where every address refuses, the error names each, and the next look-up is asked anew")
  func refusedAll() async throws {
    try await withNames {
      [.success([Self.refusing($0, host: 9), Self.refusing($0)]), .success([$0])]
    } _: { channel, lookUps in
      let error = await rpcError { try await Self.call(channel) }
      #expect(error?.code == .unavailable)
      #expect(error?.phase == .connect)
      for address in ["127.0.0.9:", "127.0.0.10:"] {
        #expect(error?.message.contains(address) == true, "\(String(describing: error))")
      }
      try await Self.call(channel, waitForReady: true)
    }
  }

  @Test("a look-up without an answer ends in time, and its late answer disturbs nobody")
  func lateAnswer() async throws {
    try await withNames(connectTimeout: .seconds(1)) {
      [nil, .success([$0])]
    } _: { channel, lookUps in
      let error = await rpcError { try await Self.call(channel) }
      #expect(error?.code == .unavailable)
      #expect(error?.phase == .resolve)
      #expect(error?.message.contains("took longer than") == true)
      // On a busy machine, the time may not do for a connection.
      while (try? await Self.call(channel, waitForReady: true)) == nil {}
      lookUps.answerLate(Self.unknown)
      try await Self.call(channel, waitForReady: true)
    }
  }

  // MARK: -

  private static let unknown = Resolver.Answer.failure(
    ResolveError(host: "a.test", reason: "Temporary failure in name resolution"))

  /// The same port where nobody listens.
  private static func refusing(_ address: SocketAddress, host: UInt32 = 10) -> SocketAddress {
    SocketAddress(
      .v4(
        address: (0x7f00_0000 + host).bigEndian, port: UInt16(truncatingIfNeeded: address.port)))
  }

  private static func call(_ channel: Channel, waitForReady: Bool = false) async throws {
    let answer = try await channel.unary(
      EchoMethods.unary, EchoMessage(number: 7),
      options: CallOptions(deadline: .seconds(300), waitForReady: waitForReady))
    #expect(answer.message.number == 7)
  }

  /// Runs `body` with a channel to a name, whose look-ups get these answers in turn; none for nil.
  private func withNames(
    connectTimeout: Duration = .seconds(300),
    _ answers: (SocketAddress) -> [Resolver.Answer?],
    _ body: (Channel, LookUps) async throws -> Void
  ) async throws {
    let server = try Server(
      configuration: ServerConfiguration(port: 0), services: [EchoService()])
    let lookUps = LookUps(answers(try await server.start()))
    var configuration = ChannelConfiguration()
    configuration.lookUp = { _, _, completion in lookUps.ask(completion) }
    configuration.connectTimeout = connectTimeout
    let channel = try Channel(target: .host("a.test", port: 1), configuration: configuration)
    let result = await Result { () async throws in try await body(channel, lookUps) }
    await channel.shutdown()
    expectNothingLeft(of: channel)
    await server.shutdown()
    try result.get()
  }
}

/// The answers that look-ups get; the last one again and again.
private final class LookUps: Sendable {
  private struct State {
    var answers: [Resolver.Answer?]
    var count = 0
    var unanswered: (@Sendable (Resolver.Answer) -> Void)?
  }

  private let state: Locked<State>

  init(_ answers: [Resolver.Answer?]) { state = Locked(State(answers: answers)) }

  /// How often a name was looked up.
  var count: Int { state.withLock { $0.count } }

  func ask(_ completion: @escaping @Sendable (Resolver.Answer) -> Void) {
    let answer = state.withLock { state -> Resolver.Answer? in
      state.count += 1
      let answer = state.answers[min(state.count, state.answers.count) - 1]
      if answer == nil { state.unanswered = completion }
      return answer
    }
    if let answer { completion(answer) }
  }

  func answerLate(_ answer: Resolver.Answer) {
    state.withLock { $0.unanswered }?(answer)
  }
}
