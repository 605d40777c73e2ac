import FoundationEssentials
import MomentoAuthCommands
import Testing

@Suite struct InspectTests {
  /// 2025-01-01T00:00:00Z.
  private let now = Date(timeIntervalSince1970: 1_735_689_600)

  @Test("a v1 key: where it is used, what it claims, when it ends; never its signature")
  func v1() async {
    let key = bundle(endpoint: "cell.example", claims: #"{"exp":1735693200,"sub":"me"}"#)
    let run = await momentoAuth("inspect --credentials-file -", input: key, now: now)
    #expect(
      run.output == """
        Kind       v1 API key or disposable token
        Endpoint   cell.example
        Key        eyJhbGciOi…  73 bytes, SHA-256 \(digest(run))
        Header     alg  "HS256"
        Claims     exp  1735693200  2025-01-01T01:00:00Z
                   sub  "me"
        Signature  not shown, not verified
        Expires    2025-01-01T01:00:00Z, in 1 hour
        Refresh    no refresh token

        """)
    #expect(run.exitCode == 0)
  }

  @Test(
    "each kind of credential is told by what it holds",
    arguments: [
      (#"{"t":"g","jti":"x"}"#, "v2 API key"),
      (#"{"cp":"control.x","c":"cache.x"}"#, "legacy token"),
      (#"{"email":"a@b"}"#, "session token, or the inner part of a v1 key"),
    ])
  func kinds(claims: String, kind: String) async {
    let run = await momentoAuth("inspect --credentials-file -", input: jwt(claims), now: now)
    #expect(run.output.hasPrefix("Kind       \(kind)\n"))
    #expect(run.output.contains("\nExpires    never\n"))
    #expect(!run.output.contains("c2lnbmF0dXJl"))
  }

  @Test("an expired key is told, and how long ago it ended")
  func expired() async throws {
    let input = bundle(endpoint: "e.example", claims: #"{"exp":1735603200}"#)
    let text = await momentoAuth("inspect --credentials-file -", input: input, now: now)
    #expect(text.output.contains("Expires    2024-12-31T00:00:00Z, expired 1 day ago\n"))
    let json = await momentoAuth("inspect --json --credentials-file -", input: input, now: now)
    #expect(json.output.contains(#""validUntil":1735603200,"expired":true"#))
  }

  @Test(
    "an expiry that is beyond all time is shown, and breaks nothing",
    arguments: ["10000000000000000000", "18446744073709551615", "1e300", "-1", "\"x\"", "0"])
  func absurdExpiry(number: String) async {
    let input = jwt(#"{"exp":\#(number),"iat":\#(number)}"#)
    for option in ["", "--json "] {
      let run = await momentoAuth("inspect \(option)--credentials-file -", input: input, now: now)
      #expect(run.exitCode == 0)
    }
  }

  @Test("a file with a key that is no JWT is read as far as it goes")
  func opaque() async {
    let key = base64(#"{"endpoint":"e.example","api_key":"opaque"}"#)
    let file = #"{"apiKey":"\#(key)","refreshToken":"r","validUntil":1735693200}"#
    let run = await momentoAuth("inspect --credentials-file -", input: file, now: now)
    #expect(run.output.contains("Inside    not a JWT: nothing can be read\n"))
    #expect(run.output.contains("Expires   2025-01-01T01:00:00Z, in 1 hour\n"))
    #expect(run.output.contains("Refresh   has a refresh token\n"))
  }

  @Test("what a token claims cannot steer the terminal")
  func controls() async {
    let claims = #"{"a\u001b[2J":"\u001b[31m\u202e","b":"\n"}"#
    let run = await momentoAuth("inspect --credentials-file -", input: jwt(claims), now: now)
    #expect(run.exitCode == 0)
    #expect(!run.output.unicodeScalars.contains { $0.value == 0x1B || $0.value == 0x202E })
  }

  @Test("what is no credential is refused without being repeated")
  func nonsense() async {
    for input in ["hunter2!", "{}", #"{"apiKey":7}"#, "Bearer x", "a.b", "....."] {
      let run = await momentoAuth("inspect --credentials-file -", input: input)
      #expect(run.exitCode == 2)
      #expect(run.output == "")
      #expect(!run.errors.contains("hunter2"))
    }
  }

  private func jwt(_ claims: String) -> String {
    [#"{"alg":"HS256"}"#, claims, "signature"].map { base64($0) }
      .map { $0.replacing("=", with: "") }.joined(separator: ".")
  }

  private func bundle(endpoint: String, claims: String) -> String {
    base64(#"{"endpoint":"\#(endpoint)","api_key":"\#(jwt(claims))"}"#)
  }

  private func base64(_ text: String) -> String { Data(text.utf8).base64EncodedString() }

  /// The eight digits behind the name of the digest.
  private func digest(_ run: CommandRun) -> String {
    let digits = run.output.split(separator: "SHA-256 ").last?.prefix(8) ?? ""
    #expect(digits.count == 8 && digits.allSatisfy(\.isHexDigit))
    return String(digits)
  }
}
