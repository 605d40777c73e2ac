import FoundationEssentials
import GRPCCall
import Locking
import MomentoAuth
import MomentoAuthMessages
import TestSupport
import Testing

@testable import GRPCTransport
@testable import HTTP2Session
@testable import MomentoAuthService

/// A text that stands nowhere else.
let secret = "q7Zk-synthetic-credential-91xP-e8Wm"

@Suite("Nothing that is printed, dumped or reflected shows a secret of")
struct ClientExposureTests {
  @Test("a credential, in any of its forms")
  func credentials() throws {
    let key = try GeneratedAPIKey(
      key: secret, refreshToken: secret, endpoint: "e.test", validUntil: 1)
    let session = SessionToken(token: Secret(secret), validFor: .seconds(1))
    let values: [Any] = [
      Secret(secret), [Optional(Secret(secret))], ["key": Secret(secret)],
      CredentialsFile(apiKey: Secret(secret), refreshToken: Secret(secret)), key,
      try key.credentialProvider(), key.credentialsFile,
      try DisposableToken(key: secret, endpoint: "e.test", validUntil: 1), session,
      LoginEvent.loggedIn(session),
      LiveCredential(provider: try key.credentialProvider(), generation: 1),
    ]
    for value in values {
      #expect(exposures(of: secret, by: value) == [])
      #expect(exposures(of: key.apiKey.reveal(), by: value) == [])
    }
  }

  @Test("a client, and of an error that repeats it")
  func client() async throws {
    let key = try GeneratedAPIKey(key: secret, refreshToken: "", endpoint: "e.test", validUntil: 1)
    let client = try AuthClient(credentialProvider: try key.credentialProvider())
    #expect(exposures(of: secret, by: client) == [])
    #expect(exposures(of: secret, by: try Channel(target: .host("e.test", port: 1))) == [])
    await client.close()
    let wrong = #expect(throws: MomentoError.self) { try CredentialProvider.fromString(secret) }
    #expect(exposures(of: secret, by: wrong as Any) == [])
    let twice = #expect(throws: MomentoError.self) {
      try CredentialsFile(parsing: #"{"apiKey":"\#(secret)","refreshToken":7}"#)
    }
    #expect(exposures(of: secret, by: twice as Any) == [])
  }

  @Test("a message on its way")
  func messages() throws {
    let values: [Any] = [
      GenerateApiTokenRequest(authToken: secret), RefreshApiTokenRequest(apiKey: secret),
      GenerateApiTokenResponse(apiKey: secret, refreshToken: secret),
    ]
    for value in values { #expect(exposures(of: secret, by: value) == []) }
  }

  @Test("metadata, header fields and what is made of them")
  func headers() throws {
    var metadata = Metadata()
    try metadata.add("authorization", secret)
    let head = RequestHead(path: "/a.B/C", metadata: metadata)
    let values: [Any] = [
      metadata, Array(metadata), head,
      HTTPRequestHead(
        method: "GET", target: "/", authority: "a", contentType: nil, fields: metadata),
      HeaderField("authorization", secret, isNeverIndexed: true),
      ServerContext(head, peer: "p", now: MonotonicTime(nanoseconds: 0)),
      HeaderBlock(["authorization": secret]),
      SubmittableHeaders(HeaderBlock(["authorization": secret])),
    ]
    for value in values { #expect(exposures(of: secret, by: value) == []) }
  }

  @Test("a call that is traced, with what its server said")
  func traces() async throws {
    let tracer = KeepingTracer()
    var configuration = ChannelConfiguration()
    configuration.tracer = tracer
    let channel = try Channel(target: .host("127.0.0.1", port: 1), configuration: configuration)
    let metadata: Metadata = ["authorization": secret]
    await #expect(throws: RPCError.self) {
      _ = try await channel.unary(
        AuthMethods.refreshApiToken, RefreshApiTokenRequest(apiKey: secret), metadata: metadata)
    }
    await channel.shutdown()
    let seen = tracer.seen.withLock { $0 }
    // What the call was to send, and its end.
    #expect(seen.count == 2)
    for value in seen { #expect(exposures(of: secret, by: value) == []) }
    #expect(exposures(of: secret, by: tracer) == [])
  }

  @Test("the embedded service: what signs its keys, and those that it made")
  func service() async throws {
    let local = try await LocalMomentoAuth.start()
    let session = try local.sessionToken()
    // The claims are no secret, and other tokens begin with the same.
    let signature = String(session.reveal().split(separator: ".").last ?? "")
    #expect(exposures(of: signature, by: local) == [])
    await local.shutdown()
    let mint = TokenMint(signingKey: Array(secret.utf8), refreshKey: Array(secret.utf8))
    let state = SavedState(signingKey: Data(secret.utf8), refreshKey: Data(secret.utf8))
    for value in [mint, state, SavedState.Authority(certificate: "c", privateKey: secret)] as [Any]
    {
      #expect(exposures(of: secret, by: value) == [])
    }
  }
}

/// A tracer that keeps all that it is told.
private final class KeepingTracer: CallTracer, CallTrace {
  let seen = Locked<[any Sendable]>([])

  func begin(method: String, metadata: inout Metadata) -> (any CallTrace)? {
    let copy = metadata
    seen.withLock { $0.append(copy) }
    return self
  }

  func record(_ event: CallTraceEvent) { seen.withLock { $0.append(event) } }
}
