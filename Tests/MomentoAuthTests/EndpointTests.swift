import MomentoAuth
import Testing

@Suite("An endpoint")
struct EndpointTests {
  @Test(
    "is read with or without scheme and port",
    arguments: [
      ("cell.example.test", Endpoint(host: "cell.example.test")),
      (" cell.example.test\n", Endpoint(host: "cell.example.test")),
      ("localhost:8080", Endpoint(host: "localhost", port: 8080)),
      ("https://a.test", Endpoint(host: "a.test")),
      ("http://a.test", Endpoint(host: "a.test", port: 80, isSecure: false)),
      ("http://127.0.0.1:8080/", Endpoint(host: "127.0.0.1", port: 8080, isSecure: false)),
      ("[::1]:443", Endpoint(host: "::1")),
      ("[fe80::1]", Endpoint(host: "fe80::1")),
      ("::1", Endpoint(host: "::1")),
    ])
  func reading(_ text: String, _ expected: Endpoint) throws {
    #expect(try Endpoint(parsing: text) == expected)
    #expect(try Endpoint(parsing: expected.description).host == expected.host)
  }

  @Test(
    "is refused when it is anything but a host",
    arguments: [
      "", " ", "https://", "a/b", "a b", "a..b", ".a", "a@b", "a:0", "a:65536", "a:x", "a:+1", "a:",
      "[::1", "[::1]x", "[a:80]", "[x::1]", "x:y:z", "a:1:x", "ftp://a", "a?b", "é.test", "a\u{0}b",
      String(repeating: "a", count: 64), String(repeating: "a.", count: 126) + "aa",
    ])
  func refusing(_ text: String) {
    let error = #expect(throws: MomentoError.self) { try Endpoint(parsing: text) }
    #expect(error?.code == .invalidArgument)
  }
}
