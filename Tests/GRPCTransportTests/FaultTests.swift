import GRPCCall
import GRPCTransport
import Glibc
import Testing

/// A call through a connection that fails at a byte, for every byte of it: it ends, with the answer or
/// with an error that says what was wrong.
@Suite("faults of a connection", .timeLimit(.minutes(10))) struct FaultTests {
  /// Every position with FAULTS=all, as the project's own checks have it; else every so many.
  private static let step =
    unsafe getenv("FAULTS").map { unsafe String(cString: $0) } == "all" ? 1 : 5
  private static let payload: [UInt8] = Array("an answer that is worth waiting for".utf8)

  @Test(arguments: Fault.Kind.allCases, Fault.Direction.allCases)
  func aCallEndsWhereverItsConnectionFails(
    kind: Fault.Kind, direction: Fault.Direction
  ) async throws {
    let server = try Server(
      configuration: ServerConfiguration(port: 0), services: [EchoService()])
    let port = try await server.start().port
    let result = await Result { () async throws in
      let counts = try await Self.call(nil, port)
      let length = direction == .toServer ? counts.toServer : counts.toClient
      #expect(length > 100)
      let positions = stride(from: 0, to: kind == .pieces ? 1 : length, by: Self.step)
      try await withThrowingTaskGroup(of: Void.self) { group in
        for (index, position) in positions.enumerated() {
          // So many at once that those which wait for a deadline wait together.
          if index >= 32 { try await group.next() }
          let fault = Fault(kind: kind, direction: direction, position: position)
          group.addTask { _ = try await Self.call(fault, port) }
        }
        try await group.waitForAll()
      }
    }
    await server.shutdown()
    try result.get()
  }

  /// Makes one call through a fault.
  ///
  /// - Returns: how many bytes went each way.
  private static func call(
    _ fault: Fault?, _ port: Int
  ) async throws -> (toServer: Int, toClient: Int) {
    let proxy = try FaultProxy(to: port, fault)
    defer { proxy.close() }
    let channel = try Channel(target: .host("127.0.0.1", port: proxy.port))
    let mustSucceed = fault == nil || fault?.kind == .pieces || fault?.kind == .delay
    let options = CallOptions(deadline: mustSucceed ? .seconds(300) : .milliseconds(500))
    do {
      let answer = try await channel.unary(
        EchoMethods.unary, EchoMessage(payload, number: 7), options: options
      ).message
      if fault?.kind != .corruption {
        #expect(answer == EchoMessage(payload, number: 7), "\(String(describing: fault))")
      }
    } catch {
      #expect(!mustSucceed, "\(error)")
      #expect(!error.status.message.isEmpty, "\(String(describing: fault))")
    }
    await channel.shutdown()
    expectNothingLeft(of: channel)
    return proxy.counts
  }
}
