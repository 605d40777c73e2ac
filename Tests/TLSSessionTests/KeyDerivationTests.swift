import TLSSession
import Testing

/// Vectors of RFC 5869, appendix A, RFC 4231, RFC 8448, section 3, and RFC 8439, section 2.8.2.
@Suite struct KeyDerivationTests {
  @Test("HKDF-Expand gives what RFC 5869 says")
  func expand() {
    let output = Crypto.hkdfExpand(
      .sha256,
      secret: bytes("077709362c2e32df0ddc3f0dc47bba6390b6c73bb50f9c3122ec844ad7c2b3e5"),
      info: bytes("f0f1f2f3f4f5f6f7f8f9"), count: 42)
    #expect(
      output
        == bytes(
          "3cb25f25faacd57a90434f64d0362f2a2d2d0a90cf1a5a4c5db02d56ecc4c5bf34007208d5b887185865"))
  }

  @Test("HMAC with SHA-384 gives what RFC 4231 says")
  func hmac384() {
    #expect(
      Crypto.hmac(
        .sha384, key: Array("Jefe".utf8), message: Array("what do ya want for nothing?".utf8))
        == bytes(
          "af45d2e376484031617f78d2b58a6b1b9c7ef464f5a01b47e42ec3736322445e"
            + "8e2240ca5e69e2c78b3239ecfab21649"))
  }

  @Test("HKDF-Expand-Label gives the server's handshake key of RFC 8448")
  func expandLabel() {
    let secret = bytes("b67b7d690cc16c4e75e54213cb2d37b4e9c912bcded9105d42befd59d391ad38")
    #expect(
      Crypto.expandLabel(.sha256, secret: secret, label: "key", count: 16)
        == bytes("3fce516009c21727d0f2e4e86ee403bc"))
    #expect(
      Crypto.expandLabel(.sha256, secret: secret, label: "iv", count: 12)
        == bytes("5d313eb2671276ee13000b30"))
  }

  @Test("ChaCha20-Poly1305 opens what RFC 8439 seals, and nothing else")
  func chaCha() {
    let sealed = bytes(
      "d31a8d34648e60db7b86afbc53ef7ec2a4aded51296e08fea9e2b5a736ee62d63dbea45e8ca9671282fafb69"
        + "da92728b1a71de0a9e060b2905d6a5b67ecd3b3692ddbd7f2d778b8c9803aee328091b58fab324e4fad675"
        + "945585808b4831d7bc3ff4def08e4b7a9de576d26586cec64b61161ae10b594f09e26a7e902ecbd0600691")
    let key = Array(UInt8(0x80)...0x9F)
    let nonce = bytes("070000004041424344454647")
    let associated = bytes("50515253c0c1c2c3c4c5c6c7")
    let opened = AEAD.chaCha20Poly1305.open(
      sealed, key: key, nonce: nonce, associated: associated)
    #expect(
      opened.map { String(decoding: $0, as: UTF8.self) }
        == "Ladies and Gentlemen of the class of '99: If I could offer you only one tip for the "
        + "future, sunscreen would be it.")
    #expect(
      AEAD.chaCha20Poly1305.open(sealed, key: key, nonce: nonce, associated: []) == nil)
    #expect(
      AEAD.aes128GCM.open(sealed, key: key, nonce: nonce, associated: associated) == nil)
    #expect(AEAD.aes256GCM.open([], key: key, nonce: nonce, associated: []) == nil)
  }

  private func bytes(_ digits: String) -> [UInt8] {
    let digits = Array(digits)
    return stride(from: 0, to: digits.count, by: 2).compactMap {
      UInt8(String(digits[$0...$0 + 1]), radix: 16)
    }
  }
}
