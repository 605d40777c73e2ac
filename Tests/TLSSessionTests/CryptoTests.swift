import TLSSession
import Testing

@Suite("Crypto")
struct CryptoTests {
  private func hex(_ bytes: [UInt8]) -> String {
    bytes.map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined()
  }

  @Test(
    "SHA-256 of the examples of FIPS 180-4 and of the empty message",
    arguments: [
      ("", "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"),
      ("abc", "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"),
      (
        "abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq",
        "248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1"
      ),
    ])
  func sha256(message: String, digest: String) {
    #expect(hex(Crypto.sha256(Array(message.utf8))) == digest)
  }

  /// RFC 4231 §4, cases 1, 2, 3, 6 and 7: short keys, and keys longer than a block.
  struct HMACCase: Sendable {
    let key: [UInt8]
    let message: [UInt8]
    let sha256: String
    let sha512: String
  }

  static let hmacCases = [
    HMACCase(
      key: .init(repeating: 0x0b, count: 20), message: Array("Hi There".utf8),
      sha256: "b0344c61d8db38535ca8afceaf0bf12b881dc200c9833da726e9376c2e32cff7",
      sha512: "87aa7cdea5ef619d4ff0b4241a1d6cb02379f4e2ce4ec2787ad0b30545e17cde"
        + "daa833b7d6b8a702038b274eaea3f4e4be9d914eeb61f1702e696c203a126854"),
    HMACCase(
      key: Array("Jefe".utf8), message: Array("what do ya want for nothing?".utf8),
      sha256: "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843",
      sha512: "164b7a7bfcf819e2e395fbe73b56e0a387bd64222e831fd610270cd7ea250554"
        + "9758bf75c05a994a6d034f65f8f0e6fdcaeab1a34d4a6b4b636e070a38bce737"),
    HMACCase(
      key: .init(repeating: 0xaa, count: 20), message: .init(repeating: 0xdd, count: 50),
      sha256: "773ea91e36800e46854db8ebd09181a72959098b3ef8c122d9635514ced565fe",
      sha512: "fa73b0089d56a284efb0f0756c890be9b1b5dbdd8ee81a3655f83e33b2279d39"
        + "bf3e848279a722c806b485a47e67c807b946a337bee8942674278859e13292fb"),
    HMACCase(
      key: .init(repeating: 0xaa, count: 131),
      message: Array("Test Using Larger Than Block-Size Key - Hash Key First".utf8),
      sha256: "60e431591ee0b67f0d8a26aacbf5b77f8e0bc6213728c5140546040f0ee37f54",
      sha512: "80b24263c7c1a3ebb71493c1dd7be8b49b46d1f41b4aeec1121b013783f8f352"
        + "6b56d037e05f2598bd0fd2215d6a1e5295e64f73f63f0aec8b915a985d786598"),
    HMACCase(
      key: .init(repeating: 0xaa, count: 131),
      message: Array(
        ("This is a test using a larger than block-size key and a larger than block-size data. "
          + "The key needs to be hashed before being used by the HMAC algorithm.").utf8),
      sha256: "9b09ffa71b942fcb27635fbcd5b0e944bfdc63644f0713938a7f51535c3a35e2",
      sha512: "e37b6a775dc87dbaa4dfa9f96e5e3ffddebd71f8867289865df5a32d20cdc944"
        + "b6022cac3c4982b10d5eeb55c3e4de15134676fb6de0446065c97440fa8c6a58"),
  ]

  @Test("HMAC of the test cases of RFC 4231", arguments: hmacCases)
  func hmac(test: HMACCase) {
    #expect(hex(Crypto.hmacSHA256(key: test.key, message: test.message)) == test.sha256)
    #expect(hex(Crypto.hmacSHA512(key: test.key, message: test.message)) == test.sha512)
  }

  @Test("HMAC takes an empty key and an empty message")
  func emptyHMAC() {
    #expect(
      hex(Crypto.hmacSHA256(key: [], message: []))
        == "b613679a0814d9ec772f95d778c35fc5ff1697c493715653c6c712144292c5ad")
  }

  /// RFC 3720 appendix B.4, and the check value of the algorithm.
  @Test(
    "CRC-32C of the examples of RFC 3720",
    arguments: [
      (Array("123456789".utf8), 0xE306_9283),
      ([UInt8](repeating: 0, count: 32), 0x8A91_36AA),
      ([UInt8](repeating: 0xFF, count: 32), 0x62A8_AB43),
      ([UInt8](0..<32), 0x46DD_794E),
      ([UInt8]((0..<32).reversed()), 0x113F_DB5C),
      ([], 0),
    ] as [([UInt8], UInt32)])
  func crc32c(bytes: [UInt8], sum: UInt32) {
    #expect(Crypto.crc32c(bytes) == sum)
  }

  @Test("random bytes have the length asked for and do not repeat")
  func random() throws {
    #expect(try Crypto.randomBytes(0).isEmpty)
    let draws = try (0..<50).map { _ in try Crypto.randomBytes(16) }
    #expect(draws.allSatisfy { $0.count == 16 })
    #expect(Set(draws).count == draws.count)
  }

  @Test(
    "constant-time comparison agrees with ==",
    arguments: [[], [1], [2], [1, 2], [1, 3], [0, 2]] as [[UInt8]])
  func equality(left: [UInt8]) {
    for right in [[], [1], [2], [1, 2], [1, 3], [0, 2]] as [[UInt8]] {
      #expect(Crypto.constantTimeEqual(left, right) == (left == right))
    }
  }
}
