import Testing
import WireCapture
import WireCaptureModel

/// Captures of Python's ssl talking to itself, whose content record.py says.
@Suite struct TLSTests {
  private static let request =
    Array("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n".utf8) + repeated(Array(0...255))
  private static let response =
    [0, 0, 0, 4, 0, 0, 0, 0, 0] + repeated((0...255).reversed())

  private static func repeated(_ bytes: [UInt8]) -> [UInt8] {
    Array([[UInt8]](repeating: bytes, count: 80).joined())
  }

  @Test("A key log opens TLS connections", arguments: ["tls13", "tls12-aes", "tls12-chacha"])
  func keyLog(name: String) throws {
    let found = try read(name, keyLog: Captures.bytes(name + ".keys"))
    #expect(found.streams[0]?[.clientToServer] == Self.request)
    #expect(found.streams[0]?[.serverToClient] == Self.response)
    #expect(found.notes == [])
    #expect(found.ended == [0])
  }

  @Test("Secrets that a pcapng file embeds need no key log")
  func embeddedSecrets() throws {
    let found = try read("tls13.pcapng", keyLog: [])
    #expect(found.streams[0]?[.clientToServer] == Self.request)
    #expect(found.streams[0]?[.serverToClient] == Self.response)
  }

  @Test("Without secrets it is said which are missing, and nothing is made up")
  func noSecrets() throws {
    let found = try read("tls13", keyLog: [])
    #expect(found.streams.isEmpty)
    #expect(found.notes.count == 1)
    #expect(found.notes.first?.contains("no CLIENT_HANDSHAKE_TRAFFIC_SECRET") == true)
  }

  @Test("A wrong secret opens nothing")
  func wrongSecret() throws {
    var keys = try Captures.bytes("tls12-aes.keys")
    let digit = try #require(keys.lastIndex { $0 != 0x0A })
    keys[digit] = keys[digit] == 0x30 ? 0x31 : 0x30
    let found = try read("tls12-aes", keyLog: keys)
    #expect(found.streams.isEmpty)
    #expect(found.notes.first?.contains("cannot be opened") == true)
  }

  @Test("A TLS connection without its handshake is told, not passed over")
  func middle() throws {
    var file = PacketFile(try Captures.bytes("tls13.pcap"))
    // From the first packet whose record holds application data of a large size on.
    let first = try #require(file.indices(withPayload: 10_000).first)
    file.records.removeFirst(first)
    let found = read(file.bytes, try Captures.bytes("tls13.keys"))
    #expect(found.streams.isEmpty)
    #expect(found.notes.first?.contains("before a handshake") == true)
  }

  @Test("No damage of a TLS capture does harm")
  func mutations() throws {
    let bytes = Array(try Captures.bytes("tls13.pcap").prefix(8000))
    let keys = try Captures.bytes("tls13.keys")
    var random = SystemRandomNumberGenerator()
    for _ in 0..<500 {
      var damaged = bytes
      for _ in 0..<3 {
        // Past the packets that tell who the client is, and that it is TLS.
        damaged[Int.random(in: 4000..<8000, using: &random)] = .random(
          in: 0...255, using: &random)
      }
      let found = read(damaged, keys)
      for (direction, stream) in found.streams[0] ?? [:] {
        let whole = direction == .clientToServer ? Self.request : Self.response
        #expect(whole.starts(with: stream))
      }
    }
  }

  private func read(_ name: String, keyLog: [UInt8]) throws -> Collector {
    read(try Captures.bytes(name.contains(".") ? name : name + ".pcap"), keyLog)
  }

  private func read(_ bytes: [UInt8], _ keyLog: [UInt8]) -> Collector {
    var reader = CaptureReader(Collector(), keyLog: keyLog)
    reader.receive(bytes)
    reader.finish()
    return reader.sink
  }
}
