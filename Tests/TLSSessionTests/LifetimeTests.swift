import Glibc
import TLSSession
import Testing

@Suite("Lifetime and threads")
struct LifetimeTests {
  @Test("nothing keeps a session or a context alive")
  func released() throws {
    weak var client: TLSSession?
    weak var context: TLSContext?
    do {
      let world = try World()
      let made = try TLSContext(client: world.client)
      let session = try TLSSession(context: made, role: .client(serverName: "foo.example"))
      _ = try session.handshake()
      (client, context) = (session, made)
      #expect(client != nil && context != nil)
    }
    #expect(client == nil)
    #expect(context == nil)
  }

  @Test("a session outlives the last other reference to its context")
  func contextRetained() throws {
    let world = try World()
    let pair = try Pair(world.client, world.server)
    #expect(pair.handshake().client == nil)
    #expect(pair.server.negotiatedProtocol == "h2")
  }

  @Test(
    "200 connections, good and bad, leave no memory behind",
    .disabled(if: isAddressSanitized, "which keeps freed memory, and looks for leaks itself"))
  func noLeak() async {
    // A process of its own, so that no other test allocates meanwhile.
    await #expect(processExitsWith: .success) {
      let world = try World()
      let stranger = try World()
      func connect() throws {
        let pair = try Pair(world.client, world.server)
        _ = pair.handshake()
        try pair.client.write([UInt8](repeating: 1, count: 20_000))
        pair.transfer(from: pair.client, to: pair.server)
        _ = try pair.server.readAll()
        _ = try Pair(stranger.client, world.server).handshake()
        _ = try? TLSContext(client: TLSClientConfiguration(trustRoots: .pem("garbage")))
      }
      for _ in 0..<20 { try connect() }
      let before = try residentBytes()
      for _ in 0..<200 { try connect() }
      let after = try residentBytes()
      // One leaked SSL or SSL_CTX in each round would be several kilobytes times 200.
      try #require(after - before < 1 << 20)
    }
  }

  @Test("handshakes of one context run on many threads at once")
  func concurrent() async throws {
    let world = try World()
    let client = try TLSContext(client: world.client(vouchedBy: world.authority))
    var configuration = world.server
    configuration.clientCertificates = .required(.pem(world.authority.certificatePEM))
    let server = try TLSContext(server: configuration)
    let agreed = try await withThrowingTaskGroup(of: String?.self) { group in
      for index in 0..<16 {
        group.addTask {
          let name = index.isMultiple(of: 4) ? "bar.example" : "foo.example"
          let pair = try Pair(
            TLSSession(context: client, role: .client(serverName: name)),
            TLSSession(context: server, role: .server))
          return pair.handshake().client?.phase.rawValue ?? pair.client.negotiatedProtocol
        }
      }
      return try await group.reduce(into: [:]) { $0[$1, default: 0] += 1 }
    }
    #expect(agreed == ["verification": 4, "h2": 12])
  }
}

private var isAddressSanitized: Bool {
  unsafe dlsym(nil, "__asan_init") != nil
}

/// How much memory this process occupies: the second number of statm in proc(5), in pages.
private func residentBytes() throws -> Int {
  let file = unsafe open("/proc/self/statm", O_RDONLY | O_CLOEXEC)
  defer { close(file) }
  var bytes = [UInt8](repeating: 0, count: 200)
  let count = unsafe read(file, &bytes, bytes.count)
  let fields = String(decoding: bytes.prefix(max(0, count)), as: UTF8.self).split(separator: " ")
  try #require(fields.count > 1)
  return try #require(Int(fields[1])) * sysconf(Int32(_SC_PAGESIZE))
}
