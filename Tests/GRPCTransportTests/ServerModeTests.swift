import Foundation
import GRPCCall
import GRPCTransport
import Testing

/// A server does the same whether its handlers run on its loops or elsewhere.
@Suite struct ServerModeTests {
  @Test(arguments: Security.allCases, [true, false])
  func unaryCallsAreAnsweredInFull(_ security: Security, onLoops: Bool) async throws {
    try await withEcho(security, server: { $0.runsHandlersOnLoops = onLoops }) { channel, _, _ in
      for number in 0..<100 as Range<UInt32> {
        let response = try await channel.unary(
          EchoMethods.unary, EchoMessage([1, 2], number: number), metadata: ["x-text": "\(number)"])
        #expect(response.message == EchoMessage([1, 2], number: number))
        #expect(response.metadata.first("x-text") == "\(number)")
        #expect(response.trailers.first("x-end") == "yes")
      }
    }
  }

  @Test(arguments: [true, false])
  func requestsOfOneConnectionEachReachTheirOwnMethod(onLoops: Bool) async throws {
    try await withEcho(server: { $0.runsHandlersOnLoops = onLoops }) { channel, _, _ in
      for _ in 0..<3 {
        _ = try await channel.unary(EchoMethods.unary, EchoMessage())
        let failed = await rpcError { _ = try await channel.unary(EchoMethods.fail, EchoMessage()) }
        #expect(failed?.status.code == .permissionDenied)
        let unknown = await rpcError {
          _ = try await channel.unary(EchoMethods.missing, EchoMessage())
        }
        #expect(unknown?.status.code == .unimplemented)
      }
    }
  }

  @Test func streamsOnTheLoopKeepTheirOrder() async throws {
    try await withEcho(server: { $0.runsHandlersOnLoops = true }) { channel, _, _ in
      let (requests, responses) = try channel.bidirectionalStreaming(EchoMethods.chat)
      var iterator = responses.makeAsyncIterator()
      for number in 0..<20 as Range<UInt32> {
        try await requests.send(EchoMessage(number: number))
        #expect(try await iterator.next()?.number == number)
      }
      requests.finish()
      #expect(try await iterator.next() == nil)
    }
  }

  @Test(arguments: [true, false])
  func aDeadlineCancelsTheHandler(onLoops: Bool) async throws {
    try await withEcho(server: { $0.runsHandlersOnLoops = onLoops }) { channel, _, service in
      await callUntilWaiting(channel, service)
      await service.waitCancelled.wait()
    }
  }

  @Test(arguments: [true, false])
  func aCallThatIsCancelledCancelsItsHandler(onLoops: Bool) async throws {
    try await withEcho(server: { $0.runsHandlersOnLoops = onLoops }) { channel, _, service in
      let task = Task {
        await rpcError { _ = try await channel.unary(EchoMethods.wait, EchoMessage()) }
      }
      await service.waitBegan.wait()
      task.cancel()
      #expect(await task.value?.status.code == .cancelled)
      await service.waitCancelled.wait()
    }
  }

  @Test func aHandlerRunsOnALoopOnlyWhereThatIsAskedFor() async throws {
    for onLoops in [true, false] {
      let service = PlaceService()
      var configuration = ServerConfiguration(port: 0)
      configuration.runsHandlersOnLoops = onLoops
      let server = try Server(configuration: configuration, services: [service])
      let address = try await server.start()
      let channel = try Channel(target: .host("127.0.0.1", port: address.port))
      let response = try await channel.unary(EchoMethods.unary, EchoMessage())
      #expect(response.message.number == (onLoops ? 1 : 0))
      await channel.shutdown()
      await server.shutdown()
    }
  }
}

/// Tells with 1 that its handler runs on an event loop's thread, and with 0 that it does not.
private struct PlaceService: GRPCService {
  func register(in router: inout Router) {
    router.unary(EchoMethods.unary) { _, _ in
      let thread = try String(contentsOfFile: "/proc/thread-self/comm", encoding: .utf8)
      let isOnLoop = thread == "event-loop\n"
      return ServerResponse(EchoMessage(number: isOnLoop ? 1 : 0))
    }
  }
}
