import GRPCCall
import HTTP2Session
import Testing

@testable import GRPCTransport

@Suite struct MetricsTests {
  @Test func aChannelThatDidNothingHasCountedNothing() throws {
    let channel = try Channel(target: .host("127.0.0.1", port: 1))
    #expect(channel.metrics == ChannelMetrics())
  }

  @Test func callsAreCountedByTheirStatus() async throws {
    try await withEcho { channel, _, _ in
      for _ in 0..<3 { _ = try await channel.unary(EchoMethods.unary, EchoMessage()) }
      for _ in 0..<2 {
        _ = await rpcError { _ = try await channel.unary(EchoMethods.fail, EchoMessage()) }
      }
      _ = await rpcError { _ = try await channel.unary(EchoMethods.missing, EchoMessage()) }
      let stream = try channel.serverStreaming(EchoMethods.count, EchoMessage(number: 2))
      #expect(await failure(of: stream) == nil)
      let metrics = channel.metrics
      #expect(metrics.callsFinished == [.ok: 4, .permissionDenied: 2, .unimplemented: 1])
      #expect(metrics.latency.count == 7)
      #expect(metrics.latency.maximum > 0)
      #expect(metrics.connectionsReady == 1)
      #expect(metrics.connectionsOpened == 1)
      #expect(metrics.connectionsFailed == 0)
      #expect(metrics.retries == 0)
      #expect(metrics.callsInFlight == 0)
      #expect(metrics.bytesSent > 100)
      #expect(metrics.bytesReceived > 100)
    }
  }

  @Test func retriesAreCountedAndTheirCallOnce() async throws {
    try await withProbe(channel: {
      $0.retryPolicy = RetryPolicy(maxAttempts: 5, initialBackoff: .nanoseconds(1))
    }) { channel, _ in
      let answer = try await channel.unary(ProbeService.flaky, EchoMessage(number: 3))
      #expect(answer.message.number == 4)
      #expect(channel.metrics.retries == 3)
      #expect(channel.metrics.callsFinished == [.ok: 1])
      #expect(channel.metrics.latency.count == 1)
    }
  }

  @Test func aCallBetweenTwoAttemptsIsSeenThere() async throws {
    let tracer = FailureTracer()
    try await withProbe(channel: {
      $0.retryPolicy = RetryPolicy(initialBackoff: .seconds(600), maxBackoff: .seconds(600))
      $0.tracer = tracer
    }) { channel, _ in
      let call = Task {
        await rpcError { _ = try await channel.unary(ProbeService.flaky, EchoMessage(number: 3)) }
      }
      await tracer.attemptFailed.wait()
      #expect(channel.metrics.callsBackingOff == 1)
      #expect(channel.metrics.callsInFlight == 1)
      call.cancel()
      #expect(await call.value?.status.code == .cancelled)
      expectNothingLeft(of: channel)
    }
  }

  @Test func connectionsThatCannotBeMadeAreCounted() async throws {
    let channel = try Channel(target: .host("no-such-host.invalid", port: 1))
    _ = await rpcError { _ = try await channel.unary(EchoMethods.unary, EchoMessage()) }
    #expect(channel.metrics.connectionsFailed == 1)
    #expect(channel.metrics.connectionsOpened == 0)
    #expect(channel.metrics.connectionsReady == 0)
    #expect(channel.metrics.callsFinished == [.unavailable: 1])
    await channel.shutdown()
  }

  @Test func callsAreSeenWhereTheyAre() async throws {
    try await withProbe(server: { $0.http2.maxConcurrentStreams = 1 }) { channel, service in
      let held = try channel.serverStreaming(ProbeService.hold, EchoMessage())
      await service.holds.wait()
      let waiting = try channel.serverStreaming(ProbeService.note, EchoMessage())
      #expect(channel.metrics.callsOnStreams == 1)
      #expect(channel.metrics.callsWaiting == 1)
      #expect(channel.metrics.callsInFlight == 2)
      service.mayGoOn.raise()
      for stream in [held, waiting] { #expect(await failure(of: stream) == nil) }
      #expect(channel.metrics.callsInFlight == 0)
    }
  }

  @Test func theBytesOfAllConnectionsAreCounted() async throws {
    try await withProbe(channel: { $0.connectionCount = 2 }) { channel, _ in
      _ = try await channel.unary(ProbeService.blob, EchoMessage(number: 300_000))
      #expect(channel.metrics.bytesReceived > 300_000)
      #expect(channel.metrics.bytesSent < 300_000)
    }
  }
}

/// Says when an attempt has failed.
private final class FailureTracer: CallTracer, CallTrace {
  let attemptFailed = Signal()

  func begin(method: String, metadata: inout Metadata) -> (any CallTrace)? { self }

  func record(_ event: CallTraceEvent) {
    if case .attemptFailed = event { attemptFailed.raise() }
  }
}
