import GRPCCall
import GRPCTransport
import TLSSession
import Testing

/// How a test's connections are protected.
enum Security: CaseIterable {
  case plaintext
  case tls
}

/// Runs `body` with a channel to a server of its own on a free port, and shuts both down.
func withEcho(
  _ security: Security = .plaintext, service: EchoService = EchoService(),
  server configureServer: (inout ServerConfiguration) -> Void = { _ in },
  channel configureChannel: (inout ChannelConfiguration) -> Void = { _ in },
  _ body: (Channel, Server, EchoService) async throws -> Void
) async throws {
  let authority = try CertificateAuthority(commonName: "test authority")
  var serverConfiguration = ServerConfiguration(port: 0)
  var channelConfiguration = ChannelConfiguration()
  // A machine that is busy with other tests must not make a call late.
  channelConfiguration.defaultDeadline = .seconds(600)
  if security == .tls {
    let identity = try authority.issue(names: ["localhost", "127.0.0.1"])
    serverConfiguration.transportSecurity = .tls(
      TLSServerConfiguration(
        certificateChain: identity.certificateChain, privateKey: identity.privateKey))
    channelConfiguration.transportSecurity = .tls(
      TLSClientConfiguration(trustRoots: .pem(authority.certificatePEM)))
  }
  configureServer(&serverConfiguration)
  configureChannel(&channelConfiguration)
  let server = try Server(configuration: serverConfiguration, services: [service])
  let address = try await server.start()
  let channel = try Channel(
    target: .host("127.0.0.1", port: address.port), configuration: channelConfiguration)
  do {
    try await body(channel, server, service)
  } catch {
    await channel.shutdown()
    await server.shutdown()
    throw error
  }
  await channel.shutdown()
  await server.shutdown()
}

/// The error that an expression throws; nil when it throws none.
func rpcError(_ body: () async throws -> Void) async -> RPCError? {
  do {
    try await body()
    return nil
  } catch {
    return error as? RPCError
  }
}

/// Makes calls with short deadlines, until one of them has come to its handler, which waits: on a slow
/// machine a deadline passes before that.
func callUntilWaiting(_ channel: Channel, _ service: EchoService) async {
  var deadline: Duration = .milliseconds(50)
  repeat {
    let error = await rpcError {
      _ = try await channel.unary(
        EchoMethods.wait, EchoMessage(), options: CallOptions(deadline: deadline))
    }
    #expect(error?.status.code == .deadlineExceeded)
    deadline = deadline * 2
  } while !service.waitBegan.isRaised
}
