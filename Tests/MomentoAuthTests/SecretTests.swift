import MomentoAuth
import Testing

@Suite("A secret")
struct SecretTests {
  private let secret = Secret("eyJhbGciOiJIUzI1NiJ9.a-made-up-token-of-some-length.c2ln")

  @Test("shows nothing of itself when it is printed, interpolated, dumped or reflected")
  func redaction() {
    var dumped = ""
    dump(secret, to: &dumped)
    let nested = [Optional(secret)]
    for text in [
      "\(secret)", String(describing: secret), String(reflecting: secret), dumped, "\(nested)",
      String(reflecting: nested),
    ] {
      #expect(text.contains("<redacted>"))
      #expect(!text.contains("made-up"))
    }
    #expect(Mirror(reflecting: secret).children.isEmpty)
  }

  @Test("is revealed by name only, byte for byte")
  func reveal() {
    #expect(Secret("clé-☂").reveal() == "clé-☂")
    let bytes = unsafe Secret(bytes: [0, 255, 7]).withUnsafeBytes { unsafe Array($0) }
    #expect(bytes == [0, 255, 7])
    #expect(Secret("").isEmpty && Secret("").reveal().isEmpty)
  }

  @Test(
    "equals another of the same bytes and no other",
    arguments: [("", ""), ("a", "a"), ("abc", "abd"), ("abc", "ab"), ("", "a"), ("xbc", "abc")])
  func equality(_ left: String, _ right: String) {
    #expect((Secret(left) == Secret(right)) == (left == right))
    if left == right { #expect(Secret(left).hashValue == Secret(right).hashValue) }
  }

  @Test("shows a short beginning, never more than a quarter")
  func prefix() {
    #expect(secret.prefix(6) == "eyJhbG…")
    #expect(secret.prefix(1000).count <= 17)
    #expect(Secret("abc").prefix(3) == "…")
    #expect(Secret("abcdefgh").prefix(8) == "ab…")
    #expect(secret.prefix(-1) == "…")
    #expect(Secret(bytes: [0x1b, 0x5b, 0x41, 0x42, 0, 0, 0, 0]).prefix(2) == "…")
  }
}
