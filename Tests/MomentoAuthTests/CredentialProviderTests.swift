import GRPCCall
import MomentoAuth
import Testing

@Suite("A credential")
struct CredentialProviderTests {
  @Test("is read or refused as its vector says", arguments: try CredentialVector.load())
  func vector(_ vector: CredentialVector) throws {
    do throws(MomentoError) {
      let credential = try read(vector)
      #expect(vector.expect.ok, "accepted")
      #expect(credential.apiKey.reveal() == vector.expect.auth_token)
      #expect(
        [
          "control": credential.endpoints.control.host, "cache": credential.endpoints.cache.host,
          "token": credential.endpoints.token.host,
        ] == vector.expect.endpoints)
      #expect(credential.endpoints.control.port == 443 && credential.endpoints.token.isSecure)
      #expect(!"\(credential)".contains(credential.apiKey.reveal()))
      let kinds = ["v1": "v1", "legacy": "legacy", "session": "session", "v2": "v2"]
      let isBare = vector.kind == "legacy" && vector.override != nil
      #expect(credential.kind.rawValue == (isBare ? "session" : kinds[vector.kind]))
    } catch {
      #expect(!vector.expect.ok, "refused: \(error)")
      #expect(error.code.rawValue == vector.expect.error)
      #expect(error.fault == .caller && error.phase == nil && !error.advice.isEmpty)
      #expect(contains(error.description, vector.expect.message_like ?? ""), "\(error)")
      #expect(vector.token.isEmpty || !"\(error)\(dumped(error))".contains(vector.token))
    }
  }

  private func read(_ vector: CredentialVector) throws(MomentoError) -> CredentialProvider {
    if vector.kind == "v2" {
      return try .fromAPIKeyV2(vector.token, endpoint: vector.endpoint ?? "")
    }
    return try .fromString(vector.token, overrides: vector.override.map(overrides))
  }

  private func overrides(_ members: [String: String]) -> EndpointOverrides {
    if let base = members["baseEndpoint"] { return .base(base) }
    func endpoint(_ name: String) -> Endpoint? { members[name].map { Endpoint(host: $0) } }
    return .each(
      control: endpoint("controlEndpoint"), cache: endpoint("cacheEndpoint"),
      token: endpoint("tokenEndpoint"))
  }

  /// Whether the parts between ` ... ` stand in a text in that order, in any case.
  private func contains(_ text: String, _ pattern: String) -> Bool {
    var rest = text.lowercased()[...]
    for part in pattern.lowercased().split(separator: " ... ") {
      guard let range = rest.firstRange(of: part) else { return false }
      rest = rest[range.upperBound...]
    }
    return true
  }

  private func dumped(_ value: some Any) -> String {
    var text = ""
    dump(value, to: &text)
    return text
  }

  private let v1 = "eyJlbmRwb2ludCI6ImEuYiIsImFwaV9rZXkiOiJrIn0="
  private let v2 =
    "eyJhbGciOiJIUzUxMiIsInR5cCI6IkpXVCJ9.eyJ0IjoiZyIsImp0aSI6InNvbWUtaWQifQ.c2ln"

  @Test(
    "without padding, or broken over lines, is read only when leniency is asked for",
    arguments: [
      "eyJlbmRwb2ludCI6ImEuYiIsImFwaV9rZXkiOiJrIn0",
      "eyJlbmRwb2ludCI6ImEuYiIs\n ImFwaV9rZXkiOiJrIn0=",
    ])
  func leniency(_ text: String) throws {
    #expect(throws: MomentoError.self) { try CredentialProvider.fromString(text) }
    let credential = try CredentialProvider.fromString(text, lenientBase64: true)
    #expect(credential.apiKey.reveal() == "k")
    #expect(throws: MomentoError.self) {
      try CredentialProvider.fromString(String(text.dropLast(6)), lenientBase64: true)
    }
  }

  @Test("mentions the reader that was meant when v1 and v2 are mixed up")
  func confusion() {
    #expect(throws: MomentoError.self) { try CredentialProvider.fromString(v2) }
    let asV1 = #expect(throws: MomentoError.self) { try CredentialProvider.fromDisposableToken(v2) }
    #expect(asV1?.advice.contains("fromAPIKeyV2") == true)
    let asV2 = #expect(throws: MomentoError.self) {
      try CredentialProvider.fromAPIKeyV2(v1, endpoint: "e.test")
    }
    #expect(asV2?.advice.contains("fromString") == true)
  }

  @Test("tells of both the key and the endpoint when both are missing")
  func bothMissing() {
    let error = #expect(throws: MomentoError.self) {
      try CredentialProvider.fromAPIKeyV2(" ", endpoint: "")
    }
    #expect(error?.message.contains("API key and Endpoint cannot be empty") == true)
  }

  @Test("comes from the variable named, whose name stands in every complaint")
  func environment() throws {
    let credential = try CredentialProvider.fromEnvironmentVariable(
      "MY_KEY", environment: ["MY_KEY": v1])
    #expect(credential.kind == .v1)
    for environment in [[:], ["MY_KEY": " "], ["MY_KEY": "nonsense!"]] {
      let error = #expect(throws: MomentoError.self) {
        try CredentialProvider.fromEnvironmentVariable("MY_KEY", environment: environment)
      }
      #expect(error?.message.contains("MY_KEY") == true)
      #expect(error?.code == .invalidArgument)
    }
    #expect(throws: MomentoError.self) {
      try CredentialProvider.fromEnvironmentVariable("", environment: ["": v1])
    }
  }

  @Test("of two variables names each one that is missing")
  func environmentV2() throws {
    let both = ["MOMENTO_API_KEY": v2, "MOMENTO_ENDPOINT": "e.test"]
    #expect(try CredentialProvider.fromEnvironmentV2(environment: both).kind == .v2)
    let error = #expect(throws: MomentoError.self) {
      try CredentialProvider.fromEnvironmentV2(environment: [:])
    }
    #expect(error?.message.contains("MOMENTO_API_KEY and MOMENTO_ENDPOINT") == true)
  }

  @Test("of the environment is taken by its own kind, whatever stands beside it")
  func anyEnvironment() throws {
    func read(_ environment: [String: String]) throws -> CredentialProvider {
      try .fromEnvironment(environment)
    }
    #expect(try read(["MOMENTO_API_KEY": v2, "MOMENTO_ENDPOINT": "e.test"]).kind == .v2)
    #expect(try read(["MOMENTO_API_KEY": v1, "MOMENTO_ENDPOINT": "e.test"]).kind == .v1)
    #expect(try read(["MOMENTO_AUTH_TOKEN": v1]).kind == .v1)
    #expect(throws: MomentoError.self) { try read([:]) }
    let error = #expect(throws: MomentoError.self) { try read(["MOMENTO_API_KEY": v2]) }
    #expect(error?.message.contains("MOMENTO_ENDPOINT") == true)
  }

  @Test("cannot ask for a connection without TLS by itself")
  func downgrade() throws {
    let bundle = #"{"endpoint":"http://a.b","api_key":"k"}"#.base64
    #expect(throws: MomentoError.self) { try CredentialProvider.fromString(bundle) }
    let legacy = "e30.\(#"{"cp":"http://a.b","c":"c.d"}"#.base64).c2ln"
    #expect(throws: MomentoError.self) { try CredentialProvider.fromString(legacy) }
    for text in [bundle, legacy] {
      let overridden = try CredentialProvider.fromString(
        text, overrides: .base("e.test", secure: false))
      #expect(overridden.endpoints.control.description == "control.e.test:443")
      #expect(!overridden.endpoints.control.isSecure)
      #expect(throws: MomentoError.self) {
        try CredentialProvider.fromString(text, overrides: .each(token: Endpoint(host: "e.test")))
      }
    }
    let chosen = try CredentialProvider.fromAPIKeyV2(v2, endpoint: "http://a.b:8080")
    #expect(!chosen.endpoints.token.isSecure && chosen.endpoints.token.port == 8080)
  }

  @Test("put where an endpoint belongs goes nowhere, not even to a name server")
  func swapped() throws {
    for vector in try CredentialVector.load() where vector.expect.ok && vector.token.count > 80 {
      let error = #expect(throws: MomentoError.self) {
        try CredentialProvider.fromAPIKeyV2(v2, endpoint: vector.token)
      }
      #expect(error?.description.contains(vector.token.prefix(20)) == false)
    }
  }

  @Test("of an emulator has one plain endpoint and no key")
  func local() {
    let credential = CredentialProvider.momentoLocal()
    let endpoint = Endpoint(host: "127.0.0.1", port: 8080, isSecure: false)
    #expect(credential.endpoints == Endpoints(control: endpoint, cache: endpoint, token: endpoint))
    #expect(credential.apiKey.isEmpty && credential.kind == .local)
  }

  @Test("can have its endpoints overridden as a base with prefix and port, or one by one")
  func overriding() throws {
    let based = try CredentialProvider.fromString(
      v1, overrides: .base("x.test", prefix: "vpce", port: 8443, secure: false))
    #expect(
      based.endpoints.control
        == Endpoint(host: "vpce.control.x.test", port: 8443, isSecure: false))
    #expect(based.endpoints.token.host == "vpce.token.x.test")
    let partial = try CredentialProvider.fromString(
      v1, overrides: .each(token: Endpoint(host: "::1", port: 9)))
    #expect(partial.endpoints.control.host == "control.a.b")
    #expect(partial.endpoints.token.description == "[::1]:9")
    for bad in [
      EndpointOverrides.base(""), .base("a/b"), .base("x.test", port: 0), .base("x:8080"),
      .base("x.test", prefix: "a/b"),
    ] {
      #expect(throws: MomentoError.self) { try CredentialProvider.fromString(v1, overrides: bad) }
    }
  }
}
