import Testing

@testable import TLSSession

@Suite("Text from the peer")
struct PeerTextTests {
  @Test(
    "what could forge a log line is escaped",
    arguments: [
      (0x0A, "\\n"), (0x00, "\\0"), (0x1B, "\\u{1B}"), (0x7F, "\\u{7F}"), (0x9B, "\\u{009B}"),
      (0x202E, "\\u{202E}"), (0x2028, "\\u{2028}"), (0x41, "A"), (0xFC, "ü"),
    ] as [(UInt32, String)])
  func escapes(value: UInt32, expected: String) throws {
    let scalar = try #require(Unicode.Scalar(value))
    #expect(printable("a\(scalar)b", limit: 15) == "a\(expected)b")
  }

  @Test("length is bounded")
  func bounded() {
    #expect(printable("0123456789", limit: 10) == "0123456789")
    #expect(printable("0123456789a", limit: 10) == "0123456789…")
  }
}
