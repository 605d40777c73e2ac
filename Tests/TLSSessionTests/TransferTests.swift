import TLSSession
import Testing

@Suite("Transfer")
struct TransferTests {
  private func established(
    _ version: TLSVersion = .tls13, step: Int = 65_536
  ) throws -> Pair {
    let world = try World()
    var client = world.client
    client.maximumVersion = version
    let pair = try Pair(client, world.server)
    let outcome = pair.handshake()
    try #require(outcome.client == nil && outcome.server == nil)
    pair.step = step
    return pair
  }

  /// `count` bytes that do not repeat soon.
  private func pattern(_ count: Int) -> [UInt8] {
    (0..<count).map { UInt8(truncatingIfNeeded: $0 &* 31 ^ $0 >> 8) }
  }

  @Test(
    "what is written is read, whatever the sizes",
    arguments: TLSVersion.allCases, [0, 1, 16_384, 16_385, 1_000_000])
  func transfer(version: TLSVersion, count: Int) throws {
    let pair = try established(version)
    let sent = pattern(count)
    try pair.client.write(sent)
    pair.transfer(from: pair.client, to: pair.server)
    let received = try pair.server.readAll()
    #expect(received.bytes == sent)
    #expect(received.end == .wouldBlock)
    try pair.server.write(sent)
    pair.transfer(from: pair.server, to: pair.client)
    #expect(try pair.client.readAll().bytes == sent)
  }

  @Test("a transfer works one byte at a time", arguments: TLSVersion.allCases)
  func byteByByte(version: TLSVersion) throws {
    let pair = try established(version)
    let sent = pattern(40_000)
    try pair.client.write(sent)
    var received: [UInt8] = []
    while pair.client.pendingCiphertextCount > 0 {
      pair.server.receive(pair.client.drain(upTo: 1))
      received += try pair.server.readAll().bytes
    }
    #expect(received == sent)
  }

  @Test("records are full: a megabyte costs less than 0.3 percent")
  func overhead() throws {
    let pair = try established()
    try pair.client.write(pattern(1 << 20))
    #expect(pair.client.pendingCiphertextCount < (1 << 20) * 1003 / 1000)
  }

  @Test("a drain into nothing takes nothing")
  func emptyDrain() throws {
    let pair = try established()
    try pair.client.write([1, 2, 3])
    let pending = pair.client.pendingCiphertextCount
    #expect(unsafe pair.client.drainCiphertext(into: .init(start: nil, count: 0)) == 0)
    #expect(pair.client.pendingCiphertextCount == pending)
    #expect(pair.client.drain().count == pending)
    #expect(pair.client.drain().isEmpty)
  }

  @Test("close_notify closes one direction; the other still carries data")
  func closeNotify() throws {
    let pair = try established()
    try pair.client.write([1])
    pair.client.shutdown()
    pair.transfer(from: pair.client, to: pair.server)
    pair.server.receivedEndOfFile()
    let received = try pair.server.readAll()
    #expect(received.bytes == [1])
    #expect(received.end == .closed)
    #expect(try pair.server.readAll().end == .closed)
    try pair.server.write([2, 3])
    pair.transfer(from: pair.server, to: pair.client)
    #expect(try pair.client.readAll().bytes == [2, 3])
  }

  @Test("end of file without close_notify is a truncation", arguments: TLSVersion.allCases)
  func truncation(version: TLSVersion) throws {
    let pair = try established(version)
    try pair.client.write([1])
    pair.transfer(from: pair.client, to: pair.server)
    pair.server.receivedEndOfFile()
    let error = #expect(throws: TLSError.self) { try pair.server.readAll() }
    #expect(error?.phase == .transfer)
    #expect(error?.summary == "connection closed without close_notify")
    #expect(error?.isTruncation == true)
  }

  @Test("what came before a truncation is still delivered, half a record is not")
  func halfRecord() throws {
    let pair = try established()
    try pair.client.write([1, 2, 3])
    pair.transfer(from: pair.client, to: pair.server)
    try pair.client.write(pattern(100))
    pair.server.receive(Array(pair.client.drain().dropLast()))
    pair.server.receivedEndOfFile()
    var chunk = [UInt8](repeating: 0, count: 10)
    let first = try unsafe chunk.withUnsafeMutableBytes { try unsafe pair.server.read(into: $0) }
    #expect(first == .bytes(3))
    let error = #expect(throws: TLSError.self) { try pair.server.readAll() }
    #expect(error?.isTruncation == true)
  }

  @Test("a flipped bit is found, and ends the session on both sides", arguments: [5, 20, 40])
  func tampering(offset: Int) throws {
    let pair = try established()
    try pair.client.write(pattern(30))
    var bytes = pair.client.drain()
    bytes[offset] ^= 1
    pair.server.receive(bytes)
    let error = #expect(throws: TLSError.self) { try pair.server.readAll() }
    #expect(error?.phase == .transfer)
    #expect(error?.isTruncation == false)
    let again = #expect(throws: TLSError.self) { try pair.server.write([1]) }
    #expect(again == error)
    pair.transfer(from: pair.server, to: pair.client)
    #expect(throws: TLSError.self) { try pair.client.readAll() }
  }

  @Test("garbage after the handshake ends the session")
  func garbage() throws {
    let pair = try established()
    pair.client.receive(Array("HTTP/1.1 400 Bad Request\r\n\r\n".utf8))
    let error = #expect(throws: TLSError.self) { try pair.client.readAll() }
    #expect(error?.phase == .transfer)
  }

  @Test("an empty buffer reads nothing and loses nothing")
  func emptyBuffer() throws {
    let pair = try established()
    try pair.client.write([1])
    pair.transfer(from: pair.client, to: pair.server)
    #expect(try unsafe pair.server.read(into: .init(start: nil, count: 0)) == .wouldBlock)
    #expect(try pair.server.readAll().bytes == [1])
  }

  @Test("reading and writing wait for the handshake")
  func early() throws {
    let world = try World()
    let pair = try Pair(world.client, world.server)
    let error = #expect(throws: TLSError.self) { try pair.client.write([1]) }
    #expect(error?.phase == .transfer)
    #expect(throws: TLSError.self) { try pair.server.readAll() }
    #expect(pair.handshake().client == nil)
    try pair.client.write([1])
  }

  @Test("an error of one session does not show in another on the same thread")
  func errorQueue() throws {
    let healthy = try established()
    for _ in 0..<3 {
      let broken = try established()
      broken.client.receive(pattern(50))
      #expect(throws: TLSError.self) { try broken.client.readAll() }
      _ = try? TLSContext(client: TLSClientConfiguration(trustRoots: .pem("garbage")))
      try healthy.client.write([7])
      healthy.transfer(from: healthy.client, to: healthy.server)
      #expect(try healthy.server.readAll().bytes == [7])
      #expect(try healthy.client.readAll().end == .wouldBlock)
    }
    healthy.server.receivedEndOfFile()
    let error = #expect(throws: TLSError.self) { try healthy.server.readAll() }
    #expect(error?.openSSLErrors.count == 1)
  }
}
