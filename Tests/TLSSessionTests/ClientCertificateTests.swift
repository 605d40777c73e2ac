import TLSSession
import Testing

@Suite("Client certificates")
struct ClientCertificateTests {
  private let world: World
  private let stranger: CertificateAuthority

  init() throws {
    world = try World()
    stranger = try CertificateAuthority(commonName: "Stranger")
  }

  private func server(_ policy: ClientCertificates, newest: TLSVersion) -> TLSServerConfiguration {
    var configuration = world.server
    configuration.clientCertificates = policy
    configuration.maximumVersion = newest
    return configuration
  }

  private var roots: TrustRoots { .pem(world.authority.certificatePEM) }

  @Test("a server that does not ask learns nothing", arguments: TLSVersion.allCases)
  func none(version: TLSVersion) throws {
    let client = try world.client(vouchedBy: world.authority)
    let pair = try Pair(client, server(.none, newest: version))
    let outcome = pair.handshake()
    #expect(outcome.client == nil && outcome.server == nil)
    #expect(pair.server.peerCertificateSubject == nil)
  }

  @Test("a client that a known authority vouches for is let in", arguments: TLSVersion.allCases)
  func known(version: TLSVersion) throws {
    for policy in [ClientCertificates.optional(roots), .required(roots)] {
      let client = try world.client(vouchedBy: world.authority)
      let pair = try Pair(client, server(policy, newest: version))
      let outcome = pair.handshake()
      #expect(outcome.client == nil && outcome.server == nil)
      #expect(pair.server.peerCertificateSubject == "CN=client.example")
    }
  }

  @Test("a client without a certificate is let in when it is optional")
  func optional() throws {
    let pair = try Pair(world.client, server(.optional(roots), newest: .tls13))
    let outcome = pair.handshake()
    #expect(outcome.client == nil && outcome.server == nil)
    #expect(pair.server.peerCertificateSubject == nil)
  }

  @Test("a client without a certificate is refused when it is required")
  func required() throws {
    let outcome = try Pair(world.client, server(.required(roots), newest: .tls13)).handshake()
    #expect(outcome.server?.phase == .verification)
    #expect(
      outcome.server?.summary == "the client sent no certificate, and this server requires one")
    #expect(outcome.client?.phase == .verification)
    #expect(
      outcome.client?.summary == "the server requires a client certificate, and none was given")
  }

  @Test("TLS 1.2 has no alert of its own for a missing certificate")
  func required12() throws {
    let outcome = try Pair(world.client, server(.required(roots), newest: .tls12)).handshake()
    #expect(outcome.server?.phase == .verification)
    #expect(outcome.client?.summary.contains("wants a certificate") == true)
  }

  @Test(
    "a client that an unknown authority vouches for is refused", arguments: TLSVersion.allCases)
  func unknown(version: TLSVersion) throws {
    for policy in [ClientCertificates.optional(roots), .required(roots)] {
      let client = try world.client(vouchedBy: stranger)
      let outcome = try Pair(client, server(policy, newest: version)).handshake()
      #expect(outcome.server?.phase == .verification)
      #expect(
        outcome.server?.summary.hasPrefix(
          "the client's certificate is not signed by a trusted authority") == true)
      #expect(outcome.client?.phase == .verification)
      #expect(
        outcome.client?.summary
          == "the server refused this client's certificate: unknown CA")
    }
  }

  @Test("a server's certificate does not serve as a client's")
  func purpose() throws {
    var client = world.client
    client.certificateChain = world.identity.certificateChain
    client.privateKey = world.identity.privateKey
    let outcome = try Pair(client, server(.required(roots), newest: .tls13)).handshake()
    #expect(outcome.server?.summary.contains("not meant for a client") == true)
  }
}
