import GRPCCall
import HTTP2Session
import Testing

@testable import GRPCTransport

@Suite struct RequestHeaderCacheTests {
  @Test(
    arguments: [
      (1, 1), (999, 999), (1_000, 1_000), (1_001, 1_010), (9_991, 10_000), (10_001, 10_100),
      (14_999_000_001, 15_000_000_000), (15_000_000_000, 15_000_000_000),
      (15_000_000_001, 15_100_000_000), (.max, .max),
    ] as [(UInt64, UInt64)])
  func aTimeoutIsRoundedUpToThreeDigits(timeout: UInt64, rounded: UInt64) {
    #expect(RequestHeaderCache.rounded(timeout) == rounded)
  }

  @Test func roundingNeverShortensATimeoutNorTrapsAtAnySize() {
    var timeout: UInt64 = 1
    while true {
      for near in [timeout - 1, timeout, timeout + 1] {
        let rounded = RequestHeaderCache.rounded(near)
        #expect(rounded >= near)
        #expect(rounded - near <= near / 100)
      }
      let (next, overflow) = timeout.multipliedReportingOverflow(by: 3)
      guard !overflow else { return }
      timeout = next
    }
  }

  @Test func theSameCallGetsTheSameList() {
    var cache = RequestHeaderCache.test
    let first = cache.headers(
      path: "/a/b", metadata: ["k": "v"], timeout: 14_999_999_999, previousAttempts: 0)
    let second = cache.headers(
      path: "/a/b", metadata: ["k": "v"], timeout: 14_999_000_000, previousAttempts: 0)
    #expect(first === second)
  }

  @Test func whateverDiffersMakesAnotherList() {
    var cache = RequestHeaderCache.test
    let list = cache.headers(
      path: "/a/b", metadata: ["k": "v"], timeout: 1_000, previousAttempts: 0)
    let others = [
      cache.headers(path: "/a/c", metadata: ["k": "v"], timeout: 1_000, previousAttempts: 0),
      cache.headers(path: "/a/b", metadata: ["k": "w"], timeout: 1_000, previousAttempts: 0),
      cache.headers(
        path: "/a/b", metadata: ["k": "v", "l": "v"], timeout: 1_000, previousAttempts: 0),
      cache.headers(path: "/a/b", metadata: ["k": "v"], timeout: 1_001, previousAttempts: 0),
      cache.headers(path: "/a/b", metadata: ["k": "v"], timeout: nil, previousAttempts: 0),
      cache.headers(path: "/a/b", metadata: ["k": "v"], timeout: 1_000, previousAttempts: 1),
    ]
    #expect(Set((others + [list]).map { ObjectIdentifier($0) }).count == 7)
    #expect(
      list
        === cache.headers(path: "/a/b", metadata: ["k": "v"], timeout: 1_000, previousAttempts: 0))
  }

  @Test func aRepeatedCallsListIsNotKept() {
    var cache = RequestHeaderCache.test
    let first = cache.headers(path: "/a/b", metadata: [:], timeout: 1, previousAttempts: 2)
    let second = cache.headers(path: "/a/b", metadata: [:], timeout: 1, previousAttempts: 2)
    #expect(first !== second)
  }

  @Test func noMoreThanTheLimitIsKept() {
    var cache = RequestHeaderCache.test
    let kept = WeakLists(
      (0..<100).map {
        cache.headers(path: "/a/\($0)", metadata: [:], timeout: nil, previousAttempts: 0)
      })
    #expect(kept.count == RequestHeaderCache.limit)
  }

  @Test func theListThatWasNotUsedForTheLongestTimeGoes() {
    var cache = RequestHeaderCache.test
    func list(_ name: Int) -> SubmittableHeaders {
      cache.headers(path: "/a/\(name)", metadata: [:], timeout: nil, previousAttempts: 0)
    }
    let limit = RequestHeaderCache.limit
    let lists = (0..<limit).map { list($0) }
    // The oldest is used again, and so is the one that was used last before it.
    #expect(list(limit - 1) === lists[limit - 1])
    #expect(list(0) === lists[0])
    for new in 0..<(limit - 2) { _ = list(1_000 + new) }
    #expect(list(limit - 1) === lists[limit - 1])
    #expect(list(0) === lists[0])
    #expect(list(1) !== lists[1])
  }
}

extension RequestHeaderCache {
  fileprivate static var test: RequestHeaderCache {
    RequestHeaderCache(target: .host("test", port: 1), configuration: ChannelConfiguration())
  }
}

/// Tells how many lists somebody else still holds.
private struct WeakLists {
  private struct Reference { weak var list: SubmittableHeaders? }

  private let references: [Reference]

  init(_ lists: [SubmittableHeaders]) { references = lists.map { Reference(list: $0) } }

  var count: Int { references.count { $0.list != nil } }
}
