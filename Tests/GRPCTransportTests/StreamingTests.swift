import GRPCCall
import GRPCTransport
import HTTP2Session
import Testing

@Suite struct StreamingTests {
  @Test func aCallThatIsCancelledDoesNotWaitForItsWriter() async throws {
    try await withEcho { channel, _, _ in
      let calling = Task {
        try await channel.clientStreaming(EchoMethods.sum) { (_) throws(RPCError) in
          try? await Task.sleep(for: .seconds(3_600))
        }
      }
      calling.cancel()
      let error = await rpcError { _ = try await calling.value }
      #expect(error?.status.code == .cancelled)
    }
  }

  @Test(arguments: Security.allCases)
  func aServerStreamsMessagesInTheirOrder(_ security: Security) async throws {
    try await withEcho(security) { channel, _, _ in
      let stream = try channel.serverStreaming(EchoMethods.count, EchoMessage([5], number: 500))
      var next: UInt32 = 0
      for try await message in stream {
        #expect(message == EchoMessage([5], number: next))
        next += 1
      }
      #expect(next == 500)
      #expect(stream.trailers?.first("x-end") == "yes")
    }
  }

  @Test func aSlowReaderHoldsTheServerBackAndLosesNothing() async throws {
    try await withEcho(channel: { $0.http2.streamWindowSize = 65_535 }) { channel, _, _ in
      let payload = [UInt8](repeating: 1, count: 20_000)
      let stream = try channel.serverStreaming(
        EchoMethods.count, EchoMessage(payload, number: 200))
      // Other calls go on while nobody reads the stream.
      for number in 0..<20 as Range<UInt32> {
        let response = try await channel.unary(EchoMethods.unary, EchoMessage(number: number))
        #expect(response.message.number == number)
      }
      var count: UInt32 = 0
      for try await message in stream {
        #expect(message.number == count)
        count += 1
      }
      #expect(count == 200)
    }
  }

  @Test(arguments: Security.allCases)
  func aClientStreamsMessagesAndGetsOneAnswer(_ security: Security) async throws {
    try await withEcho(security) { channel, _, _ in
      let response = try await channel.clientStreaming(EchoMethods.sum) { writer throws(RPCError) in
        for number in 1...300 as ClosedRange<UInt32> {
          try await writer.send(EchoMessage([UInt8](repeating: 9, count: 1_000), number: number))
        }
      }
      #expect(response.message.number == 300 * 301 / 2)
      #expect(response.message.payload.count == 300_000)
    }
  }

  @Test(arguments: Security.allCases)
  func bothSidesTalkInTurn(_ security: Security) async throws {
    try await withEcho(security) { channel, _, _ in
      let (requests, responses) = try channel.bidirectionalStreaming(EchoMethods.chat)
      var iterator = responses.makeAsyncIterator()
      for number in 0..<100 as Range<UInt32> {
        try await requests.send(EchoMessage(number: number))
        #expect(try await iterator.next()?.number == number)
      }
      requests.finish()
      #expect(try await iterator.next() == nil)
    }
  }

  @Test func aCancelledStreamEndsWithCancelled() async throws {
    try await withEcho { channel, _, _ in
      let (requests, responses) = try channel.bidirectionalStreaming(EchoMethods.chat)
      try await requests.send(EchoMessage(number: 1))
      var iterator = responses.makeAsyncIterator()
      #expect(try await iterator.next()?.number == 1)
      responses.cancel()
      let error = await rpcError { while try await iterator.next() != nil {} }
      #expect(error?.status.code == .cancelled)
    }
  }

  @Test func aStreamThatFailsThrowsItsStatusAfterItsMessages() async throws {
    try await withEcho { channel, _, _ in
      let stream = try channel.serverStreaming(
        MethodDescriptor<EchoMessage, EchoMessage>(
          service: "test.Echo", method: "Nowhere", kind: .serverStreaming), EchoMessage())
      let error = await rpcError { for try await _ in stream {} }
      #expect(error?.status.code == .unimplemented)
    }
  }

  @Test func anAnswerThatComesBeforeTheRequestHasEndedIsHeardWhole() async throws {
    try await withEcho { channel, _, _ in
      let (requests, responses) = try channel.bidirectionalStreaming(
        MethodDescriptor<EchoMessage, EchoMessage>(
          service: "test.Echo", method: "Nowhere", kind: .bidirectionalStreaming))
      try await requests.send(EchoMessage(number: 1))
      let error = await rpcError { for try await _ in responses {} }
      #expect(error?.status.code == .unimplemented)
      // What is written now goes nowhere, and says so.
      #expect(try await requests.send(EchoMessage(number: 2)) == false)
    }
  }
}
