import TLSSession
import Testing

@Suite("Keys that are pinned") struct PinningTests {
  /// The fingerprint of a certificate's key, as openssl(1) tells it.
  private static func fingerprint(of certificate: String) throws -> String {
    let file = try TemporaryFile(certificate)
    let key = try TemporaryFile(
      openssl(["x509", "-in", file.path, "-noout", "-pubkey"], input: ""))
    let digest = try openssl(["pkey", "-pubin", "-in", key.path, "-text_pub", "-noout"], input: "")
    // The key's bytes, behind the fixed start of a P-256 SubjectPublicKeyInfo (RFC 5480 §2).
    let digits = digest.split(separator: "pub:")[1].split(separator: "ASN1")[0]
      .filter(\.isHexDigit)
    let start = "3059301306072a8648ce3d020106082a8648ce3d030107034200"
    return start + digits
  }

  private static func pin(of certificate: String) throws -> PublicKeyPin {
    let encoded = try fingerprint(of: certificate)
    var bytes: [UInt8] = []
    var rest = encoded[...]
    while let byte = UInt8(rest.prefix(2), radix: 16) {
      bytes.append(byte)
      rest = rest.dropFirst(2)
    }
    return try #require(PublicKeyPin(sha256: Crypto.sha256(bytes)))
  }

  @Test("a server with the pinned key is accepted, be it its own or its authority's")
  func accepted() throws {
    let world = try World()
    for certificate in [world.identity.certificateChain, world.authority.certificatePEM] {
      var client = world.client
      client.pinnedKeys = [try Self.pin(of: certificate)]
      #expect(try Pair(client, world.server).handshake().client == nil)
    }
  }

  @Test("a server with another key is refused, and told; its own key is named")
  func refused() throws {
    let world = try World()
    var client = world.client
    client.pinnedKeys = [try Self.pin(of: World().identity.certificateChain)]
    let outcome = try Pair(client, world.server).handshake()
    let error = try #require(outcome.client)
    #expect(error.phase == .verification)
    #expect(error.summary.hasPrefix("the server's chain has none of the keys that are pinned"))
    let own = try Self.pin(of: world.identity.certificateChain)
    #expect(error.summary.contains(own.description))
    #expect(outcome.server?.phase == .verification)
  }

  @Test("a pinned key makes nothing good that is wrong otherwise")
  func otherFaults() throws {
    let world = try World(names: ["bar.example"])
    var client = world.client
    client.pinnedKeys = [try Self.pin(of: world.identity.certificateChain)]
    let error = try #require(Pair(client, world.server).handshake().client)
    #expect(error.summary.contains("is for another name"))
  }

  @Test("a pin is read as it is written, with its prefix and without")
  func text() throws {
    // The pin of 32 zero bytes.
    let text = "sha256/AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA="
    let pin = try #require(PublicKeyPin(text))
    #expect(pin == PublicKeyPin(sha256: [UInt8](repeating: 0, count: 32)))
    #expect(pin == PublicKeyPin(String(text.dropFirst(7))))
    #expect(pin.description == text)
  }

  @Test(
    "what is no pin is none",
    arguments: ["", "sha256/", "sha1/AAAA", "sha256/AAAA", String(repeating: "?", count: 43) + "="])
  func notPins(text: String) {
    #expect(PublicKeyPin(text) == nil)
    #expect(PublicKeyPin(sha256: [1]) == nil)
  }
}
