import GRPCCall
import HTTPClient
import Locking
import MomentoAuth
import SecretStores
import Testing

@testable import AWSSecretStore

@Suite struct CredentialCacheTests {
  /// Credentials that end at 17:00, and an endpoint that gives them from the first answer on only as
  /// long as `answers` has some.
  private func container(
    _ answers: [HTTPResponse?]
  ) -> (Surroundings, CredentialCache) {
    let surroundings = Surroundings(["AWS_CONTAINER_CREDENTIALS_RELATIVE_URI": "/x"]) { _, before in
      before < answers.count ? answers[before] : nil
    }
    return (
      surroundings, CredentialCache(search: CredentialSearch(environment: surroundings.environment))
    )
  }

  private let end: UInt64 = 1_764_003_600
  private func credentials(_ id: String) -> HTTPResponse {
    .credentials(id, until: "2025-11-24T17:00:00Z")
  }

  @Test func credentialsAreKeptUntilFifteenMinutesBeforeTheirEnd() async throws {
    let (surroundings, cache) = container([
      credentials("A"), .credentials("B", until: "2025-11-24T19:00:00Z"),
    ])
    #expect(try await cache.credentials().accessKeyID == "A")
    surroundings.clock.withLock { $0 = end - 900 }
    #expect(try await cache.credentials().accessKeyID == "A")
    surroundings.clock.withLock { $0 = end - 899 }
    #expect(try await cache.credentials().accessKeyID == "B")
    #expect(surroundings.http.sent.count == 2)
  }

  @Test func whileARenewalFailsTheOldAreUsedUntilTenMinutesBeforeTheirEnd() async throws {
    let (surroundings, cache) = container([credentials("A")])
    _ = try await cache.credentials()
    surroundings.clock.withLock { $0 = end - 800 }
    #expect(try await cache.credentials().accessKeyID == "A")
    let asked = surroundings.http.sent.count
    #expect(try await cache.credentials().accessKeyID == "A")
    #expect(surroundings.http.sent.count == asked)
    surroundings.clock.withLock { $0 = end - 599 }
    let error = await #expect(throws: SecretStoreError.self) { try await cache.credentials() }
    #expect(error?.kind == .unavailable)
    #expect(error?.delivery == .notSent)
  }

  @Test func endedCredentialsOfAnInstanceAreUsedOn() async throws {
    let surroundings = Surroundings { request, _ in
      if request.method == .put { return .ok("session") }
      if request.url.hasSuffix("/security-credentials/") { return .ok("role") }
      return .credentials("OLD", until: "2025-11-24T15:00:00Z")
    }
    let cache = CredentialCache(search: CredentialSearch(environment: surroundings.environment))
    let found = try await cache.credentials()
    #expect(found.accessKeyID == "OLD")
    #expect(found.expiration == 1_764_000_000 + 1_200 + 360)
    let asked = surroundings.http.sent.count
    surroundings.clock.withLock { $0 += 600 }
    #expect(try await cache.credentials().accessKeyID == "OLD")
    #expect(surroundings.http.sent.count == asked)
  }

  @Test func manyThatAskAtOnceMakeOneSearch() async throws {
    let (surroundings, cache) = container([credentials("A")])
    await withTaskGroup(of: Void.self) { group in
      for _ in 0..<50 { group.addTask { _ = try? await cache.credentials() } }
    }
    #expect(surroundings.http.sent.count == 1)
  }
}
