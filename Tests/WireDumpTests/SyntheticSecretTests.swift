import TestSupport
import Testing

@testable import WireDump

@Suite struct SyntheticSecretTests {
  /// RFC 7541, appendices C.4 and C.6.
  @Test(arguments: [
    ("www.example.com", "f1e3c2e5f23a6ba0ab90f4ff"), ("no-cache", "a8eb10649cbf"),
    ("custom-value", "25a849e95bb8e8b4bf"),
    (
      "Mon, 21 Oct 2013 20:13:21 GMT",
      "d07abe941054d444a8200595040b8166e082a62d1bff"
    ),
    (
      "foo=ASDJKHQKBZXOQWEOPIUAXQWEOIU; max-age=3600; version=1",
      "94e7821dd7f2e6c7b335dfdfcd5b3960d5af27087f3672c1ab270fb5291f9587316065c003ed4ee5b1063d5007"
    ),
  ])
  func encodesAsTheExamplesOfTheRFC(text: String, bytes: String) {
    #expect(HuffmanCode.encoded(Array(text.utf8)) == hex(bytes))
  }

  @Test func whatWasEncodedIsDecodedToTheSame() throws {
    var random = SeededGenerator(seed: 3)
    for count in 0..<200 {
      let text = (0..<count).map { _ in UInt8.random(in: 0...255, using: &random) }
      #expect(try HuffmanCode.decode(HuffmanCode.encoded(text).span) == text)
    }
  }

  @Test func aValueIsAnotherOfTheSameLengthInBothCodings() {
    var random = SeededGenerator(seed: 4)
    var synthetic = SyntheticSecret()
    for count in 4..<120 {
      let secret = (0..<count).map { _ in UInt8.random(in: 0x30...0x7a, using: &random) }
      let value = synthetic.text(secret)
      #expect(value.count == secret.count)
      #expect(HuffmanCode.encoded(value).count == HuffmanCode.encoded(secret).count)
      #expect(value == synthetic.text(secret))
      // What is form stays in its place.
      for (old, new) in zip(secret, value) where !isLetter(old) { #expect(new == old) }
      if secret.filter(isLetter).count > 3 { #expect(value != secret) }
    }
  }

  private func isLetter(_ byte: UInt8) -> Bool {
    Character(UnicodeScalar(byte)).isLetter || Character(UnicodeScalar(byte)).isNumber
  }

  @Test func theSchemeOfACredentialStays() {
    var synthetic = SyntheticSecret()
    let bare = synthetic.text(Array("abc123def456".utf8))
    #expect(synthetic.text(Array("Bearer abc123def456".utf8)) == Array("Bearer ".utf8) + bare)
  }

  @Test func aSecretIsFoundWithinBase64AtEachPlace() {
    let patterns = SecretPatterns([Array("a-secret?>of>some~length".utf8)])
    for text in [
      "YS1zZWNyZXQ/Pm9mPnNvbWV+bGVuZ3Ro", "eGEtc2VjcmV0Pz5vZj5zb21lfmxlbmd0aHg=",
      "eHhhLXNlY3JldD8-b2Y-c29tZX5sZW5ndGh4", "it is a-secret?>of>some~length.",
    ] {
      #expect(patterns.occur(in: Array(text.utf8)), "\(text)")
    }
    #expect(!patterns.occur(in: Array("a-secret?>of>some-length".utf8)))
  }
}
