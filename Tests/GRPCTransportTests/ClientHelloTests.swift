import TLSSession
import Testing

@testable import GRPCTransport

@Suite struct ClientHelloTests {
  /// The first flight of OpenSSL's client.
  private func flight(_ serverName: String, _ protocols: [String]) throws -> [UInt8] {
    let configuration = TLSClientConfiguration(
      trustRoots: .pem(try CertificateAuthority(commonName: "test").certificatePEM),
      applicationProtocols: protocols)
    let session = try TLSSession(
      context: try TLSContext(client: configuration), role: .client(serverName: serverName))
    _ = try session.handshake()
    var bytes = [UInt8](repeating: 0, count: session.pendingCiphertextCount)
    let count = unsafe bytes.withUnsafeMutableBytes { unsafe session.drainCiphertext(into: $0) }
    #expect(count == bytes.count)
    return bytes
  }

  @Test func theNameAndTheProtocolsThatAClientAsksForAreRead() throws {
    let bytes = try flight("calls.example.test", ["h2", "other"])
    let hello = ClientHello(serverName: "calls.example.test", protocols: ["h2", "other"])
    #expect(ClientHello.read(bytes) == .hello(hello))
    #expect(ClientHello.read(bytes + [1, 2, 3]) == .hello(hello))
    let unnamed = ClientHello(serverName: nil, protocols: ["h2"])
    #expect(ClientHello.read(try flight("127.0.0.1", ["h2"])) == .hello(unnamed))
  }

  @Test func aMessageThatIsNotAllThereIsWaitedFor() throws {
    let bytes = try flight("calls.example.test", ["h2"])
    for count in bytes.indices {
      #expect(ClientHello.read(Array(bytes[..<count])) == .incomplete)
    }
  }

  @Test func aMessageInSeveralRecordsIsPutTogether() throws {
    let bytes = try flight("calls.example.test", ["h2"])
    let message = bytes[5...]
    for cut in [message.startIndex + 1, message.startIndex + 60, message.endIndex - 1] {
      let records = [message[..<cut], message[cut...]].flatMap { part in
        [22, 3, 1, UInt8(part.count >> 8), UInt8(part.count & 0xff)] + part
      }
      #expect(ClientHello.read(records) == ClientHello.read(bytes))
    }
  }

  @Test func otherBytesAreToldFromTheFirstOn() {
    #expect(ClientHello.read(Array("PRI * HTTP/2.0".utf8)) == .other)
    #expect(ClientHello.read([22, 2]) == .incomplete)
    #expect(ClientHello.read([22, 2, 0]) == .other)
    #expect(ClientHello.read([22, 3, 1, 0, 1, 2]) == .other)
  }
}
