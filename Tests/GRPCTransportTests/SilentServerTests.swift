import GRPCCall
import HTTP2Session
import Testing

@testable import GRPCTransport

/// Servers that say nothing, or more than they may.
@Suite("servers that fall silent or overrun", .timeLimit(.minutes(5))) struct SilentServerTests {
  @Test("calls that go on being made do not keep a dead connection")
  func callsOnADeadConnection() async throws {
    let peer = try AnsweringPeer(["settings", "request", "silence"].map { try AnswerStep($0) })
    var configuration = ChannelConfiguration()
    configuration.keepalive = KeepaliveConfiguration(
      time: .milliseconds(200), timeout: .milliseconds(200))
    configuration.keepalive.minimumTime = .zero
    let channel = try Channel(
      target: .host("127.0.0.1", port: peer.port), configuration: configuration)
    let isOver = Signal()
    async let error = rpcError {
      defer { isOver.raise() }
      _ = try await channel.unary(
        EchoMethods.unary, EchoMessage(), options: CallOptions(deadline: .seconds(300)))
    }
    for _ in 0..<3_000 where !isOver.isRaised {
      _ = try? await channel.unary(
        EchoMethods.unary, EchoMessage(), options: CallOptions(deadline: .milliseconds(10)))
    }
    #expect(isOver.isRaised)
    await channel.shutdown()
    #expect(await error?.message.contains("no answer to a keepalive PING") == true)
    await peer.waitUntilLeft()
  }

  /// What nobody reads fills the window, and a server that goes on breaks RFC 9113 §6.9.1.
  @Test("a stream beyond its window is reset, and the connection serves on")
  func overrun() async throws {
    let message = "DATA: 00 00003ffb 0a f87f 61*16376"
    let steps = ["settings", "request", "headers"] + Array(repeating: message, count: 30)
    let peer = try AnsweringPeer((steps + ["refusal"]).map { try AnswerStep($0) })
    var configuration = ChannelConfiguration()
    configuration.http2.streamWindowSize = 65_535
    let channel = try Channel(
      target: .host("127.0.0.1", port: peer.port), configuration: configuration)
    let options = CallOptions(deadline: .seconds(300))
    let stream = try channel.serverStreaming(EchoMethods.count, EchoMessage(), options: options)
    await peer.followed.wait()
    var count = 0
    let error = await rpcError { for try await _ in stream { count += 1 } }
    #expect(error?.code == .internalError)
    #expect(error?.message.contains("FLOW_CONTROL_ERROR") == true, "\(String(describing: error))")
    #expect(1..<30 ~= count)
    let next = try await channel.unary(EchoMethods.unary, EchoMessage(), options: options)
    #expect(next.message == EchoMessage([0x61]))
    #expect(peer.connections == 1)
    await channel.shutdown()
    expectNothingLeft(of: channel)
    await peer.waitUntilLeft()
  }
}
