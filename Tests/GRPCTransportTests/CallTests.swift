import GRPCCall
import GRPCTransport
import HTTP2Session
import Testing

@Suite struct CallTests {
  @Test(arguments: Security.allCases)
  func aUnaryCallBringsItsMessageMetadataAndTrailers(_ security: Security) async throws {
    try await withEcho(security) { channel, _, _ in
      var metadata = Metadata()
      try metadata.add("x-text", "hello, there")
      try metadata.addBinary("x-bytes-bin", [0, 255, 7])
      let response = try await channel.unary(
        EchoMethods.unary, EchoMessage([1, 2, 3], number: 4), metadata: metadata)
      #expect(response.message == EchoMessage([1, 2, 3], number: 4))
      #expect(response.metadata.first("x-text") == "hello, there")
      #expect(response.metadata.binary("x-bytes-bin") == [0, 255, 7])
      #expect(response.trailers.first("x-end") == "yes")
    }
  }

  @Test(arguments: Security.allCases)
  func aStatusComesWithItsMessageAndTrailers(_ security: Security) async throws {
    try await withEcho(security) { channel, _, _ in
      let error = await rpcError { _ = try await channel.unary(EchoMethods.fail, EchoMessage()) }
      #expect(error?.status.code == .permissionDenied)
      #expect(error?.status.message == "no: 100% – Grüße\n")
      #expect(error?.metadata.first("err") == "operations_rate")
      #expect(error?.delivery == .answered)
    }
  }

  @Test func anUnknownMethodIsUnimplemented() async throws {
    try await withEcho { channel, _, _ in
      let error = await rpcError { _ = try await channel.unary(EchoMethods.missing, EchoMessage()) }
      #expect(error?.status.code == .unimplemented)
      #expect(error?.status.message.contains("/test.Echo/Missing") == true)
    }
  }

  @Test(arguments: Security.allCases)
  func aThousandCallsAtOnceEachGetTheirOwnAnswer(_ security: Security) async throws {
    try await withEcho(security, server: { $0.http2.maxConcurrentStreams = 100 }) {
      channel, _, _ in
      try await withThrowingTaskGroup(of: Bool.self) { group in
        for number in 0..<1_000 as Range<UInt32> {
          group.addTask {
            let response = try await channel.unary(
              EchoMethods.unary, EchoMessage(number: number))
            return response.message.number == number
          }
        }
        for try await isOwn in group { #expect(isOwn) }
      }
    }
  }

  @Test(arguments: Security.allCases)
  func aMessageNearTheLimitCrossesBothWays(_ security: Security) async throws {
    try await withEcho(security) { channel, _, _ in
      let payload = (0..<4_000_000).map { UInt8(truncatingIfNeeded: $0 &* 31) }
      let response = try await channel.unary(EchoMethods.unary, EchoMessage(payload))
      #expect(response.message.payload == payload)
    }
  }

  @Test func aMessageOverTheLimitFailsBeforeItIsSent() async throws {
    try await withEcho(channel: { $0.maxSendMessageSize = 10 }) { channel, _, _ in
      let error = await rpcError {
        _ = try await channel.unary(
          EchoMethods.unary, EchoMessage([UInt8](repeating: 0, count: 11)))
      }
      #expect(error?.status.code == .resourceExhausted)
      #expect(error?.delivery == .notSent)
    }
  }

  @Test func anAnswerOverTheLimitIsRefused() async throws {
    try await withEcho(channel: { $0.maxReceiveMessageSize = 10 }) { channel, _, _ in
      let error = await rpcError {
        _ = try await channel.unary(
          EchoMethods.unary, EchoMessage([UInt8](repeating: 1, count: 64)))
      }
      #expect(error?.status.code == .resourceExhausted)
    }
  }

  @Test func aRequestOverTheServersLimitIsRefused() async throws {
    try await withEcho(server: { $0.maxReceiveMessageSize = 10 }) { channel, _, _ in
      let error = await rpcError {
        _ = try await channel.unary(
          EchoMethods.unary, EchoMessage([UInt8](repeating: 1, count: 64)))
      }
      #expect(error?.status.code == .resourceExhausted)
    }
  }

  @Test func aDeadlineThatPassesEndsTheCallOnBothSides() async throws {
    try await withEcho { channel, _, service in
      await callUntilWaiting(channel, service)
      await service.waitCancelled.wait()
    }
  }

  @Test func aCancelledTaskCancelsItsCallOnTheServer() async throws {
    try await withEcho { channel, _, service in
      let task = Task {
        await rpcError { _ = try await channel.unary(EchoMethods.wait, EchoMessage()) }
      }
      await service.waitBegan.wait()
      task.cancel()
      #expect(await task.value?.status.code == .cancelled)
      await service.waitCancelled.wait()
    }
  }

  @Test func aTaskThatIsCancelledAlreadySendsNothing() async throws {
    try await withEcho { channel, _, _ in
      let task = Task {
        unsafe withUnsafeCurrentTask { unsafe $0?.cancel() }
        return await rpcError { _ = try await channel.unary(EchoMethods.unary, EchoMessage()) }
      }
      #expect(await task.value?.status.code == .cancelled)
    }
  }
}
