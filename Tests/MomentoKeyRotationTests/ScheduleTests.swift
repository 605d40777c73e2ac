import MomentoAuth
import SecretStores
import TestSupport
import Testing

@testable import MomentoKeyRotation

@Suite struct ScheduleTests {
  private static let start: UInt64 = 1_800_000_000
  private static let life: UInt64 = 90 * 86_400

  private func schedule(
    identity: String = "key", issuedAt: UInt64? = start, validUntil: UInt64? = start + life,
    refreshToken: Secret? = Secret("refresh"), traits: SecretStoreTraits = SecretStoreTraits(),
    change: (inout RotationPolicy) -> Void = { _ in }
  ) -> RotationSchedule {
    var policy = RotationPolicy()
    change(&policy)
    let document = SecretDocument(
      credentials: CredentialsFile(
        apiKey: Secret("key"), refreshToken: refreshToken,
        validUntil: validUntil.map { ExpiresAt(epochSeconds: $0) }),
      issuedAt: issuedAt)
    return RotationSchedule(document, identity: identity, traits: traits, policy: policy)
  }

  @Test func aKeyIsDueAfterTwoThirdsOfItsLifeLessATenthAtMost() throws {
    let latest = Self.start + Self.life * 2 / 3
    let dues = try (0..<10_000).map { try #require(schedule(identity: "key \($0)").due) }
    #expect(dues.allSatisfy { (latest - Self.life / 10)...latest ~= $0 })
    // Spread over the whole tenth.
    #expect(dues.min() ?? 0 < latest - Self.life / 10 + Self.life / 1_000)
    #expect(dues.max() ?? 0 > latest - Self.life / 1_000)
  }

  @Test func replicasAgreeAndGenerationsDiffer() {
    #expect(schedule() == schedule())
    let later = schedule(issuedAt: Self.start + 1, validUntil: Self.start + Self.life + 1)
    #expect(later.due != schedule().due.map { $0 + 1 })
  }

  @Test func theBoundariesOfAKeysLife() throws {
    let schedule = schedule { $0.jitterFraction = 0 }
    let due = Self.start + 60 * 86_400
    #expect(schedule.standing(at: due - 1) == .notDue(until: due))
    #expect(schedule.standing(at: due) == .due)
    let urgent = Self.start + Self.life - Self.life / 20
    #expect(schedule.standing(at: urgent - 1) == .due)
    #expect(schedule.standing(at: urgent) == .emergency)
    #expect(schedule.standing(at: Self.start + Self.life - 1) == .emergency)
    #expect(schedule.standing(at: Self.start + Self.life) == .expired)
  }

  @Test func anEmergencyLastsFiveChecksAtLeast() {
    let end = Self.start + 3_000
    let schedule = schedule(validUntil: end) { $0.jitterFraction = 0 }
    #expect(schedule.emergency == end - 300)
  }

  @Test func aShortLifeIsNoEmergencyFromItsBeginning() {
    let schedule = schedule(validUntil: Self.start + 30) { $0.jitterFraction = 0 }
    #expect(schedule.standing(at: Self.start + 19) == .notDue(until: Self.start + 20))
    #expect(schedule.standing(at: Self.start + 20) == .emergency)
    #expect(schedule.checksAreTooRare(RotationPolicy()))
    #expect(!self.schedule().checksAreTooRare(RotationPolicy()))
  }

  @Test func whatWasRenewedJustNowIsNotRenewedAgain() {
    let early = schedule { $0.dueFraction = 0 }
    let tenth = Self.start + Self.life / 10
    #expect(early.standing(at: tenth - 1) == .guarded(until: tenth))
    #expect(early.standing(at: tenth) == .due)
  }

  @Test func aStoreMayWantMoreTimeBetweenRotationsButNotMoreThanTheKeyHas() {
    let slow = SecretStoreTraits(leastGap: .seconds(3_000))
    let schedule = schedule(validUntil: Self.start + 3_600, traits: slow) { $0.jitterFraction = 0 }
    #expect(schedule.standing(at: Self.start + 2_400) == .guarded(until: Self.start + 3_000))
    #expect(schedule.standing(at: Self.start + 3_000) == .due)
    let slower = SecretStoreTraits(leastGap: .seconds(100_000))
    #expect(
      self.schedule(validUntil: Self.start + 3_600, traits: slower).earliest
        == Self.start + 3_300)
  }

  @Test func forceDoesNotWaitUntilTheKeyIsDueButTenSeconds() {
    let schedule = schedule()
    #expect(
      schedule.standing(at: Self.start + 9, isForced: true) == .guarded(until: Self.start + 10))
    #expect(schedule.standing(at: Self.start + 10, isForced: true) == .due)
    #expect(schedule.standing(at: Self.start - 1_000, isForced: true) == .due)
  }

  @Test func aKeyOfUnknownLifeIsDueAtOnce() {
    #expect(schedule(issuedAt: nil).standing(at: Self.start) == .due)
    #expect(schedule(validUntil: nil).standing(at: Self.start) == .due)
    // Nonsense is not believed either.
    #expect(schedule(issuedAt: Self.start + Self.life + 5).standing(at: Self.start) == .due)
  }

  @Test func whatCannotBeRenewedIsNot() {
    #expect(schedule(validUntil: 0).standing(at: Self.start) == .never)
    #expect(schedule(refreshToken: nil).standing(at: Self.start) == .unrefreshable)
    #expect(schedule(refreshToken: Secret("")).standing(at: Self.start) == .unrefreshable)
  }

  @Test func theIssueOfAKeyThatNobodyWroteDownIsReadFromTheKey() {
    // {"alg":"HS256"} . {"iat":1800000000,"exp":1800001000}
    let key = "eyJhbGciOiJIUzI1NiJ9.eyJpYXQiOjE4MDAwMDAwMDAsImV4cCI6MTgwMDAwMTAwMH0.c2ln"
    let document = SecretDocument(
      credentials: CredentialsFile(
        apiKey: Secret(key), refreshToken: Secret("r"), endpoint: "momentohq.example.com"))
    let schedule = RotationSchedule(
      document, identity: "key", traits: SecretStoreTraits(), policy: RotationPolicy())
    #expect(schedule.issuedAt == 1_800_000_000)
    #expect(schedule.lifetime == 1_000)
  }

  @Test func numbersBeyondAllTimeAreBorne() {
    let schedule = schedule(issuedAt: 0, validUntil: .max)
    #expect(schedule.standing(at: 0) != .due)
    #expect(schedule.standing(at: .max) == .expired)
    _ = self.schedule(issuedAt: .max - 1, validUntil: .max)
  }

  @Test func waitsGrowAndAreRandomWithinTheirBound() {
    let backoff = RetryBackoff(policy: RotationPolicy())
    var random = SeededGenerator(seed: 1)
    for (count, bound) in [(1, 10), (2, 20), (3, 40), (6, 300), (1_000, 300)] {
      let waits = (0..<200).map { _ in
        backoff.wait(afterFailures: count, isEmergency: false, random: &random)
      }
      #expect(waits.allSatisfy { .zero ... .seconds(bound) ~= $0 })
      #expect(waits.contains { $0 > .seconds(bound) * 9 / 10 })
      #expect(waits.contains { $0 < .seconds(bound) / 10 })
    }
    #expect(
      backoff.wait(afterFailures: 9, isEmergency: true, random: &random) == .seconds(60))
  }
}
