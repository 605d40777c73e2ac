import GRPCCall
import GRPCTransport
import HTTP2Session
import Locking
import Testing

@Suite struct FairnessTests {
  @Test func waitingCallsAreServedInTheOrderInWhichTheyCame() async throws {
    try await withProbe(server: { $0.http2.maxConcurrentStreams = 1 }) { channel, service in
      _ = try await channel.unary(ProbeService.peer, EchoMessage())
      let held = try channel.serverStreaming(ProbeService.hold, EchoMessage())
      await service.holds.wait()
      let streams = try (0..<200).map {
        try channel.serverStreaming(ProbeService.note, EchoMessage(number: $0))
      }
      // Those that give up do not move the others.
      let given = Set(stride(from: 1, to: 200, by: 3))
      for index in given {
        streams[index].cancel()
        #expect(await failure(of: streams[index])?.status.code == .cancelled)
      }
      service.mayGoOn.raise()
      #expect(await failure(of: held) == nil)
      let rest = streams.indices.filter { !given.contains($0) }
      for index in rest { #expect(await failure(of: streams[index]) == nil) }
      #expect(service.noted.withLock { $0 } == rest.map { UInt32($0) })
    }
  }

  @Test func aStreamThatNobodyReadsLeavesTheConnectionToTheOthers() async throws {
    try await withEcho(channel: { $0.http2.connectionWindowSize = 65_535 }) { channel, _, _ in
      let noisy = try channel.serverStreaming(
        EchoMethods.count, EchoMessage([UInt8](repeating: 1, count: 30_000), number: 1_000))
      for _ in 0..<5 {
        let payload = [UInt8](repeating: 2, count: 100_000)
        let answer = try await channel.unary(EchoMethods.unary, EchoMessage(payload))
        #expect(answer.message.payload == payload)
      }
      noisy.cancel()
      #expect(await failure(of: noisy)?.status.code == .cancelled)
    }
  }

  @Test func aRequestThatNobodyReadsLeavesTheConnectionToTheOthers() async throws {
    try await withProbe(server: { $0.http2.streamWindowSize = 65_535 }) { channel, service in
      let (requests, responses) = try channel.bidirectionalStreaming(ProbeService.deaf)
      let writing = Task {
        for _ in 0..<100 {
          try await requests.send(EchoMessage([UInt8](repeating: 1, count: 20_000)))
        }
        requests.finish()
      }
      for _ in 0..<20 { _ = try await channel.unary(ProbeService.peer, EchoMessage()) }
      service.mayGoOn.raise()
      try await writing.value
      var iterator = responses.makeAsyncIterator()
      #expect(try await iterator.next()?.number == 100)
      #expect(try await iterator.next() == nil)
    }
  }
}
