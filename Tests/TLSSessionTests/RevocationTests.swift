import TLSSession
import Testing

@Suite("Certificates that were taken back") struct RevocationTests {
  /// The authority's list, made by openssl(1), with the serial numbers of these certificates.
  private static func list(
    of authority: CertificateAuthority, revoking chains: [String], validity: [String]
  ) throws -> String {
    let index = try chains.map { chain in
      let certificate = try TemporaryFile(chain)
      let serial = try openssl(["x509", "-in", certificate.path, "-noout", "-serial"], input: "")
        .split(separator: "=")[1].filter(\.isHexDigit)
      return "R\t491231235959Z\t260101000000Z\t\(serial)\tunknown\t/CN=x\n"
    }
    let database = try TemporaryFile(index.joined())
    let configuration = try TemporaryFile(
      """
      [ca]
      default_ca = a
      [a]
      database = \(database.path)
      default_md = sha256

      """)
    let certificate = try TemporaryFile(authority.certificatePEM)
    let key = try TemporaryFile(authority.privateKey)
    return try openssl(
      [
        "ca", "-gencrl", "-config", configuration.path, "-cert", certificate.path,
        "-keyfile", key.path,
      ] + validity, input: "")
  }

  private static let current = ["-crldays", "30"]
  private static let old = [
    "-crl_lastupdate", "20260101000000Z", "-crl_nextupdate", "20260102000000Z",
  ]

  @Test("a certificate that no list has is accepted") func good() throws {
    let world = try World()
    let other = try world.authority.issue(names: ["foo.example"])
    var client = world.client
    client.revocationLists = .pem(
      try Self.list(
        of: world.authority, revoking: [other.certificateChain], validity: Self.current))
    #expect(try Pair(client, world.server).handshake().client == nil)
  }

  @Test("a certificate that is on its authority's list is refused, and the server is told")
  func revoked() throws {
    let world = try World()
    var client = world.client
    let file = try TemporaryFile(
      Self.list(
        of: world.authority, revoking: [world.identity.certificateChain], validity: Self.current))
    client.revocationLists = .file(file.path)
    let outcome = try Pair(client, world.server).handshake()
    #expect(
      outcome.client?.summary == "the server's certificate was revoked by its authority")
    #expect(outcome.server?.summary.contains("revoked") == true)
  }

  @Test("a certificate whose authority has no list, or an old one, is refused") func noList() throws
  {
    let world = try World()
    var client = world.client
    client.revocationLists = .pem(
      try Self.list(
        of: CertificateAuthority(commonName: "Another Authority"), revoking: [],
        validity: Self.current))
    let unknown = try Pair(client, world.server).handshake().client
    #expect(unknown?.summary.hasPrefix("no revocation list says whether") == true)
    client.revocationLists = .pem(
      try Self.list(of: world.authority, revoking: [], validity: Self.old))
    let old = try Pair(client, world.server).handshake().client
    #expect(old?.summary.contains("is out of date") == true)
  }

  @Test("a text without a list, and a file that is not there, are told at once") func noText()
    throws
  {
    var client = try World().client
    client.revocationLists = .pem("nothing")
    let missing = #expect(throws: TLSError.self) { try TLSContext(client: client) }
    #expect(missing?.summary.contains("no list in PEM") == true)
    client.revocationLists = .file("/nowhere/list.pem")
    let absent = #expect(throws: TLSError.self) { try TLSContext(client: client) }
    #expect(absent?.summary.contains("/nowhere/list.pem") == true)
  }
}
