import TLSSession

@testable import GRPCTransport

/// TLS connections whose bytes are made up, or change on their way.
enum TLSTargets {
  /// Bytes of anybody's for a server and a client; and a handshake whose bytes an input changes.
  static func connections(_ input: [UInt8]) {
    var reader = InputReader(input)
    let choice = reader.byte()
    guard let ends = TLSEnds() else { return require(false, "contexts for TLS") }
    switch choice & 3 {
    case 0: ends.receive(reader.rest(), as: .server)
    case 1: ends.receive(reader.rest(), as: .client(serverName: "localhost"))
    case 2: ends.meet(&reader)
    default: hello(reader.rest())
    }
  }

  /// What a ClientHello says is told once it is whole, and stays so whatever follows.
  private static func hello(_ bytes: [UInt8]) {
    let reading = ClientHello.read(bytes)
    guard reading != .incomplete else { return }
    require(ClientHello.read(bytes + [22, 3, 3, 0, 0]) == reading, "more bytes change nothing")
  }
}

/// Both ends of a connection in memory.
private struct TLSEnds {
  private static let contexts: (server: TLSContext, client: TLSContext)? = {
    guard let authority = try? CertificateAuthority(commonName: "fuzz"),
      let identity = try? authority.issue(names: ["localhost"]),
      let server = try? TLSContext(
        server: TLSServerConfiguration(
          certificateChain: identity.certificateChain, privateKey: identity.privateKey)),
      let client = try? TLSContext(
        client: TLSClientConfiguration(trustRoots: .pem(authority.certificatePEM)))
    else { return nil }
    return (server, client)
  }()

  private let server: TLSSession
  private let client: TLSSession
  private var buffer = [UInt8](repeating: 0, count: 1 << 15)

  init?() {
    guard let contexts = Self.contexts,
      let server = try? TLSSession(context: contexts.server, role: .server),
      let client = try? TLSSession(
        context: contexts.client, role: .client(serverName: "localhost"))
    else { return nil }
    (self.server, self.client) = (server, client)
  }

  /// Bytes that were never made for this connection open nothing.
  func receive(_ bytes: [UInt8], as role: TLSRole) {
    var ends = self
    let session = role == .server ? server : client
    _ = try? session.handshake()
    _ = ends.drain(session)
    for start in stride(from: 0, to: bytes.count, by: 61) {
      ends.give(Array(bytes[start..<min(bytes.count, start + 61)]), to: session)
      let progress = try? session.handshake()
      require(progress != .complete, "no handshake without a peer")
      require(ends.read(session).isEmpty, "no bytes without a handshake")
      _ = ends.drain(session)
    }
    session.receivedEndOfFile()
    require(ends.read(session).isEmpty, "no bytes behind the end")
  }

  /// A handshake and some bytes each way; each step of the input says where a byte changes. What comes
  /// out is a beginning of what went in.
  func meet(_ reader: inout InputReader) {
    var ends = self
    let sent = [UInt8]("what was sent, and nothing else".utf8)
    var hasSent = false
    var received: [UInt8] = []
    for _ in 0..<12 {
      _ = try? client.handshake()
      ends.give(Self.changed(ends.drain(client), &reader), to: server)
      let progress = try? server.handshake()
      if progress == .complete, !hasSent {
        hasSent = true
        // OpenSSL copies the bytes before it returns.
        unsafe sent.withUnsafeBytes { unsafe try? server.write(plaintext: $0) }
      }
      ends.give(Self.changed(ends.drain(server), &reader), to: client)
      _ = ends.read(server)
      received += ends.read(client)
    }
    require(sent.starts(with: received), "\(received.count) bytes are those that were sent")
  }

  private static func changed(_ bytes: [UInt8], _ reader: inout InputReader) -> [UInt8] {
    var bytes = bytes
    let what = reader.byte()
    guard what != 0, !bytes.isEmpty else { return bytes }
    let place = (Int(reader.byte()) << 8 | Int(reader.byte())) % bytes.count
    switch what & 3 {
    case 0: bytes[place] ^= what
    case 1: bytes.removeSubrange(place...)
    case 2: bytes.insert(contentsOf: reader.take(Int(what >> 2)), at: place)
    default: bytes.remove(at: place)
    }
    return bytes
  }

  private func give(_ bytes: [UInt8], to session: TLSSession) {
    // The session copies the bytes before it returns.
    unsafe bytes.withUnsafeBytes { unsafe session.receive(ciphertext: $0) }
  }

  private mutating func drain(_ session: TLSSession) -> [UInt8] {
    var bytes: [UInt8] = []
    while true {
      // The session writes no more than the buffer has.
      let count = unsafe buffer.withUnsafeMutableBytes {
        unsafe session.drainCiphertext(into: $0)
      }
      guard count > 0 else { return bytes }
      bytes += buffer.prefix(count)
    }
  }

  private mutating func read(_ session: TLSSession) -> [UInt8] {
    var bytes: [UInt8] = []
    // The session writes no more than the buffer has.
    while case .bytes(let count)? = unsafe buffer.withUnsafeMutableBytes({
      unsafe try? session.read(into: $0)
    }) {
      guard count > 0 else { break }
      bytes += buffer.prefix(count)
    }
    return bytes
  }
}
