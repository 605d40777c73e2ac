import TLSSession
import Testing

@Suite("Handshake")
struct HandshakeTests {
  @Test("both sides agree on version, protocol and cipher", arguments: TLSVersion.allCases)
  func success(version: TLSVersion) throws {
    let world = try World()
    var client = world.client
    client.maximumVersion = version
    let pair = try Pair(client, world.server)
    let outcome = pair.handshake()
    #expect(outcome.client == nil)
    #expect(outcome.server == nil)
    for session in [pair.client, pair.server] {
      #expect(session.version == version)
      #expect(session.negotiatedProtocol == "h2")
      #expect(session.cipherName == pair.client.cipherName)
    }
    #expect(pair.client.peerCertificateSubject == "CN=foo.example")
    #expect(pair.server.peerCertificateSubject == nil)
  }

  @Test("TLS 1.2 uses only suites with ephemeral keys and AEAD")
  func suites12() throws {
    let world = try World()
    var client = world.client
    client.maximumVersion = .tls12
    let pair = try Pair(client, world.server)
    _ = pair.handshake()
    let name = try #require(pair.client.cipherName)
    #expect(name.hasPrefix("TLS_ECDHE_"))
    #expect(name.contains("GCM") || name.contains("CHACHA20"))
  }

  @Test("a handshake works one byte at a time", arguments: TLSVersion.allCases)
  func byteByByte(version: TLSVersion) throws {
    let world = try World()
    var client = world.client
    client.maximumVersion = version
    let pair = try Pair(client, world.server)
    pair.step = 1
    let outcome = pair.handshake()
    #expect(outcome.client == nil)
    #expect(outcome.server == nil)
    #expect(pair.server.version == version)
  }

  @Test("a server of TLS 1.3 sends nothing, no session ticket, after the client's last word")
  func noTickets() throws {
    let world = try World()
    let pair = try Pair(world.client, world.server)
    #expect(try pair.client.handshake() == .inProgress)
    pair.transfer(from: pair.client, to: pair.server)
    #expect(try pair.server.handshake() == .inProgress)
    pair.transfer(from: pair.server, to: pair.client)
    #expect(try pair.client.handshake() == .complete)
    pair.transfer(from: pair.client, to: pair.server)
    #expect(try pair.server.handshake() == .complete)
    #expect(pair.server.pendingCiphertextCount == 0)
  }

  @Test("a peer below the minimum version is told apart, on both sides")
  func versionFloor() throws {
    let world = try World()
    var client = world.client
    client.maximumVersion = .tls12
    var server = world.server
    server.minimumVersion = .tls13
    let outcome = try Pair(client, server).handshake()
    let onServer = try #require(outcome.server)
    #expect(onServer.phase == .handshake)
    #expect(onServer.summary.contains("below 1.3"))
    let onClient = try #require(outcome.client)
    #expect(onClient.phase == .handshake)
    #expect(onClient.summary.contains("refuses the TLS versions"))
  }

  @Test("a client refuses a server that stays below its minimum version")
  func clientVersionFloor() throws {
    let world = try World()
    var client = world.client
    client.minimumVersion = .tls13
    var server = world.server
    server.maximumVersion = .tls12
    let outcome = try Pair(client, server).handshake()
    #expect(outcome.server?.phase == .handshake)
    #expect(outcome.client?.phase == .handshake)
  }

  @Test(
    "no application protocol in common fails on both sides as a negotiation",
    arguments: TLSVersion.allCases)
  func protocolMismatch(version: TLSVersion) throws {
    let world = try World()
    var client = world.client
    client.maximumVersion = version
    client.applicationProtocols = ["http/1.1"]
    let outcome = try Pair(client, world.server).handshake()
    #expect(outcome.server?.phase == .negotiation)
    #expect(outcome.server?.summary.contains("offers none of the application protocols") == true)
    #expect(outcome.client?.phase == .negotiation)
    #expect(outcome.client?.summary.contains("speaks none") == true)
  }

  @Test("a client that names no protocol is refused at its first word, with the alert for that")
  func withoutProtocol() throws {
    let world = try World()
    let pair = try Pair(world.client, world.server)
    _ = try pair.client.handshake()
    // Extension 16 of RFC 7301, with the one name h2, becomes one that nobody knows.
    let offer: [UInt8] = [0, 16, 0, 5, 0, 3, 2, 0x68, 0x32]
    var hello = pair.client.drain()
    let start = try #require(
      hello.indices.first { hello[$0...].starts(with: offer) }, "no ALPN in the ClientHello")
    hello[start] = 0x5A
    pair.server.receive(hello)
    let error = #expect(throws: TLSError.self) { try pair.server.handshake() }
    #expect(error?.phase == .negotiation)
    #expect(error?.summary.hasPrefix("the client offers no application protocol") == true)
    // A fatal alert 120, no_application_protocol, in a record that is not encrypted.
    #expect(pair.server.drain() == [21, 3, 3, 0, 2, 2, 120])
  }

  @Test("the server's order of protocols decides")
  func protocolOrder() throws {
    let world = try World()
    var client = world.client
    client.applicationProtocols = ["http/1.1", "grpc-exp", "h2"]
    var server = world.server
    server.applicationProtocols = ["h2", "grpc-exp"]
    let pair = try Pair(client, server)
    _ = pair.handshake()
    #expect(pair.client.negotiatedProtocol == "h2")
  }

  @Test("end of file during the handshake is told as such, on both sides")
  func endOfFile() throws {
    let world = try World()
    let pair = try Pair(world.client, world.server)
    for session in [pair.client, pair.server] {
      session.receivedEndOfFile()
      let error = #expect(throws: TLSError.self) { try session.handshake() }
      #expect(error?.phase == .handshake)
      #expect(error?.summary == "peer closed the connection during the handshake")
    }
  }

  @Test(
    "bytes that are not TLS fail the handshake, and the same error comes again",
    arguments: [
      Array("GET / HTTP/1.1\r\n\r\n".utf8), Array("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n".utf8),
      [UInt8](repeating: 0, count: 64), [0, 0, 18, 4, 0, 0, 0, 0, 0, 0, 3, 0, 0, 0, 100],
    ])
  func garbage(bytes: [UInt8]) throws {
    let world = try World()
    let pair = try Pair(world.client, world.server)
    for session in [pair.client, pair.server] {
      _ = try session.handshake()
      session.receive(bytes)
      let first = #expect(throws: TLSError.self) { try session.handshake() }
      #expect(first?.phase == .handshake)
      #expect(first?.openSSLErrors.isEmpty == false)
      let second = #expect(throws: TLSError.self) { try session.handshake() }
      #expect(first == second)
    }
  }

  @Test("plaintext HTTP on the port is named")
  func plaintextPort() throws {
    let world = try World()
    let pair = try Pair(world.client, world.server)
    _ = try pair.client.handshake()
    pair.client.receive([0, 0, 18, 4, 0, 0, 0, 0, 0, 0, 3, 0, 0, 0, 100])
    let error = #expect(throws: TLSError.self) { try pair.client.handshake() }
    #expect(error?.summary == "the server does not speak TLS here; is it a plaintext port?")
  }

  @Test("a context serves its own side only")
  func wrongSide() throws {
    let context = try TLSContext(server: World().server)
    let error = #expect(throws: TLSError.self) {
      try TLSSession(context: context, role: .client(serverName: "foo.example"))
    }
    #expect(error?.phase == .configuration)
  }
}
