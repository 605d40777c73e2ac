import GRPCCall
import GRPCTransport
import HTTP2Session
import Testing

@Suite struct FlowControlTests {
  /// The least is what HTTP/2 begins with; what is less than that is taken for it.
  @Test(arguments: [1, 65_535, 70_000, 1 << 20])
  func anAnswerPassesWindowsOfAnySize(window: Int) async throws {
    try await withProbe(channel: {
      $0.http2.streamWindowSize = window
      $0.http2.connectionWindowSize = window
    }) { channel, _ in
      for size in [0, 8_187, 8_188, 65_535, 3_000_000] as [UInt32] {
        let answer = try await channel.unary(ProbeService.blob, EchoMessage(number: size))
        #expect(answer.message.payload.count == Int(size))
      }
    }
  }

  @Test func aStreamPassesTheLeastWindow() async throws {
    try await withEcho(channel: { $0.http2.streamWindowSize = 65_535 }) { channel, _, _ in
      let payload = [UInt8](repeating: 1, count: 1_000)
      let stream = try channel.serverStreaming(EchoMethods.count, EchoMessage(payload, number: 500))
      var next: UInt32 = 0
      for try await message in stream {
        #expect(message == EchoMessage(payload, number: next))
        next += 1
      }
      #expect(next == 500)
    }
  }

  /// An answer that is refused at its first bytes is followed by the rest of it, in the same read or
  /// in the next. If its window were not given back, the connection would soon have none.
  @Test func theWindowOfAnAnswerThatWasLetGoOfIsGivenBack() async throws {
    try await withProbe(channel: {
      $0.http2.connectionWindowSize = 65_535
      $0.maxReceiveMessageSize = 1_000
    }) { channel, _ in
      for _ in 0..<20 {
        let error = await rpcError {
          _ = try await channel.unary(ProbeService.blob, EchoMessage(number: 60_000))
        }
        #expect(error?.status.code == .resourceExhausted)
      }
      let answer = try await channel.unary(ProbeService.blob, EchoMessage(number: 900))
      #expect(answer.message.payload.count == 900)
      #expect(channel.metrics.connectionsOpened == 1)
    }
  }

  @Test func theWindowOfACancelledStreamIsGivenBack() async throws {
    try await withEcho(channel: { $0.http2.connectionWindowSize = 65_535 }) { channel, _, _ in
      let payload = [UInt8](repeating: 1, count: 30_000)
      for _ in 0..<20 {
        let stream = try channel.serverStreaming(
          EchoMethods.count, EchoMessage(payload, number: 1_000))
        var iterator = stream.makeAsyncIterator()
        #expect(try await iterator.next()?.payload == payload)
        stream.cancel()
      }
      let answer = try await channel.unary(EchoMethods.unary, EchoMessage(payload))
      #expect(answer.message.payload == payload)
    }
  }
}
