import GRPCCall
import Testing

@Suite("Encodings of header values")
struct EncodingTests {
  @Test(
    "percent-encoding leaves printable ASCII alone",
    arguments: [
      ("", ""), ("plain text ~", "plain text ~"), ("100%", "100%25"), ("a\nb", "a%0Ab"),
      ("ü", "%C3%BC"), ("\u{7f}", "%7F"), ("☕", "%E2%98%95"),
    ])
  func percent(text: String, encoded: String) {
    #expect(PercentEncoding.encode(text) == encoded)
    #expect(percentDecode(encoded) == text)
  }

  @Test(
    "percent-decoding drops nothing",
    arguments: [
      ("%", "%"), ("%4", "%4"), ("%zz", "%zz"), ("a%", "a%"), ("%%41", "%A"), ("%c3%bc", "ü"),
      ("%FF", "\u{fffd}"), ("%C3", "\u{fffd}"), ("%0g!", "%0g!"),
    ])
  func lenient(encoded: String, text: String) {
    #expect(percentDecode(encoded) == text)
  }

  /// RFC 4648 §10.
  static let vectors: [(String, String)] = [
    ("", ""), ("f", "Zg=="), ("fo", "Zm8="), ("foo", "Zm9v"), ("foob", "Zm9vYg=="),
    ("fooba", "Zm9vYmE="), ("foobar", "Zm9vYmFy"),
  ]

  @Test("base64 is written without padding and read with and without", arguments: vectors)
  func base64(text: String, padded: String) {
    let unpadded = padded.replacing("=", with: "")
    #expect(Base64.encode(Array(text.utf8)) == unpadded)
    #expect(decode(padded) == Array(text.utf8))
    #expect(decode(unpadded) == Array(text.utf8))
  }

  @Test("base64 uses the standard alphabet")
  func alphabet() {
    #expect(Base64.encode([0xfb, 0xff]) == "+/8")
    #expect(decode("-_8") == nil)
  }

  @Test(
    "what is not base64 is refused",
    arguments: ["A", "AAAAA", "A===", "Zg=", "=", "Zm9v=", "Zm 9v", "Z=g="])
  func invalid(text: String) {
    #expect(decode(text) == nil)
  }

  @Test("base64 brings every byte back")
  func everyByte() {
    let bytes = (0...255).map { UInt8($0) }
    #expect(decode(Base64.encode(bytes)) == bytes)
  }

  @Test(
    "a timeout is exact where eight digits allow it, and never shorter than asked",
    arguments: [
      (Duration.seconds(1), "1S"), (.milliseconds(1500), "1500m"), (.seconds(60), "1M"),
      (.seconds(7200), "2H"), (.seconds(90), "90S"), (.nanoseconds(1), "1n"),
      (.nanoseconds(99_999_999), "99999999n"), (.nanoseconds(100_000_001), "100001u"),
      (.microseconds(100_000_001), "100001m"), (.zero, "1n"), (.seconds(-5), "1n"),
      (Duration(secondsComponent: 0, attosecondsComponent: 1), "1n"),
      (.seconds(99_999_999) + .milliseconds(1), "1666667M"), (.seconds(Int64.max), "5124096H"),
    ])
  func timeout(duration: Duration, text: String) {
    #expect(GRPCTimeout.encode(duration) == text)
  }

  @Test(
    "a timeout is read in every unit",
    arguments: [
      ("1H", Duration.seconds(3600)), ("2M", .seconds(120)), ("3S", .seconds(3)),
      ("4m", .milliseconds(4)), ("5u", .microseconds(5)), ("6n", .nanoseconds(6)), ("0n", .zero),
      ("99999999H", .seconds(359_999_996_400)), ("00000001S", .seconds(1)),
    ])
  func parse(text: String, duration: Duration) {
    #expect(parsedTimeout(text) == duration)
  }

  @Test(
    "anything else is no timeout",
    arguments: [
      "", "S", "1", "1s", "1h", "-1S", "+1S", "1.5S", " 1S", "1S ", "123456789S", "1SS", "x1S",
    ])
  func malformed(text: String) {
    #expect(parsedTimeout(text) == nil)
  }
}

private func percentDecode(_ text: String) -> String {
  PercentEncoding.decode(Array(text.utf8).span)
}

private func decode(_ text: String) -> [UInt8]? {
  Base64.decode(Array(text.utf8).span)
}

private func parsedTimeout(_ text: String) -> Duration? {
  GRPCTimeout.parse(Array(text.utf8).span)
}
