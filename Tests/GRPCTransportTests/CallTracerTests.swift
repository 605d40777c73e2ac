import GRPCCall
import GRPCTransport
import HTTP2Session
import Testing

@Suite struct CallTracerTests {
  @Test func aCallThatSucceedsIsFollowedToItsEnd() async throws {
    let tracer = RecordingTracer()
    try await withProbe(channel: { $0.tracer = tracer }) { channel, _ in
      _ = try await channel.unary(ProbeService.peer, EchoMessage())
    }
    #expect(tracer.traces.map(\.method) == ["/test.Probe/Peer"])
    #expect(tracer.traces.map(\.events) == [["attempt 1", "response", "ended OK"]])
  }

  @Test func aRetryIsTwoAttempts() async throws {
    let tracer = RecordingTracer()
    try await withProbe(channel: {
      $0.tracer = tracer
      $0.retryPolicy = RetryPolicy(initialBackoff: .nanoseconds(1))
    }) { channel, _ in
      _ = try await channel.unary(ProbeService.flaky, EchoMessage(number: 1))
    }
    #expect(
      tracer.traces.map(\.events) == [
        ["attempt 1", "failed UNAVAILABLE", "attempt 2", "response", "ended OK"]
      ])
  }

  @Test func aServersErrorEndsTheCallWithIt() async throws {
    let tracer = RecordingTracer()
    try await withEcho(channel: { $0.tracer = tracer }) { channel, _, _ in
      _ = await rpcError { _ = try await channel.unary(EchoMethods.fail, EchoMessage()) }
    }
    #expect(tracer.traces.map(\.events) == [["attempt 1", "ended PERMISSION_DENIED"]])
  }

  @Test func aCallWithoutConnectionEndsWithoutAttempt() async throws {
    let tracer = RecordingTracer()
    var configuration = ChannelConfiguration()
    configuration.tracer = tracer
    let channel = try Channel(
      target: .host("no-such-host.invalid", port: 1), configuration: configuration)
    _ = await rpcError { _ = try await channel.unary(EchoMethods.unary, EchoMessage()) }
    #expect(tracer.traces.map(\.events) == [["ended UNAVAILABLE"]])
    await channel.shutdown()
  }

  @Test func aCancelledCallEndsOnce() async throws {
    let tracer = RecordingTracer()
    try await withProbe(channel: { $0.tracer = tracer }) { channel, service in
      let stream = try channel.serverStreaming(ProbeService.hold, EchoMessage())
      await service.holds.wait()
      stream.cancel()
      stream.cancel()
      #expect(await failure(of: stream)?.status.code == .cancelled)
    }
    #expect(tracer.traces.map(\.events) == [["attempt 1", "ended CANCELLED"]])
  }

  @Test func aCallThatMayNotWaitEndsAtOnce() async throws {
    let tracer = RecordingTracer()
    try await withProbe(
      server: { $0.http2.maxConcurrentStreams = 1 },
      channel: {
        $0.tracer = tracer
        $0.maxWaitingCalls = 1
      }
    ) { channel, service in
      let held = try channel.serverStreaming(ProbeService.hold, EchoMessage())
      await service.holds.wait()
      let waiting = try channel.serverStreaming(ProbeService.note, EchoMessage())
      _ = await rpcError { _ = try await channel.unary(ProbeService.peer, EchoMessage()) }
      service.mayGoOn.raise()
      for stream in [held, waiting] { #expect(await failure(of: stream) == nil) }
    }
    #expect(tracer.traces.last?.events == ["ended RESOURCE_EXHAUSTED"])
  }

  @Test func whatATracerAddsArrivesAtTheServer() async throws {
    let tracer = RecordingTracer { try? $0.add("x-trace", "00-17") }
    try await withProbe(channel: { $0.tracer = tracer }) { channel, _ in
      let answer = try await channel.unary(ProbeService.trace, EchoMessage())
      #expect(answer.message.payload == Array("00-17".utf8))
    }
  }

  @Test func whatATracerAddsWronglyFailsTheCallThatItFollows() async throws {
    let tracer = RecordingTracer { $0 = ["no name": "x"] }
    try await withProbe(channel: { $0.tracer = tracer }) { channel, _ in
      let error = await rpcError { _ = try await channel.unary(ProbeService.peer, EchoMessage()) }
      #expect(error?.status.code == .invalidArgument)
    }
    #expect(tracer.traces.map(\.events) == [["ended INVALID_ARGUMENT"]])
  }
}
