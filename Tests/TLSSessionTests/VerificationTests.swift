import TLSSession
import Testing

@Suite("Verification of the server")
struct VerificationTests {
  @Test(
    "a name that the certificate has is accepted",
    arguments: [
      (["foo.example"], "foo.example"), (["foo.example"], "FOO.example"),
      (["foo.example"], "foo.example."), (["*.foo.example"], "a.foo.example"),
      (["a.example", "127.0.0.1"], "127.0.0.1"), (["::1"], "::1"), (["::1"], "0:0::1"),
      (["fe80::1"], "fe80::1%eth0"),
    ])
  func accepted(names: [String], host: String) throws {
    let world = try World(names: names)
    let pair = try Pair(world.client, world.server, name: host)
    let outcome = pair.handshake()
    #expect(outcome.client == nil)
    #expect(outcome.server == nil)
  }

  @Test(
    "a name that the certificate has not is refused, and both names are told",
    arguments: [
      (["foo.example"], "bar.example"), (["foo.example"], "a.foo.example"),
      (["*.foo.example"], "foo.example"), (["*.foo.example"], "a.b.foo.example"),
      (["127.0.0.1"], "127.0.0.2"), (["foo.example"], "127.0.0.1"), (["::1"], "::2"),
    ])
  func refused(names: [String], host: String) throws {
    let world = try World(names: names)
    let outcome = try Pair(world.client, world.server, name: host).handshake()
    let error = try #require(outcome.client)
    #expect(error.phase == .verification)
    #expect(
      error.summary.hasPrefix(
        "the server's certificate is for another name: expected \(host), it has \(names[0])"))
    #expect(error.verificationCode == (host.first == "1" || host.first == ":" ? 64 : 62))
    #expect(error.verificationText?.contains("mismatch") == true)
    #expect(outcome.server?.phase == .verification)
    #expect(outcome.server?.summary.contains("refused this server's certificate") == true)
  }

  @Test("the common name does not stand in for a missing subject alternative name")
  func commonName() throws {
    let text = try openssl(
      [
        "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes",
        "-keyout", "-", "-days", "2", "-subj", "/CN=foo.example",
      ], input: "")
    let server = TLSServerConfiguration(certificateChain: text, privateKey: text)
    let client = TLSClientConfiguration(trustRoots: .pem(text))
    let error = try #require(Pair(client, server).handshake().client)
    #expect(error.summary.contains("expected foo.example, it has no names"))
  }

  @Test("the override takes the place of the host connected to")
  func override() throws {
    let world = try World()
    var client = world.client
    client.serverNameOverride = "foo.example"
    #expect(try Pair(client, world.server, name: "127.0.0.1").handshake().client == nil)
  }

  @Test("an expired certificate is refused, with the time")
  func expired() throws {
    // 2026-01-02T03:04:05Z.
    let world = try World(validity: .init(notBefore: 1_767_236_645, notAfter: 1_767_323_045))
    let error = try #require(Pair(world.client, world.server).handshake().client)
    #expect(error.phase == .verification)
    #expect(
      error.summary.hasPrefix("the server's certificate has expired (on 2026-01-02T03:04:05Z)"))
    #expect(error.verificationCode == 10)
  }

  @Test("a certificate of the future is refused, with the time")
  func notYetValid() throws {
    // 2050-01-01T00:00:00Z is the first second that X.509 writes as GeneralizedTime.
    let world = try World(validity: .init(notBefore: 2_524_608_000, notAfter: 2_524_608_001))
    let error = try #require(Pair(world.client, world.server).handshake().client)
    #expect(error.summary.contains("is not valid before 2050-01-01T00:00:00Z"))
    #expect(error.verificationCode == 9)
  }

  @Test("an expired authority is refused and named")
  func expiredAuthority() throws {
    let authority = try CertificateAuthority(
      commonName: "Old Authority", validity: .init(notBefore: 0, notAfter: 1))
    let identity = try authority.issue(names: ["foo.example"])
    let server = TLSServerConfiguration(
      certificateChain: identity.certificateChain, privateKey: identity.privateKey)
    let client = TLSClientConfiguration(trustRoots: .pem(authority.certificatePEM))
    let error = try #require(Pair(client, server).handshake().client)
    #expect(error.summary.contains("authority CN=Old Authority behind the server's has expired"))
  }

  @Test("an authority that is not trusted is refused, even under the same name")
  func unknownAuthority() throws {
    let (world, other) = (try World(), try World())
    let error = try #require(Pair(other.client, world.server).handshake().client)
    #expect(error.phase == .verification)
    #expect(error.summary.contains("not signed by a trusted authority"))
    #expect(error.verificationCode != nil)
  }

  @Test("a self-signed certificate is refused unless it is a trust root")
  func selfSigned() throws {
    let (own, other) = (try World(), try World())
    var server = own.server
    server.certificateChain += own.authority.certificatePEM
    let error = try #require(Pair(other.client, server).handshake().client)
    #expect(
      error.summary.contains(
        "not signed by a trusted authority (self-signed certificate in certificate chain)"))
    #expect(try Pair(own.client, server).handshake().client == nil)
  }

  @Test("a leaf that is not a root does not become one by being listed (no partial chains)")
  func partialChain() throws {
    let world = try World()
    let client = TLSClientConfiguration(trustRoots: .pem(world.identity.certificateChain))
    #expect(try Pair(client, world.server).handshake().client?.phase == .verification)
  }

  @Test("a client's certificate does not serve as a server's")
  func purpose() throws {
    let world = try World()
    let identity = try world.authority.issue(names: ["foo.example"], forClient: true)
    let server = TLSServerConfiguration(
      certificateChain: identity.certificateChain, privateKey: identity.privateKey)
    let error = try #require(Pair(world.client, server).handshake().client)
    #expect(error.summary.contains("not meant for a server"))
  }
}
