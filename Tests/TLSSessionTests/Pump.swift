import TLSSession

/// A client and a server session joined in memory.
final class Pair {
  let client: TLSSession
  let server: TLSSession
  /// How many bytes travel at a time.
  var step = 4096

  init(
    _ client: TLSClientConfiguration, _ server: TLSServerConfiguration, name: String = "foo.example"
  ) throws {
    self.client = try TLSSession(
      context: TLSContext(client: client), role: .client(serverName: name))
    self.server = try TLSSession(context: TLSContext(server: server), role: .server)
  }

  init(_ client: TLSSession, _ server: TLSSession) {
    (self.client, self.server) = (client, server)
  }

  /// What each side made of the handshake; `nil` is success.
  struct Outcome {
    var client: TLSError?
    var server: TLSError?
  }

  /// Lets both shake hands until neither has anything to send. Each side then reads once, because
  /// in TLS 1.3 a server's refusal of the client arrives after the client's handshake.
  func handshake() -> Outcome {
    var outcome = Outcome()
    var moved = true
    while moved {
      outcome.client = outcome.client ?? failure(of: client)
      moved = transfer(from: client, to: server)
      outcome.server = outcome.server ?? failure(of: server)
      moved = transfer(from: server, to: client) || moved
    }
    if outcome.client == nil, isReady(client) { outcome.client = readFailure(of: client) }
    return outcome
  }

  private func isReady(_ session: TLSSession) -> Bool {
    (try? session.handshake()) == .complete
  }

  private func failure(of session: TLSSession) -> TLSError? {
    do {
      _ = try session.handshake()
      return nil
    } catch { return error }
  }

  private func readFailure(of session: TLSSession) -> TLSError? {
    do {
      _ = try session.readAll()
      return nil
    } catch { return error }
  }

  /// Moves all that waits, `step` bytes at a time.
  @discardableResult
  func transfer(from sender: TLSSession, to receiver: TLSSession) -> Bool {
    var moved = false
    while true {
      let bytes = sender.drain(upTo: step)
      guard !bytes.isEmpty else { return moved }
      receiver.receive(bytes)
      moved = true
    }
  }
}

extension TLSSession {
  func receive(_ bytes: [UInt8]) {
    unsafe bytes.withUnsafeBytes { unsafe receive(ciphertext: $0) }
  }

  func write(_ bytes: [UInt8]) throws(TLSError) {
    var failure: TLSError?
    unsafe bytes.withUnsafeBytes { buffer in
      do throws(TLSError) { try unsafe write(plaintext: buffer) } catch { failure = error }
    }
    if let failure { throw failure }
  }

  func drain(upTo count: Int = 65_536) -> [UInt8] {
    unsafe [UInt8](unsafeUninitializedCapacity: count) { buffer, initialized in
      initialized = unsafe drainCiphertext(into: UnsafeMutableRawBufferPointer(buffer))
    }
  }

  /// Everything up to `.wouldBlock` or `.closed`, and which of the two it was.
  func readAll() throws(TLSError) -> (bytes: [UInt8], end: ReadResult) {
    var bytes: [UInt8] = []
    var chunk = [UInt8](repeating: 0, count: 16_384)
    while true {
      var outcome: Result<ReadResult, TLSError> = .success(.wouldBlock)
      unsafe chunk.withUnsafeMutableBytes { buffer in
        do throws(TLSError) { outcome = .success(try unsafe read(into: buffer)) } catch {
          outcome = .failure(error)
        }
      }
      guard case .bytes(let count) = try outcome.get() else { return (bytes, try outcome.get()) }
      bytes += chunk.prefix(count)
    }
  }
}

/// An authority, and what it vouches for.
struct World {
  let authority: CertificateAuthority
  let identity: Identity

  init(names: [String] = ["foo.example"], validity: CertificateValidity = .fromNow()) throws {
    authority = try CertificateAuthority(commonName: "Test Authority")
    identity = try authority.issue(names: names, validity: validity)
  }

  var client: TLSClientConfiguration {
    TLSClientConfiguration(trustRoots: .pem(authority.certificatePEM))
  }

  var server: TLSServerConfiguration {
    TLSServerConfiguration(
      certificateChain: identity.certificateChain, privateKey: identity.privateKey)
  }

  /// The client's configuration with a certificate that `issuer` vouches for.
  func client(vouchedBy issuer: CertificateAuthority) throws -> TLSClientConfiguration {
    let identity = try issuer.issue(names: ["client.example"], forClient: true)
    var configuration = client
    configuration.certificateChain = identity.certificateChain
    configuration.privateKey = identity.privateKey
    return configuration
  }
}
