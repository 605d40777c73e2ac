import GRPCCall
import Testing

@Suite("Retries")
struct RetryMachineTests {
  @Test("without a policy only what nobody processed is sent again")
  func noPolicy() {
    var machine = RetryMachine(policy: nil)
    #expect(machine.failed(.unavailable, .notSent) == .retryNow)
    #expect(machine.failed(.unavailable, .refused) == .retryNow)
    #expect(machine.failed(.unavailable, .refused) == .fail)
    #expect(machine.failed(.unavailable, .unknown) == .fail)
    #expect(machine.failed(.unavailable, .answered) == .fail)
    #expect(machine.previousAttempts == 0)
  }

  @Test("what never left is sent again many times, and not for ever")
  func unsent() {
    var machine = RetryMachine(policy: nil)
    for _ in 0..<64 { #expect(machine.failed(.unavailable, .notSent) == .retryNow) }
    #expect(machine.failed(.unavailable, .notSent) == .fail)
  }

  @Test("a policy retries its codes with growing waits up to its attempts")
  func policy() {
    var machine = RetryMachine(policy: RetryPolicy(maxAttempts: 4, maxBackoff: .milliseconds(300)))
    #expect(machine.failed(.unavailable) == .retry(after: .milliseconds(100)))
    #expect(machine.failed(.unavailable) == .retry(after: .milliseconds(200)))
    #expect(machine.failed(.unavailable) == .retry(after: .milliseconds(300)))
    #expect(machine.previousAttempts == 3)
    #expect(machine.failed(.unavailable) == .fail)
  }

  @Test("five attempts are the most")
  func fiveAttempts() {
    var machine = RetryMachine(policy: RetryPolicy(maxAttempts: 100))
    var throttle = RetryThrottle(maxTokens: 1000)
    let retries = (0..<10).filter { _ in
      machine.failed(.unavailable, throttle: &throttle) != .fail
    }
    #expect(retries.count == 4)
  }

  @Test("one attempt means no retry", arguments: [-1, 0, 1])
  func oneAttempt(attempts: Int) {
    var machine = RetryMachine(policy: RetryPolicy(maxAttempts: attempts))
    #expect(machine.failed(.unavailable) == .fail)
  }

  @Test("a code that the policy does not name fails")
  func otherCode() {
    var machine = RetryMachine(policy: RetryPolicy())
    #expect(machine.failed(.internalError) == .fail)
  }

  @Test("a call whose response began has no way back, not even unprocessed")
  func committed() {
    var machine = RetryMachine(policy: RetryPolicy())
    #expect(machine.failed(.unavailable, .notSent, isCommitted: true) == .fail)
    #expect(machine.failed(.unavailable, isCommitted: true) == .fail)
  }

  @Test("the server's push-back replaces the wait and starts the back-off anew")
  func pushback() {
    var machine = RetryMachine(policy: RetryPolicy(maxAttempts: 5))
    #expect(machine.failed(.unavailable) == .retry(after: .milliseconds(100)))
    #expect(machine.failed(.unavailable, pushback: "7") == .retry(after: .milliseconds(7)))
    #expect(machine.failed(.unavailable) == .retry(after: .milliseconds(100)))
  }

  @Test("a push-back that is no number forbids retries", arguments: ["-1", "", "x", "1.5"])
  func stop(pushback: String) {
    var machine = RetryMachine(policy: RetryPolicy())
    #expect(machine.failed(.unavailable, pushback: pushback) == .fail)
  }

  @Test("retries stop when half of the tokens are gone, and come back with success")
  func throttle() {
    var throttle = RetryThrottle(maxTokens: 4, tokenRatio: 0.5)
    var machine = RetryMachine(policy: RetryPolicy(maxAttempts: 5))
    #expect(machine.failed(.unavailable, throttle: &throttle) != .fail)
    #expect(machine.failed(.unavailable, throttle: &throttle) == .fail)
    #expect(!throttle.allowsRetry)
    throttle.recordSuccess()
    #expect(throttle.allowsRetry)
  }

  @Test("tokens end at nothing and at the bucket's size")
  func bounds() {
    var throttle = RetryThrottle(maxTokens: 2, tokenRatio: 1)
    for _ in 0..<10 { throttle.recordFailure() }
    throttle.recordSuccess()
    #expect(!throttle.allowsRetry)
    throttle.recordSuccess()
    #expect(throttle.allowsRetry)
    for _ in 0..<10 { throttle.recordSuccess() }
    #expect(RetryThrottle(tokenRatio: .nan) == RetryThrottle(tokenRatio: 0))
    #expect(throttle == RetryThrottle(maxTokens: 2, tokenRatio: 1))
  }

  @Test("an error that no policy retries takes no token")
  func untouched() {
    var throttle = RetryThrottle()
    var machine = RetryMachine(policy: RetryPolicy())
    #expect(machine.failed(.notFound, throttle: &throttle) == .fail)
    #expect(throttle == RetryThrottle())
  }
}

extension RetryMachine {
  fileprivate mutating func failed(
    _ code: StatusCode, _ delivery: Delivery = .answered, pushback: String? = nil,
    isCommitted: Bool = false
  ) -> Decision {
    var throttle = RetryThrottle()
    return failed(
      code, delivery, pushback: pushback, isCommitted: isCommitted, throttle: &throttle)
  }

  fileprivate mutating func failed(
    _ code: StatusCode, _ delivery: Delivery = .answered, pushback: String? = nil,
    isCommitted: Bool = false, throttle: inout RetryThrottle
  ) -> Decision {
    var outcome = CallOutcome(status: Status(code), fault: .peer, delivery: delivery)
    if let pushback {
      outcome.trailers.append(unchecked: "grpc-retry-pushback-ms", .ascii(pushback))
    }
    return attemptFailed(
      outcome, isCommitted: isCommitted, throttle: &throttle, random: BackoffTests.middle)
  }
}
