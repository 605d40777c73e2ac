import GRPCCall
import GRPCTransport
import Locking
import Testing

/// Methods that tell a test what the server sees, and that wait for what a test says.
struct ProbeService: GRPCService {
  typealias Method = MethodDescriptor<EchoMessage, EchoMessage>

  /// Answers the client's address: each connection has its own.
  static let peer = Method(service: "test.Probe", method: "Peer", kind: .unary)
  /// Answers the value of the request's `x-trace`.
  static let trace = Method(service: "test.Probe", method: "Trace", kind: .unary)
  /// Answers as many bytes as the request's number says.
  static let blob = Method(service: "test.Probe", method: "Blob", kind: .unary)
  /// Fails with UNAVAILABLE until it was called as often as the request's number says.
  static let flaky = Method(service: "test.Probe", method: "Flaky", kind: .unary)
  /// Notes the request's number.
  static let note = Method(service: "test.Probe", method: "Note", kind: .serverStreaming)
  /// Answers once ``mayGoOn`` is raised.
  static let hold = Method(service: "test.Probe", method: "Hold", kind: .serverStreaming)
  /// Reads nothing of its request before ``mayGoOn`` is raised.
  static let deaf = Method(service: "test.Probe", method: "Deaf", kind: .bidirectionalStreaming)

  let holds = Signal()
  let mayGoOn = Signal()
  let noted = Locked<[UInt32]>([])
  private let calls = Locked<UInt32>(0)

  func register(in router: inout Router) {
    router.unary(Self.peer) { _, context in ServerResponse(EchoMessage(Array(context.peer.utf8))) }
    router.unary(Self.trace) { _, context in
      ServerResponse(EchoMessage(Array((context.metadata.first("x-trace") ?? "").utf8)))
    }
    router.unary(Self.blob) { request, _ in
      ServerResponse(EchoMessage([UInt8](repeating: 7, count: Int(request.number))))
    }
    router.unary(Self.flaky) { [calls] request, _ in
      let call = calls.withLock { calls in
        calls += 1
        return calls
      }
      guard call > request.number else { throw RPCStatusError(.unavailable, "not yet") }
      return ServerResponse(EchoMessage(number: call))
    }
    router.serverStreaming(Self.note) { [noted] request, _, _ in
      noted.withLock { $0.append(request.number) }
      return [:]
    }
    router.serverStreaming(Self.hold) { [holds, mayGoOn] _, _, _ in
      holds.raise()
      await mayGoOn.wait()
      return [:]
    }
    router.bidirectionalStreaming(Self.deaf) { [mayGoOn] requests, writer, _ in
      await mayGoOn.wait()
      var count: UInt32 = 0
      for try await _ in requests { count += 1 }
      try await writer.send(EchoMessage(number: count))
      return [:]
    }
  }
}

/// Runs `body` with a channel to a probe of its own; what still holds may go on in the end, and no
/// call may be left over.
func withProbe(
  server configureServer: (inout ServerConfiguration) -> Void = { _ in },
  channel configureChannel: (inout ChannelConfiguration) -> Void = { _ in },
  _ body: (Channel, ProbeService) async throws -> Void
) async throws {
  let service = ProbeService()
  var serverConfiguration = ServerConfiguration(port: 0)
  var channelConfiguration = ChannelConfiguration()
  // Far longer than any test takes; a call that hangs fails in the end.
  channelConfiguration.defaultDeadline = .seconds(600)
  configureServer(&serverConfiguration)
  configureChannel(&channelConfiguration)
  let server = try Server(configuration: serverConfiguration, services: [service])
  let address = try await server.start()
  let channel = try Channel(
    target: .host("127.0.0.1", port: address.port), configuration: channelConfiguration)
  let result = await Result { () async throws in try await body(channel, service) }
  service.mayGoOn.raise()
  await channel.shutdown()
  await server.shutdown()
  try result.get()
  expectNothingLeft(of: channel)
}

extension Result where Failure == any Error {
  init(catching body: () async throws -> Success) async {
    do {
      self = .success(try await body())
    } catch {
      self = .failure(error)
    }
  }
}
