import GRPCCall
import Testing

/// Orders that went wrong once.
@Suite struct KnownOrderTests {
  @Test func aRequestIsNotRepeatedWhenItsServerHasBrokenHTTP2() async throws {
    try await expectOrder([.call(.unary, deadline: 1_000), .settle, .violation(connection: 0)])
  }

  @Test func anAnswerThatComesBeforeItsRequestCouldBeSentLeavesNoStreamOpen() async throws {
    try await expectOrder(
      [
        .call(.unary, deadline: 1_000), .turn, .turn, .accept,
        .settings(connection: 0, streams: nil, window: 0), .settle,
        .call(.unary, deadline: 1_000), .settle, .trailers(call: 1, .notFound),
      ], acceptsAtOnce: false)
  }

  @Test func aCallThatWaitsForItsNextAttemptEndsWithItsChannel() async throws {
    try await expectOrder(
      [
        .call(.unary, deadline: 50), .settle, .trailers(call: 0, .unavailable), .settle, .shutDown,
      ], RetryPolicy())
  }

  @Test func aCallThatTheServerHasSeenIsNotSaidToBeUnseenWhileItWaitsForItsNextAttempt()
    async throws
  {
    try await expectOrder(
      [
        .call(.unary, deadline: 50), .settle, .trailers(call: 0, .unavailable), .settle,
        .deadline(call: 0),
      ], RetryPolicy())
  }

  @Test func aCallThatHasLeftTheQueueIsNotKeptThere() async throws {
    let call = OrderEvent.call(.unary, deadline: 1_000)
    try await expectOrder(
      [
        call, .settle, call, call, .settle, .trailers(call: 0, .notFound), .settle,
        .trailers(call: 1, .notFound),
      ], streams: 1)
  }

  private func expectOrder(
    _ events: [OrderEvent], _ policy: RetryPolicy? = nil, acceptsAtOnce: Bool = true,
    streams: UInt32? = nil
  ) async throws {
    var options = OrderWorld.Options()
    options.retryPolicy = policy
    options.acceptsAtOnce = acceptsAtOnce
    options.streams = streams
    let failures = try await onThread { [options] in
      let world = try OrderWorld(options)
      for event in events { world.apply(event) }
      world.apply(.settle)
      world.finish()
      return world.failures
    }
    #expect(failures == [])
  }
}
