import GRPCCall
import MomentoAuthMessages
import Testing

@testable import MomentoAuthService

@Suite struct ExpiryAndRefreshTests {
  @Test("a key that expires is valid until now plus its seconds, and has a refresh token")
  func expiringKey() throws {
    var bench = try Bench()
    let key = try bench.dataKey(for: 86_400)
    #expect(key.validUntil == bench.now + 86_400)
    #expect(!key.refreshToken.isEmpty)
    #expect(key.endpoint == "localhost")
  }

  @Test("a key that never expires is valid until 0, and has no refresh token")
  func lastingKey() throws {
    var bench = try Bench()
    let key = try bench.dataKey()
    #expect(key.validUntil == 0)
    #expect(key.refreshToken.isEmpty)
  }

  @Test("a refresh gives a new pair, valid from then for as long as the first was")
  func refresh() throws {
    var bench = try Bench()
    let old = try bench.dataKey(for: 600)
    bench.now += 2
    let new = try bench.refresh(old.apiKey, old.refreshToken)
    #expect(new.validUntil == old.validUntil + 2)
    #expect(new.refreshToken != old.refreshToken)
    #expect(!new.refreshToken.isEmpty)
  }

  @Test("the new key differs from the old one, even within the same second")
  func differentKeys() throws {
    var bench = try Bench()
    let old = try bench.dataKey(for: 600)
    let new = try bench.refresh(old.apiKey, old.refreshToken)
    #expect(new.apiKey != old.apiKey)
    #expect(new.validUntil == old.validUntil)
    #expect(try bench.dataKey(for: 600).apiKey != bench.dataKey(for: 600).apiKey)
  }

  @Test("what a refresh gave can be refreshed again, and again")
  func chain() throws {
    var bench = try Bench()
    let first = try bench.dataKey(for: 600)
    var pair = try bench.refresh(first.apiKey, first.refreshToken)
    for _ in 0..<10 {
      bench.now += 599
      pair = try bench.refresh(pair.apiKey, pair.refreshToken)
      #expect(pair.validUntil == bench.now + 600)
    }
  }

  @Test("a refreshed key has the permissions of the first; the first works on")
  func samePermissions() throws {
    var bench = try Bench()
    let session = try bench.session()
    let old = try bench.generate(.superUser, for: 600, with: session)
    let new = try bench.refresh(old.apiKey, old.refreshToken)
    for key in [old.apiKey, new.apiKey] { _ = try bench.generate(.allData, with: key) }
    let data = try bench.dataKey(for: 600)
    let refreshed = try bench.refresh(data.apiKey, data.refreshToken)
    let refusal = refusal { () throws(AuthRefusal) in
      _ = try bench.generate(.allData, with: refreshed.apiKey)
    }
    #expect(refusal?.code == .permissionDenied)
  }

  @Test("a refresh token may be used again unless the service is told otherwise")
  func reuse() throws {
    var bench = try Bench()
    let key = try bench.dataKey(for: 600)
    _ = try bench.refresh(key.apiKey, key.refreshToken)
    _ = try bench.refresh(key.apiKey, key.refreshToken)
  }

  @Test("a service that takes refresh tokens once refuses the second use, not the new token's")
  func singleUse() throws {
    var bench = try Bench { $0.refreshTokens = .singleUse }
    let key = try bench.dataKey(for: 600)
    let new = try bench.refresh(key.apiKey, key.refreshToken)
    let refusal = refusal { () throws(AuthRefusal) in
      _ = try bench.refresh(key.apiKey, key.refreshToken)
    }
    #expect(refusal?.code == .invalidArgument)
    _ = try bench.refresh(new.apiKey, new.refreshToken)
  }

  @Test("a full memory of used refresh tokens refuses, and is freed as keys expire")
  func boundedMemory() throws {
    var bench = try Bench {
      $0.refreshTokens = .singleUse
      $0.mostUsedRefreshTokens = 2
    }
    for _ in 0..<2 {
      let key = try bench.dataKey(for: 600)
      _ = try bench.refresh(key.apiKey, key.refreshToken)
    }
    let key = try bench.dataKey(for: 1200)
    let refused = refusal { () throws(AuthRefusal) in
      _ = try bench.refresh(key.apiKey, key.refreshToken)
    }
    #expect(refused == .tooManyRefreshes)
    bench.now += 599
    #expect(
      refusal { () throws(AuthRefusal) in _ = try bench.refresh(key.apiKey, key.refreshToken) }
        == .tooManyRefreshes)
    bench.now += 1
    _ = try bench.refresh(key.apiKey, key.refreshToken)
  }

  @Test("an expired key is not refreshed", arguments: [1, 3, 1_000_000])
  func expiredKey(seconds: UInt64) throws {
    var bench = try Bench()
    let key = try bench.dataKey(for: 1)
    bench.now += seconds
    let refusal = refusal { () throws(AuthRefusal) in
      _ = try bench.refresh(key.apiKey, key.refreshToken)
    }
    #expect(
      refusal == .invalid("this api_key has expired, and an expired key cannot be refreshed"))
  }

  @Test("neither a disposable token nor a session token nor a lasting key is refreshed")
  func notRefreshable() throws {
    var bench = try Bench()
    let disposable = "a disposable token cannot be refreshed; only an API key that expires can"
    let session = "a session token cannot be refreshed; only an API key that expires can"
    let lasting = "this API key never expires, so it has no refresh token"
    let keys = [
      (try bench.disposableToken(), disposable), (try bench.session(), session),
      (try bench.dataKey().apiKey, lasting),
    ]
    for (key, message) in keys {
      let refusal = refusal { () throws(AuthRefusal) in _ = try bench.refresh(key, "x") }
      #expect(refusal == .invalid(message))
    }
  }

  @Test("an unknown key is unauthenticated; a wrong refresh token is invalid")
  func wrongPair() throws {
    var bench = try Bench()
    let first = try bench.dataKey(for: 600)
    let second = try bench.dataKey(for: 600)
    let unknown = refusal { () throws(AuthRefusal) in
      _ = try bench.refresh("a.b.c", first.refreshToken)
    }
    #expect(unknown?.code == .unauthenticated)
    for token in [second.refreshToken, "", "x", String(first.refreshToken.dropLast())] {
      let wrong = refusal { () throws(AuthRefusal) in _ = try bench.refresh(first.apiKey, token) }
      #expect(wrong?.code == .invalidArgument)
    }
  }
}
