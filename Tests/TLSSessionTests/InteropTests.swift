import TLSSession
import Testing

// One at a time: each waits for a process on a thread that all tests share.
@Suite("openssl(1) on the other side", .serialized)
struct InteropTests {
  /// `openssl s_server` that sends each line back reversed, for one connection.
  private struct Server {
    let process: OpenSSLProcess
    let port: UInt16
    private let files: [TemporaryFile]

    init(_ world: World, _ options: [String]) throws {
      files = try [world.identity.certificateChain, world.identity.privateKey].map(
        TemporaryFile.init)
      process = try OpenSSLProcess(
        [
          "s_server", "-accept", "127.0.0.1:0", "-rev", "-naccept", "1", "-cert", files[0].path,
          "-key", files[1].path,
        ] + options)
      var line = process.line()
      while let text = line, !text.hasPrefix("ACCEPT ") { line = process.line() }
      port = try #require(line?.split(separator: ":").last.flatMap { UInt16($0) })
    }
  }

  @Test("s_server and a session understand each other", arguments: ["-tls1_2", "-tls1_3"])
  func client(version: String) throws {
    let world = try World()
    let server = try Server(world, [version, "-alpn", "h2"])
    let socket = try Loopback.connected(to: server.port)
    let session = try TLSSession(
      context: TLSContext(client: world.client), role: .client(serverName: "foo.example"))
    try socket.handshake(session)
    #expect(session.version == (version == "-tls1_2" ? .tls12 : .tls13))
    try session.write(Array("hello\n".utf8))
    socket.flush(session)
    #expect(try socket.read(6, from: session) == Array("olleh\n".utf8))
    session.shutdown()
    socket.flush(session)
  }

  @Test("a server that does not choose a protocol is refused")
  func withoutProtocol() throws {
    let world = try World()
    let server = try Server(world, [])
    let socket = try Loopback.connected(to: server.port)
    let session = try TLSSession(
      context: TLSContext(client: world.client), role: .client(serverName: "foo.example"))
    let error = #expect(throws: TLSError.self) { try socket.handshake(session) }
    #expect(error?.phase == .negotiation)
    #expect(error?.summary.hasPrefix("the server did not choose an application protocol") == true)
  }

  @Test("a session ticket that a server sends is taken without harm")
  func tickets() throws {
    let world = try World()
    let server = try Server(world, ["-alpn", "h2", "-num_tickets", "4"])
    let socket = try Loopback.connected(to: server.port)
    let session = try TLSSession(
      context: TLSContext(client: world.client), role: .client(serverName: "foo.example"))
    try socket.handshake(session)
    try session.write(Array("ab\n".utf8))
    socket.flush(session)
    #expect(try socket.read(3, from: session) == Array("ba\n".utf8))
  }

  @Test("a session and s_client understand each other", arguments: ["-tls1_2", "-tls1_3"])
  func server(version: String) throws {
    let world = try World()
    let (listener, port) = try Loopback.listening()
    let root = try TemporaryFile(world.authority.certificatePEM)
    let process = try OpenSSLProcess([
      "s_client", "-connect", "127.0.0.1:\(port)", version, "-alpn", "h2", "-quiet", "-CAfile",
      root.path, "-servername", "foo.example", "-verify_hostname", "foo.example",
      "-verify_return_error",
    ])
    let socket = try listener.accepted()
    let session = try TLSSession(context: TLSContext(server: world.server), role: .server)
    try socket.handshake(session)
    #expect(session.version == (version == "-tls1_2" ? .tls12 : .tls13))
    process.send("hello\n")
    #expect(try socket.read(6, from: session) == Array("hello\n".utf8))
    try session.write(Array("good day\n".utf8))
    session.shutdown()
    socket.flush(session)
    #expect(process.line() == "good day")
  }

  @Test("a client that names no protocol is refused", arguments: ["-tls1_2", "-tls1_3"])
  func clientWithoutProtocol(version: String) throws {
    let world = try World()
    let (listener, port) = try Loopback.listening()
    let process = try OpenSSLProcess(["s_client", "-connect", "127.0.0.1:\(port)", version])
    let socket = try listener.accepted()
    let session = try TLSSession(context: TLSContext(server: world.server), role: .server)
    let error = #expect(throws: TLSError.self) { try socket.handshake(session) }
    #expect(error?.phase == .negotiation)
    #expect(error?.summary.hasPrefix("the client offers no application protocol") == true)
    process.finishInput()
  }

  @Test("a server that asks for a certificate names the authorities it accepts")
  func acceptableAuthorities() throws {
    let world = try World()
    var server = world.server
    server.clientCertificates = .optional(.pem(world.authority.certificatePEM))
    let (listener, port) = try Loopback.listening()
    let process = try OpenSSLProcess(["s_client", "-connect", "127.0.0.1:\(port)", "-alpn", "h2"])
    let socket = try listener.accepted()
    let session = try TLSSession(context: TLSContext(server: server), role: .server)
    try socket.handshake(session)
    session.shutdown()
    socket.flush(session)
    process.finishInput()
    var lines: [String] = []
    while let line = process.line() { lines.append(line) }
    let heading = try #require(lines.firstIndex(of: "Acceptable client certificate CA names"))
    #expect(lines[heading...].dropFirst().first == "CN = Test Authority")
  }

  @Test("a client of TLS 1.1 is refused")
  func oldClient() throws {
    let world = try World()
    let (listener, port) = try Loopback.listening()
    let process = try OpenSSLProcess([
      "s_client", "-connect", "127.0.0.1:\(port)", "-tls1_1", "-cipher", "ALL:@SECLEVEL=0",
      "-alpn", "h2",
    ])
    let socket = try listener.accepted()
    let session = try TLSSession(context: TLSContext(server: world.server), role: .server)
    let error = #expect(throws: TLSError.self) { try socket.handshake(session) }
    #expect(error?.phase == .handshake)
    #expect(error?.summary == "the peer speaks a TLS version below 1.2; it has to be upgraded")
    process.finishInput()
  }
}
