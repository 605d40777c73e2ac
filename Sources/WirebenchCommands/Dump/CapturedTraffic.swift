import GRPCCall
import GRPCTransport
import MomentoAuthMessages

/// What the connection carries that a capture is made of.
enum CapturedTraffic: String, CaseIterable {
  /// Calls of RefreshApiToken: a few hundred bytes each way.
  case small
  /// Messages of 1 MiB, in DATA frames of 16 KiB.
  case large
  /// Both: a message of 64 KiB between 60 small calls.
  case mixed

  /// What one connection carries, before it is multiplied.
  func makeCalls(_ channel: Channel) async throws {
    switch self {
    case .small: try await Self.refresh(channel, 400)
    case .large: for _ in 0..<2 { try await Self.echo(channel, 1 << 20) }
    case .mixed:
      for _ in 0..<6 {
        try await Self.refresh(channel, 60)
        try await Self.echo(channel, 1 << 16)
      }
    }
  }

  private static func refresh(_ channel: Channel, _ count: Int) async throws {
    for _ in 0..<count {
      _ = try await channel.unary(AuthMethods.refreshApiToken, SampleCall.request)
    }
  }

  private static func echo(_ channel: Channel, _ size: Int) async throws {
    _ = try await channel.unary(BulkService.method, BulkMessage(count: size))
  }

  /// Makes the calls over a connection of this machine, and records it.
  ///
  /// - Parameter path: where the capture file goes.
  func record(to path: String) async throws {
    let server = try Server(
      configuration: ServerConfiguration(host: "127.0.0.1", port: 0, transportSecurity: .plaintext),
      services: [SampleService(), BulkService()])
    let address = try await server.start()
    do {
      let tap = try FileWireTap(path: path, role: .client)
      var configuration = ChannelConfiguration()
      configuration.wireTap = tap
      let channel = try Channel(
        target: .host("127.0.0.1", port: address.port), configuration: configuration)
      try await makeCalls(channel)
      await channel.shutdown()
      tap.flush()
    } catch {
      await server.shutdown()
      throw error
    }
    await server.shutdown()
  }
}

/// Gives back what it gets.
private struct BulkService: GRPCService {
  static let method = MethodDescriptor<BulkMessage, BulkMessage>(
    service: "wirebench.Bulk", method: "Echo", kind: .unary)

  func register(in router: inout Router) {
    router.unary(Self.method) { request, _ in ServerResponse(request) }
  }
}
