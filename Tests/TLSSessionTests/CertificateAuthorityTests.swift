import TLSSession
import Testing

@Suite("Certificate authority")
struct CertificateAuthorityTests {
  @Test("openssl(1) reads the extensions that RFC 5280 asks for")
  func extensions() throws {
    let authority = try CertificateAuthority(commonName: "Test Authority")
    let identity = try authority.issue(names: ["foo.example", "*.bar.example", "127.0.0.1", "::1"])
    let leaf = try openssl(["x509", "-noout", "-text"], input: identity.certificateChain)
    for text in [
      "Version: 3", "Issuer: CN = Test Authority", "Subject: CN = foo.example", "NIST CURVE: P-256",
      "Basic Constraints: critical\nCA:FALSE", "Key Usage: critical\nDigital Signature",
      "Extended Key Usage:\nTLS Web Server Authentication\n",
      "DNS:foo.example, DNS:*.bar.example, IP Address:127.0.0.1, IP Address:0:0:0:0:0:0:0:1",
      "Subject Key Identifier", "Authority Key Identifier",
    ] {
      #expect(leaf.contains(text), "\(text)")
    }
    let root = try openssl(["x509", "-noout", "-text"], input: authority.certificatePEM)
    for text in [
      "Basic Constraints: critical\nCA:TRUE, pathlen:0",
      "Key Usage: critical\nCertificate Sign, CRL Sign", "Issuer: CN = Test Authority",
    ] {
      #expect(root.contains(text), "\(text)")
    }
    let client = try authority.issue(names: ["client.example"], forClient: true)
    let purpose = try openssl(["x509", "-noout", "-text"], input: client.certificateChain)
    #expect(purpose.contains("TLS Web Client Authentication\n"))
    #expect(!purpose.contains("TLS Web Server Authentication"))
  }

  @Test("validity is written as given")
  func validity() throws {
    let authority = try CertificateAuthority(commonName: "Test Authority")
    let validity = CertificateValidity(notBefore: 1_767_236_645, notAfter: 1_767_323_045)
    let identity = try authority.issue(names: ["foo.example"], validity: validity)
    let dates = try openssl(
      ["x509", "-noout", "-startdate", "-enddate"], input: identity.certificateChain)
    #expect(
      dates == "notBefore=Jan 1 03:04:05 2026 GMT\nnotAfter=Jan 2 03:04:05 2026 GMT\n")
  }

  @Test("serial numbers and keys do not repeat")
  func unique() throws {
    let authority = try CertificateAuthority(commonName: "Test Authority")
    let identities = try (0..<5).map { _ in try authority.issue(names: ["foo.example"]) }
    #expect(Set(identities.map(\.privateKey)).count == 5)
    let serials = try identities.map {
      try openssl(["x509", "-noout", "-serial"], input: $0.certificateChain)
    }
    #expect(Set(serials).count == 5)
    #expect(serials.allSatisfy { $0.hasPrefix("serial=") && $0.utf8.count > 30 })
  }

  @Test("a key is PKCS #8 that openssl(1) reads")
  func key() throws {
    let identity = try World().identity
    #expect(identity.privateKey.hasPrefix("-----BEGIN PRIVATE KEY-----\n"))
    let text = try openssl(["pkey", "-noout", "-check"], input: identity.privateKey)
    #expect(text == "Key is valid\n")
  }

  @Test(
    "what is no name cannot be certified, nor smuggle in another",
    arguments: [
      [], [""], ["foo.example,DNS:evil.example"], ["foo.*.example"], ["*"], ["*.*.example"],
      ["foo.example\nIP:127.0.0.1"], ["foo.example", "email:a@example"],
    ])
  func badNames(names: [String]) throws {
    let authority = try CertificateAuthority(commonName: "Test Authority")
    let error = #expect(throws: TLSError.self) { try authority.issue(names: names) }
    #expect(error?.phase == .configuration)
  }

  @Test("a common name has 1 to 64 characters", arguments: ["", String(repeating: "x", count: 65)])
  func commonNames(name: String) {
    #expect(throws: TLSError.self) { try CertificateAuthority(commonName: name) }
  }

  @Test("a long DNS name still makes a certificate")
  func longName() throws {
    let name = String(repeating: "abcdefg.", count: 20) + "example"
    let world = try World(names: [name])
    #expect(try Pair(world.client, world.server, name: name).handshake().client == nil)
  }

  @Test("a validity that ends before it begins is refused")
  func reversed() throws {
    let authority = try CertificateAuthority(commonName: "Test Authority")
    #expect(throws: TLSError.self) {
      try authority.issue(names: ["foo.example"], validity: .init(notBefore: 2, notAfter: 1))
    }
  }

  @Test("openssl verify accepts a chain under its strict rules")
  func strict() throws {
    let world = try World()
    let file = try TemporaryFile(world.authority.certificatePEM)
    let answer = try openssl(
      [
        "verify", "-x509_strict", "-purpose", "sslserver", "-verify_hostname", "foo.example",
        "-CAfile", file.path,
      ], input: world.identity.certificateChain)
    #expect(answer == "stdin: OK\n")
  }
}
