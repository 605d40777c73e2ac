import GRPCCall
import GRPCTransport
import MomentoAuthMessages
import Testing

@testable import MomentoAuth

@Suite("The auth client, when a call fails,")
struct AuthClientFailureTests {
  /// Fails with a code until an attempt.
  private func failing<Response: Sendable>(
    _ code: StatusCode, until attempt: Int, then response: Response
  ) -> ScriptedService.Answer<Response> {
    { number in
      guard number >= attempt else { throw RPCStatusError(code, "not yet") }
      return response
    }
  }

  @Test("repeats the refresh and the making of a token that were unavailable")
  func retries() async throws {
    let refresh = ScriptedService(
      refresh: failing(.unavailable, until: 3, then: .init(apiKey: "K", endpoint: "e.test")))
    try await withClient(of: refresh) { _ = try await $0.refreshAPIKey(Secret("R")) }
    #expect(await refresh.calls.count == 3)
    let token = ScriptedService(
      disposable: failing(.unavailable, until: 2, then: .init(apiKey: "K", endpoint: "e.test")))
    try await withClient(of: token) {
      _ = try await $0.generateDisposableToken(scope: .cacheReadOnly("a"), expiresIn: .hours(1))
    }
    #expect(await token.calls.count == 2)
  }

  @Test("never repeats the making of a key, of which there might be two then")
  func noRetry() async throws {
    let service = ScriptedService(
      generate: failing(.unavailable, until: 2, then: .init(apiKey: "K", endpoint: "e.test")))
    try await withClient(of: service) { client in
      let error = await momentoError {
        _ = try await client.generateAPIKey(scope: .superUser, expiresIn: .never)
      }
      #expect(error?.code == .serverUnavailable)
    }
    #expect(await service.calls.count == 1)
  }

  @Test("does not repeat what no repeating mends, nor anything when it is told not to")
  func notRetryable() async throws {
    let refused = ScriptedService(
      refresh: failing(.invalidArgument, until: 2, then: .init(apiKey: "K", endpoint: "e")))
    try await withClient(of: refused) { client in
      let error = await momentoError { _ = try await client.refreshAPIKey(Secret("R")) }
      #expect(error?.code == .invalidArgument && error?.grpcStatus == .invalidArgument)
    }
    #expect(await refused.calls.count == 1)
    let once = ScriptedService(
      refresh: failing(.unavailable, until: 2, then: .init(apiKey: "K", endpoint: "e")))
    try await withClient(of: once, configure: { $0.retryPolicy = nil }) { client in
      #expect(await momentoError { _ = try await client.refreshAPIKey(Secret("R")) } != nil)
    }
    #expect(await once.calls.count == 1)
  }

  @Test(
    "repeats a refresh only until the key has expired",
    arguments: [(1_699_999_999.0, 2), (1_700_000_000.0, 1)])
  func expired(_ now: Double, _ attempts: Int) async throws {
    let key = "e30.\(#"{"exp":1700000000}"#.base64).c2ln"
    let service = ScriptedService(
      refresh: failing(.unavailable, until: 2, then: .init(apiKey: "K", endpoint: "e.test")))
    try await withClient(of: service, apiKey: key, now: now) { client in
      let error = await momentoError { _ = try await client.refreshAPIKey(Secret("R")) }
      #expect((error == nil) == (attempts == 2))
    }
    #expect(await service.calls.count == attempts)
  }

  @Test("hides its key and refresh token even if the service repeats them")
  func echo() async throws {
    let service = ScriptedService(refresh: { _ in
      throw RPCStatusError(
        .unauthenticated, "no such key SECRETKEY with SECRETREFRESH\nforged: line",
        trailers: ["err": "unknown_key", "echo": "SECRETKEY"])
    })
    try await withClient(of: service, apiKey: "SECRETKEY") { client in
      let error = try #require(
        await momentoError { _ = try await client.refreshAPIKey(Secret("SECRETREFRESH")) })
      var text = "\(error)\(String(reflecting: error))"
      dump(error, to: &text)
      #expect(!text.contains("SECRET"))
      #expect(error.code == .authentication && error.subKind == "unknown_key")
      #expect(error.message.hasSuffix("no such key <redacted> with <redacted> forged: line"))
      #expect(error.endpoint?.hasPrefix("127.0.0.1:") == true)
    }
  }

  @Test("names the limit that was exceeded")
  func limit() async throws {
    let service = ScriptedService(generate: { _ in
      throw RPCStatusError(
        .resourceExhausted, "slow down", trailers: ["err": "operations_rate_limit_exceeded"])
    })
    try await withClient(of: service) { client in
      let error = await momentoError {
        _ = try await client.generateAPIKey(scope: .superUser, expiresIn: .never)
      }
      #expect(error?.code == .limitExceeded)
      #expect(error?.message == "Request rate limit exceeded for this account: slow down")
    }
  }

  @Test("stops waiting at its deadline")
  func deadline() async throws {
    let service = ScriptedService(generate: { _ in
      try await Task.sleep(for: .seconds(60))
      return .init()
    })
    try await withClient(of: service, configure: { $0.deadline = .milliseconds(50) }) { client in
      let error = await momentoError {
        _ = try await client.generateAPIKey(scope: .superUser, expiresIn: .never)
      }
      #expect(error?.code == .timeout && error?.grpcStatus == .deadlineExceeded)
    }
  }

  @Test("ends a call whose task is cancelled")
  func cancelled() async throws {
    let (arrivals, arrived) = AsyncStream.makeStream(of: Void.self)
    let service = ScriptedService(generate: { _ in
      arrived.yield()
      try await Task.sleep(for: .seconds(60))
      return .init()
    })
    try await withClient(of: service) { client in
      let task = Task {
        await momentoError {
          _ = try await client.generateAPIKey(scope: .superUser, expiresIn: .never)
        }
      }
      for await _ in arrivals { break }
      task.cancel()
      #expect(await task.value?.code == .cancelled)
    }
  }

  @Test("takes no call once it is closed")
  func closed() async throws {
    let service = ScriptedService()
    try await withClient(of: service) { client in
      await client.close()
      let error = await momentoError {
        _ = try await client.generateAPIKey(scope: .superUser, expiresIn: .never)
      }
      #expect(error != nil)
    }
    #expect(await service.calls.isEmpty)
  }
}
