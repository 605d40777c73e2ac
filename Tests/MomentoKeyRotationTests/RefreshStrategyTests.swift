import GRPCCall
import MomentoAuth
import MomentoAuthService
import SecretStores
import Testing

@testable import MomentoKeyRotation

@Suite struct RefreshStrategyTests {
  private let operation = OperationID(name: "test")

  @Test func aKeyIsRefreshedByItsToken() async throws {
    let bench = try await AuthBench()
    let old = try await bench.dueKey()
    let new = try await bench.strategy.issue(old, operation: operation, deadline: .seconds(300))
    #expect(new.credentials.apiKey != old.credentials.apiKey)
    #expect(new.credentials.refreshToken != old.credentials.refreshToken)
    await bench.service.shutdown()
  }

  @Test func aUsedTokenIsRefused() async throws {
    let bench = try await AuthBench(.singleUse)
    let old = try await bench.dueKey()
    _ = try await bench.strategy.issue(old, operation: operation, deadline: .seconds(300))
    let error = await #expect(throws: IssueError.self) {
      try await bench.strategy.issue(old, operation: operation, deadline: .seconds(300))
    }
    #expect(error?.kind == .refused)
    #expect(error?.mayHaveHappened == false)
    await bench.service.shutdown()
  }

  @Test func aServiceThatIsAwayMayBeAskedAgain() async throws {
    let bench = try await AuthBench()
    let old = try await bench.dueKey()
    await bench.service.shutdown()
    let error = await #expect(throws: IssueError.self) {
      try await bench.strategy.issue(old, operation: operation, deadline: .seconds(300))
    }
    #expect(error?.kind == .retryable)
    #expect(error?.mayHaveHappened == false)
    guard case .inconclusive = await bench.strategy.probe(old, deadline: .seconds(300)) else {
      Issue.record("a service that is away has told something")
      return
    }
  }

  @Test func whoMayNotMakeTokensIsKnownAllTheSame() async throws {
    let bench = try await AuthBench()
    let other = try await AuthBench()
    let superUser = try await bench.dueKey()
    let reader = try await bench.dueKey(.cacheReadOnly("catalogue"))
    let stranger = try await other.dueKey()
    #expect(await bench.strategy.probe(superUser, deadline: .seconds(300)) == .authenticates)
    #expect(await bench.strategy.probe(reader, deadline: .seconds(300)) == .authenticates)
    #expect(await bench.strategy.probe(stranger, deadline: .seconds(300)) == .refused)
    await bench.service.shutdown()
    await other.service.shutdown()
  }

  @Test(arguments: [
    (StatusCode.unavailable, IssueError.Kind.retryable), (.deadlineExceeded, .retryable),
    (.resourceExhausted, .retryable), (.internalError, .retryable), (.aborted, .retryable),
    (.unknown, .retryable), (.cancelled, .retryable), (.unauthenticated, .refused),
    (.invalidArgument, .refused), (.permissionDenied, .refused),
    (.failedPrecondition, .refused), (.notFound, .refused), (.outOfRange, .refused),
    (.unimplemented, .refused),
  ])
  func eachCodeSaysWhetherToAskAgain(code: StatusCode, kind: IssueError.Kind) {
    #expect(IssueError(MomentoError(MomentoErrorCode(code), "x")).kind == kind)
  }

  @Test func onlyUnauthenticatedRefusesAKey() {
    for code in StatusCode.allCases where code != .ok {
      let verdict = RefreshStrategy.verdict(MomentoError(MomentoErrorCode(code), "x"))
      switch code {
      case .unauthenticated: #expect(verdict == .refused)
      case .permissionDenied: #expect(verdict == .authenticates)
      default: #expect(verdict == .inconclusive(MomentoErrorCode(code).rawValue))
      }
    }
  }
}
