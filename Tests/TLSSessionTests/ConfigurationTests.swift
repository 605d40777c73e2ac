import Glibc
import TLSSession
import Testing

@Suite("Configuration")
struct ConfigurationTests {
  private let world: World

  init() throws {
    world = try World()
  }

  /// The summary of the error that `client` causes, which must be of phase `.configuration`.
  private func failure(_ client: TLSClientConfiguration) -> String? {
    let error = #expect(throws: TLSError.self) { try TLSContext(client: client) }
    #expect(error?.phase == .configuration)
    return error?.summary
  }

  private func failure(_ server: TLSServerConfiguration) -> String? {
    let error = #expect(throws: TLSError.self) { try TLSContext(server: server) }
    #expect(error?.phase == .configuration)
    return error?.summary
  }

  @Test(
    "text without a certificate is not a trust root", arguments: ["", "garbage", "-----BEGIN "])
  func noRoots(pem: String) {
    let summary = failure(TLSClientConfiguration(trustRoots: .pem(pem)))
    #expect(summary?.hasPrefix("no certificate in PEM") == true)
  }

  @Test("a damaged certificate after a good one is told, with its number")
  func damagedRoot() throws {
    let damaged = world.authority.certificatePEM.replacing("MII", with: "AAA")
    let pem = world.authority.certificatePEM + damaged
    let summary = failure(TLSClientConfiguration(trustRoots: .pem(pem)))
    #expect(summary == "certificate 2 in the trust roots is damaged")
  }

  @Test("a trust roots file that is not there is named")
  func missingFile() {
    let summary = failure(TLSClientConfiguration(trustRoots: .file("/nonexistent/roots.pem")))
    #expect(summary == "cannot read the file \"/nonexistent/roots.pem\"")
  }

  @Test("a directory is not a trust roots file")
  func directory() {
    #expect(failure(TLSClientConfiguration(trustRoots: .file("/"))) != nil)
  }

  @Test("the machine's roots load, or their absence is told")
  func systemRoots() throws {
    do throws(TLSError) {
      let context = try TLSContext(client: TLSClientConfiguration())
      let session = try TLSSession(context: context, role: .client(serverName: "foo.example"))
      #expect(try session.handshake() == .inProgress)
    } catch {
      #expect(error.phase == .configuration)
      #expect(error.summary.contains("ca-certificates"))
    }
  }

  @Test("a server that the machine's authorities do not know is refused")
  func systemRootsRefuse() throws {
    guard let pair = try? Pair(TLSClientConfiguration(), world.server) else { return }
    #expect(pair.handshake().client?.phase == .verification)
  }

  @Test("SSL_CERT_FILE and SSL_CERT_DIR take the place of the machine's roots")
  func environment() async {
    // A process of its own, since the environment is everybody's.
    await #expect(processExitsWith: .success) {
      let world = try World()
      let file = try TemporaryFile(world.authority.certificatePEM)
      unsafe setenv("SSL_CERT_DIR", "/nonexistent", 1)
      unsafe setenv("SSL_CERT_FILE", file.path, 1)
      let pair = try Pair(TLSClientConfiguration(), world.server)
      try #require(pair.handshake().client == nil)
      unsafe setenv("SSL_CERT_FILE", "/nonexistent", 1)
      let error = #expect(throws: TLSError.self) {
        try TLSContext(client: TLSClientConfiguration())
      }
      try #require(error?.summary.contains("has no trusted certificate authorities") == true)
    }
  }

  @Test("a private key of another certificate is refused")
  func mismatchedKey() throws {
    var server = world.server
    server.privateKey = try World().identity.privateKey
    #expect(
      failure(server)
        == "the server's private key does not belong to the first certificate of its chain")
  }

  @Test(
    "what is not a private key is refused",
    arguments: ["", "garbage", "-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----\n"])
  func garbageKey(pem: String) {
    var server = world.server
    server.privateKey = pem
    #expect(failure(server)?.contains("is not a private key in PEM") == true)
  }

  @Test("an encrypted private key is refused without a prompt")
  func encryptedKey() {
    var server = world.server
    server.privateKey = Samples.encryptedKey
    #expect(failure(server)?.contains("private key is encrypted; give it decrypted") == true)
    server.privateKey = Samples.legacyEncryptedKey
    #expect(failure(server)?.contains("private key is encrypted; give it decrypted") == true)
  }

  @Test("a client certificate and its key come together")
  func half() {
    var client = world.client
    client.certificateChain = world.identity.certificateChain
    #expect(failure(client)?.contains("must be given together") == true)
    client = world.client
    client.privateKey = world.identity.privateKey
    #expect(failure(client)?.contains("must be given together") == true)
  }

  @Test("versions the wrong way round are refused")
  func versions() {
    var client = world.client
    (client.minimumVersion, client.maximumVersion) = (.tls13, .tls12)
    #expect(failure(client) == "the minimum version (TLS 1.3) is above the maximum (TLS 1.2)")
  }

  @Test(
    "application protocols have 1 to 255 bytes and there is at least one",
    arguments: [[], [""], ["h2", String(repeating: "x", count: 256)]])
  func protocols(names: [String]) {
    var client = world.client
    client.applicationProtocols = names
    #expect(failure(client)?.contains("1 to 255 bytes") == true)
  }

  @Test(
    "a server name that is neither a DNS name nor an address is refused",
    arguments: [
      "", ".", ".foo.example", "foo..example", "*.foo.example", "foo.example:443", "[::1]",
      "https://foo.example", "foo example", "foo\0.example", "bücher.example",
      String(repeating: "a", count: 64) + ".example",
      String(repeating: "abc.", count: 64) + "example",
    ])
  func serverNames(name: String) throws {
    let context = try TLSContext(client: world.client)
    let error = #expect(throws: TLSError.self) {
      try TLSSession(context: context, role: .client(serverName: name))
    }
    #expect(error?.phase == .configuration)
    #expect(error?.summary.contains("neither a DNS name nor an IP address") == true)
  }

  @Test("no description and no reflection shows a private key")
  func redaction() throws {
    let key = world.identity.privateKey
    let line = try #require(key.split(separator: "\n").dropFirst().first)
    let client = try world.client(vouchedBy: world.authority)
    let clientLine = try #require(client.privateKey?.split(separator: "\n").dropFirst().first)
    let context = try TLSContext(server: world.server)
    let values: [Any] = [world.server, client, world.identity, world.authority, context, world]
    for value in values {
      var dumped = ""
      dump(value, to: &dumped)
      for text in ["\(value)", String(reflecting: value), dumped, "\([value])"] {
        #expect(!text.contains(line))
        #expect(!text.contains(clientLine))
        #expect(!text.contains("PRIVATE KEY"))
      }
    }
    #expect("\(client)".contains("privateKey: Optional(\"<redacted>\")"))
  }
}
