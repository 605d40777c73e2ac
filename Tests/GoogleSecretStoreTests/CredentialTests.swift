import FoundationEssentials
import GRPCCall
import GRPCTransport
import HTTPClient
import Locking
import MomentoAuth
import SecretStores
import TestSupport
import Testing

@testable import GoogleSecretStore

/// Answers requests one after the other, and keeps them.
private final class ScriptedHTTP: HTTPExchange {
  private let held: Locked<(answers: [HTTPResponse], requests: [HTTPRequest])>

  init(_ answers: HTTPResponse...) { held = Locked((answers, [])) }

  var requests: [HTTPRequest] { held.withLock { $0.requests } }

  func send(_ request: HTTPRequest) async throws(HTTPFailure) -> HTTPResponse {
    let answer = held.withLock { held in
      held.requests.append(request)
      return held.answers.isEmpty ? nil : held.answers.removeFirst()
    }
    guard let answer else {
      throw HTTPFailure(phase: .timeout, isCertainlyUnsent: false, reason: "no answer")
    }
    return answer
  }
}

@Suite struct MetadataServerTests {
  private let location = StoreLocation(scheme: "gcp-secretmanager", name: "s")

  private func answer(
    _ body: String, status: Int = 200, flavour: String = "Google"
  ) -> HTTPResponse {
    HTTPResponse(
      status: status, fields: [HTTPField("metadata-flavor", flavour)], body: Array(body.utf8))
  }

  private func token(_ text: String, life: Int = 3_600) -> HTTPResponse {
    answer(#"{"access_token":"\#(text)","expires_in":\#(life),"token_type":"Bearer"}"#)
  }

  @Test func aTokenIsKeptUntilItIsNearItsEndOrRefused() async throws {
    let http = ScriptedHTTP(token("one", life: 200), token("two"), token("three"))
    let server = MetadataServer(http: http, host: "metadata.test", location: location)
    #expect(try await server.token().reveal() == "one")
    #expect(try await server.token().reveal() == "two")
    #expect(try await server.token().reveal() == "two")
    #expect(server.forget())
    #expect(!server.forget())
    #expect(try await server.token().reveal() == "three")
    let request = try #require(http.requests.first)
    #expect(
      request.url
        == "http://metadata.test/computeMetadata/v1/instance/service-accounts/default/token")
    #expect(request.fields == [HTTPField("Metadata-Flavor", "Google")])
    #expect(!request.usesProxy)
  }

  @Test func aFailureThatMayPassIsTriedThreeTimes() async throws {
    let http = ScriptedHTTP(answer("", status: 503), answer("", status: 503), token("one"))
    let server = MetadataServer(http: http, host: nil, location: location)
    #expect(try await server.token().reveal() == "one")
    let error = await #expect(throws: SecretStoreError.self) {
      _ = server.forget()
      return try await server.token()
    }
    #expect(error?.kind == .unavailable)
    #expect(error?.delivery == .notSent)
    #expect(http.requests.count == 6)
  }

  @Test func whateverElseAnswersThereIsNotBelieved() async throws {
    for (answer, kind) in [
      (answer("{}", flavour: "Other"), .misconfigured),
      (answer("{}", status: 404), .unauthenticated), (answer("{}"), .unauthenticated),
    ] as [(HTTPResponse, SecretStoreError.Kind)] {
      let server = MetadataServer(http: ScriptedHTTP(answer), host: nil, location: location)
      let error = await #expect(throws: SecretStoreError.self) { try await server.token() }
      #expect(error?.kind == kind)
    }
  }
}

@Suite struct ServiceAccountTests {
  private let location = StoreLocation(scheme: "gcp-secretmanager", name: "s")

  /// A key that protects nothing: it is of no use but here.
  private func account(_ type: String = "service_account") throws -> ServiceAccount {
    let data = try Data(contentsOf: fixture("stores/service_account_key.pem"))
    let key = String(decoding: data, as: UTF8.self)
    let members: [String: String] = [
      "type": type, "client_email": "rotator@p.iam.gserviceaccount.com",
      "private_key_id": "k1", "private_key": key,
    ]
    return try ServiceAccount(
      json: [UInt8](try JSONEncoder().encode(members)), location: location)
  }

  @Test func theAssertionIsTheOneThatGooglesOwnLibraryMakes() throws {
    let data = try Data(contentsOf: fixture("stores/service_account_assertion.txt"))
    let expected = String(decoding: data, as: UTF8.self)
    let made = try account().assertion(at: 1_764_000_000).reveal()
    #expect(made == expected.filter { !$0.isWhitespace })
  }

  @Test func aTokenIsSignedOnceAndSignedAnewWhenItIsRefused() async throws {
    let account = try account()
    let first = try await account.token()
    #expect(try await account.token() == first)
    #expect(account.forget())
    #expect(!account.forget())
  }

  @Test func otherKindsOfCredentialsAreRefusedByName() throws {
    let error = #expect(throws: SecretStoreError.self) { try account("authorized_user") }
    #expect(error?.kind == .unsupported)
    #expect(error?.message.contains("authorized_user") == true)
  }
}

@Suite struct OpeningTests {
  private func open(_ url: String, environment: [String: String] = [:]) throws {
    _ = try SecretManagerStore(
      StoreURL(parsing: "gcp-secretmanager:" + url), environment: environment, http: NoHTTP())
  }

  private func expectMisconfigured(_ url: String, _ word: String) {
    let error = #expect(throws: SecretStoreError.self) { try open(url) }
    #expect(error?.kind == .misconfigured)
    #expect(error?.description.contains(word) == true)
  }

  @Test func aURLNamesASecretAndWaysToReachIt() throws {
    try open("projects/p/secrets/s")
    try open("projects/p/locations/europe-west1/secrets/s?endpoint=proxy.example:8443")
    expectMisconfigured("projects/p/secrets/s/versions/1", "secret")
    expectMisconfigured("projects//secrets/s", "secret")
    expectMisconfigured("projects/p/secrets/s?auth=token", "token")
    expectMisconfigured("projects/p/secrets/s?auth=service-account", "credentials")
    expectMisconfigured("projects/p/secrets/s?credentials=/missing.json", "/missing.json")
    expectMisconfigured("projects/p/secrets/s?endpoint=ftp://a", "endpoint")
  }

  @Test func nobodyIsTrustedWithoutCredentialsOrEncryptionButThisMachine() throws {
    try open("projects/p/secrets/s?auth=none&endpoint=http://127.0.0.1:1")
    expectMisconfigured("projects/p/secrets/s?auth=none", "auth=none")
    expectMisconfigured("projects/p/secrets/s?auth=none&endpoint=a.example:1", "auth=none")
    expectMisconfigured("projects/p/secrets/s?endpoint=http://a.example:1", "unencrypted")
  }

  @Test func aRegionalSecretIsKeptByItsRegionsService() throws {
    let url = try StoreURL(parsing: "gcp-secretmanager:projects/p/locations/l1/secrets/s")
    #expect(try GoogleEndpoint(url: url).target.host == "secretmanager.l1.rep.googleapis.com")
    let global = try StoreURL(parsing: "gcp-secretmanager:projects/p/secrets/s")
    #expect(
      try GoogleEndpoint(url: global).target == .host("secretmanager.googleapis.com", port: 443))
  }
}
