import GRPCCall
import MomentoAuth
import MomentoAuthMessages
import MomentoCacheMessages
import Testing

@testable import MomentoAuthService

/// Short words for calls to the data plane; each answers with the refusal, or nil.
extension Bench {
  /// A bench with caches, and the disposable token of a scope.
  static func with(
    _ scope: DisposableTokenScope, caches: [String] = ["a", "b"]
  ) throws -> (Bench, String) {
    var bench = try Bench()
    let session = try bench.session()
    for cache in caches { #expect(bench.createCache(cache, session) == nil) }
    let permissions = Permissions(scope.permissions)
    return (bench, try bench.disposable(permissions, with: session).apiKey)
  }

  var milliseconds: UInt64 { now * 1_000 }

  mutating func createCache(_ name: String, _ token: String) -> AuthRefusal? {
    refusal { () throws(AuthRefusal) in
      _ = try data.createCache(.init(cacheName: name), token, at: milliseconds)
    }
  }

  mutating func deleteCache(_ name: String, _ token: String) -> AuthRefusal? {
    refusal { () throws(AuthRefusal) in
      _ = try data.deleteCache(.init(cacheName: name), token, at: milliseconds)
    }
  }

  mutating func set(
    _ key: String, in cache: String, _ token: String, value: String = "v",
    ttl: UInt64 = 60_000
  ) -> AuthRefusal? {
    let request = SetRequest(
      cacheKey: Array(key.utf8), cacheBody: Array(value.utf8), ttlMilliseconds: ttl)
    return refusal { () throws(AuthRefusal) in
      _ = try data.set(request, .init(credential: token, cache: cache), at: milliseconds)
    }
  }

  mutating func get(_ key: String, in cache: String, _ token: String) -> AuthRefusal? {
    refusal { () throws(AuthRefusal) in _ = try value(key, in: cache, token) }
  }

  /// Nil for a miss.
  mutating func value(
    _ key: String, in cache: String, _ token: String
  ) throws(AuthRefusal) -> String? {
    let answer = try data.get(
      .init(cacheKey: Array(key.utf8)), .init(credential: token, cache: cache), at: milliseconds)
    return answer.result == .hit ? String(decoding: answer.cacheBody, as: UTF8.self) : nil
  }

  mutating func delete(_ key: String, in cache: String, _ token: String) -> AuthRefusal? {
    refusal { () throws(AuthRefusal) in
      _ = try data.delete(
        .init(cacheKey: Array(key.utf8)), .init(credential: token, cache: cache), at: milliseconds)
    }
  }

  mutating func publish(
    _ topic: String, in cache: String, _ token: String, text: String = "hi"
  ) -> AuthRefusal? {
    let request = PublishRequest(
      cacheName: cache, topic: topic, value: TopicValue(kind: .text(text)))
    return refusal { () throws(AuthRefusal) in
      _ = try data.publish(request, token, at: milliseconds)
    }
  }

  mutating func subscribe(_ topic: String, in cache: String, _ token: String) -> AuthRefusal? {
    refusal { () throws(AuthRefusal) in _ = try subscriber(topic, in: cache, token) }
  }

  mutating func subscriber(
    _ topic: String, in cache: String, _ token: String
  ) throws(AuthRefusal) -> Int {
    try data.subscribe(.init(cacheName: cache, topic: topic), token, at: milliseconds)
  }
}

/// The status of a refusal; nil where there was none.
func code(_ refusal: AuthRefusal?) -> StatusCode? { refusal?.code }
