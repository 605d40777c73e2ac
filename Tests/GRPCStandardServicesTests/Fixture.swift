import GRPCTransport
import Testing

/// Runs `body` with a channel to a server of the services.
func withServer(
  _ services: [any GRPCService], _ body: (Channel) async throws -> Void
) async throws {
  var configuration = ChannelConfiguration()
  // Far longer than any test takes; a call that hangs fails in the end.
  configuration.defaultDeadline = .seconds(300)
  let server = try Server(configuration: ServerConfiguration(port: 0), services: services)
  let address = try await server.start()
  let channel = try Channel(
    target: .host("127.0.0.1", port: address.port), configuration: configuration)
  do {
    try await body(channel)
  } catch {
    Issue.record(error)
  }
  await channel.shutdown()
  await server.shutdown()
}
