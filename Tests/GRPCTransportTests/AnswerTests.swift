import GRPCCall
import HTTP2Session
import Testing

@testable import GRPCTransport

/// Servers that answer wrongly, by halves or not at all, a table a subject: every call ends with what
/// its case says, and the channel serves the next one.
@Suite("answers of servers", .timeLimit(.minutes(10))) struct AnswerTests {
  @Test("each answer ends its call as the table says", arguments: AnswerTable.all)
  func answers(table: AnswerTable) async throws {
    #expect(!table.cases.isEmpty, "\(table.title)")
    try await withThrowingTaskGroup(of: Void.self) { group in
      for (index, answer) in table.cases.enumerated() {
        // So many at once that those which wait wait together.
        if index >= 24 { try await group.next() }
        group.addTask { try await Self.check(answer) }
      }
      try await group.waitForAll()
    }
  }

  /// Tries a case; again with more time where its deadline passed before the server had done its part,
  /// as on a busy machine.
  private static func check(_ answer: AnswerCase) async throws {
    var answer = answer
    while try await !isChecked(answer) { answer.deadline = answer.deadline.map { $0 * 2 } }
  }

  /// - Returns: whether the server came as far as it should.
  private static func isChecked(_ answer: AnswerCase) async throws -> Bool {
    let peer = try AnsweringPeer(answer.steps.map { try AnswerStep($0) })
    let channel = try Channel(
      target: .host("127.0.0.1", port: peer.port), configuration: configuration(answer))
    let ending = await call(answer, channel)
    let isLate = answer.deadline != nil && !peer.followed.isRaised
    if !isLate {
      check(ending, answer)
      #expect(peer.requests == answer.requests ?? 1, "\(answer.name): requests")
      if answer.next != false { try await callAgain(answer, channel) }
      #expect(
        (peer.connections > 1) == (answer.then == .replaced), "\(answer.name): connections")
    }
    await channel.shutdown()
    expectNothingLeft(of: channel)
    await peer.waitUntilLeft()
    return !isLate
  }

  private static func configuration(_ answer: AnswerCase) -> ChannelConfiguration {
    var configuration = ChannelConfiguration()
    configuration.http2.maxHeaderListSize = 8_192
    configuration.maxReceiveMessageSize = 1_000
    if answer.keepalive == true {
      configuration.keepalive = KeepaliveConfiguration(
        time: .milliseconds(50), timeout: .milliseconds(50))
      configuration.keepalive.minimumTime = .zero
    }
    return configuration
  }

  private static func call(
    _ answer: AnswerCase, _ channel: Channel
  ) async -> (status: Status, messages: Int) {
    var messages = 0
    let options = CallOptions(deadline: answer.deadline.map { .milliseconds($0) } ?? .seconds(300))
    let error = await rpcError {
      if answer.messages == nil {
        _ = try await channel.unary(EchoMethods.unary, EchoMessage(), options: options)
      } else {
        let stream = try channel.serverStreaming(
          EchoMethods.count, EchoMessage(), options: options)
        for try await _ in stream { messages += 1 }
      }
    }
    return (error?.status ?? .ok, messages)
  }

  private static func check(_ ending: (status: Status, messages: Int), _ answer: AnswerCase) {
    #expect(ending.status.code == answer.code, "\(answer.name): \(ending.status)")
    if let words = answer.says {
      #expect(ending.status.message.contains(words), "\(answer.name): \(ending.status)")
    }
    #expect(ending.messages == answer.messages ?? 0, "\(answer.name): messages")
  }

  /// The next call succeeds. The end of a connection may overtake it, which it is told of as such.
  private static func callAgain(_ answer: AnswerCase, _ channel: Channel) async throws {
    let options = CallOptions(deadline: .seconds(300), waitForReady: true)
    for _ in 0..<10 {
      do throws(RPCError) {
        _ = try await channel.unary(EchoMethods.unary, EchoMessage(), options: options)
        return
      } catch {
        guard error.code == .unavailable, answer.then == .replaced else { throw error }
      }
    }
    Issue.record("\(answer.name): no next call succeeds")
  }
}
