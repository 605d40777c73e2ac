import Foundation
import HTTPClient
import Locking
import RotationFakes
import SecretStores
import Testing

@testable import KubernetesSecretStore

/// Clocks that stand still until a test moves them.
private final class LeaseClock: Sendable {
  private let start = ContinuousClock.now
  private let passed = Locked(Duration.zero)

  func advance(by duration: Duration) { passed.withLock { $0 += duration } }

  /// - Parameter skew: how far the wall clock of this candidate is ahead, in seconds.
  func clock(skew: Double = 0) -> KubernetesLeadership.Clock {
    var clock = KubernetesLeadership.Clock()
    clock.now = { [self] in start + passed.withLock { $0 } }
    clock.date = { [self] in
      let seconds = passed.withLock { Double($0.components.seconds) }
      return Date(timeIntervalSince1970: 1_800_000_000.25 + skew + seconds)
    }
    clock.sleep = { [self] duration in
      advance(by: duration)
      await Task.yield()
    }
    return clock
  }
}

private struct Election {
  let fake: KubernetesFake
  let client: PatientClient
  let server: String
  let tokenFile: String
  let time = LeaseClock()

  func candidate(_ holder: String, skew: Double = 0) -> KubernetesLeadership {
    KubernetesLeadership(
      client: KubernetesClient(
        server: server, tokenFile: tokenFile, trust: .system, http: client,
        location: StoreLocation(scheme: "kubernetes", name: "apps/rotator"), kind: "Lease"),
      namespace: "apps", name: "rotator", holder: holder, clock: time.clock(skew: skew))
  }

  func expectHolder(_ name: String) async throws {
    let holder = try await holder()
    #expect(holder == name)
  }

  func holder() async throws -> String? { try await spec()["holderIdentity"] as? String }

  func spec() async throws -> [String: Any] {
    let answer = try await client.send(
      HTTPRequest(
        .get, server + "/apis/coordination.k8s.io/v1/namespaces/apps/leases/rotator",
        fields: [HTTPField("Authorization", "Bearer token")]))
    let object = try JSONSerialization.jsonObject(with: Data(answer.body)) as? [String: Any]
    return try #require(object?["spec"] as? [String: Any])
  }
}

private func withElection(_ body: (Election) async throws -> Void) async throws {
  let file = FileManager.default.temporaryDirectory.appending(path: UUID().uuidString)
  try Data("token\n".utf8).write(to: file)
  defer { try? FileManager.default.removeItem(at: file) }
  let fake = KubernetesFake()
  let election = Election(
    fake: fake, client: try PatientClient(), server: try fake.start(), tokenFile: file.path)
  try await body(election)
  await election.client.shutdown()
  await fake.shutdown()
}

private func expect(
  _ candidate: KubernetesLeadership, leads: Bool,
  sourceLocation: SourceLocation = #_sourceLocation
) async throws {
  let isLeader = try await candidate.renew()
  #expect(isLeader == leads, sourceLocation: sourceLocation)
}

@Suite(.timeLimit(.minutes(5))) struct KubernetesLeadershipTests {
  @Test func whoComesFirstMakesTheLeaseAndLeads() async throws {
    try await withElection { election in
      let (first, second) = (election.candidate("a"), election.candidate("b"))
      try await expect(first, leads: true)
      #expect(first.isLeader)
      try await expect(second, leads: false)
      #expect(!second.isLeader)
      let spec = try await election.spec()
      #expect(spec["holderIdentity"] as? String == "a")
      #expect(spec["leaseDurationSeconds"] as? Int == 15)
      #expect(spec["leaseTransitions"] as? Int == 0)
      #expect(spec["renewTime"] as? String == "2027-01-15T08:00:00.250000Z")
    }
  }

  @Test func aLeaseThatIsRenewedIsNeverTaken() async throws {
    try await withElection { election in
      // A clock that is a day ahead makes no difference.
      let (first, second) = (election.candidate("a"), election.candidate("b", skew: 86_400))
      for _ in 0..<10 {
        try await expect(first, leads: true)
        try await expect(second, leads: false)
        election.time.advance(by: .seconds(9))
        #expect(first.isLeader)
      }
      let spec = try await election.spec()
      #expect(spec["renewTime"] as? String == "2027-01-15T08:01:21.250000Z")
      #expect(spec["acquireTime"] as? String == "2027-01-15T08:00:00.250000Z")
    }
  }

  @Test func aLeaderThatCannotRenewStopsLeadingBeforeAnotherBegins() async throws {
    try await withElection { election in
      let (first, second) = (election.candidate("a"), election.candidate("b"))
      try await expect(first, leads: true)
      try await expect(second, leads: false)
      election.fake.inject(.refuse(status: 503), at: "read", times: 2)
      for _ in 0..<2 {
        election.time.advance(by: .seconds(5))
        await #expect(throws: SecretStoreError.self) { try await first.renew() }
      }
      #expect(!first.isLeader)
      try await expect(second, leads: false)
      election.time.advance(by: .seconds(5))
      try await expect(second, leads: true)
      try await expect(first, leads: false)
      let spec = try await election.spec()
      #expect(spec["holderIdentity"] as? String == "b")
      #expect(spec["leaseTransitions"] as? Int == 1)
    }
  }

  @Test func whoHasJustComeWaitsForAWholeLifeOfTheLease() async throws {
    try await withElection { election in
      try await expect(election.candidate("gone"), leads: true)
      election.time.advance(by: .seconds(3_600))
      let late = election.candidate("late")
      try await expect(late, leads: false)
      election.time.advance(by: .milliseconds(14_999))
      try await expect(late, leads: false)
      election.time.advance(by: .milliseconds(1))
      try await expect(late, leads: true)
    }
  }

  @Test func ofTwoThatFindItFreeOneIsTurnedAway() async throws {
    try await withElection { election in
      try await expect(election.candidate("gone"), leads: true)
      let candidates = (0..<8).map { election.candidate("c\($0)") }
      for candidate in candidates { try await expect(candidate, leads: false) }
      election.time.advance(by: .seconds(15))
      let leaders = try await withThrowingTaskGroup(of: Bool.self) { group in
        for candidate in candidates { group.addTask { try await candidate.renew() } }
        return try await group.reduce(0) { $0 + ($1 ? 1 : 0) }
      }
      #expect(leaders == 1)
      #expect(candidates.filter(\.isLeader).count == 1)
    }
  }

  @Test func anAnswerThatIsLostIsFoundOutAtTheNextRenewal() async throws {
    try await withElection { election in
      let candidate = election.candidate("a")
      election.fake.inject(.loseAnswer, at: "write")
      await #expect(throws: SecretStoreError.self) { try await candidate.renew() }
      #expect(!candidate.isLeader)
      try await expect(candidate, leads: true)
    }
  }

  @Test func aLeaseThatIsGivenBackIsTakenAtOnce() async throws {
    try await withElection { election in
      let (first, second) = (election.candidate("a"), election.candidate("b"))
      let (won, continuation) = AsyncStream.makeStream(of: Bool.self)
      let campaign = Task { await first.campaign { continuation.yield($0) } }
      var changes = won.makeAsyncIterator()
      #expect(await changes.next() == true)
      try await expect(second, leads: false)
      campaign.cancel()
      #expect(await changes.next() == false)
      await campaign.value
      #expect(!first.isLeader)
      try await election.expectHolder("")
      try await expect(second, leads: true)
      await first.resign()
      try await election.expectHolder("b")
    }
  }

  @Test func aURLNamesALease() async throws {
    try await withElection { election in
      let url =
        "kubernetes:apps/rotator?server=\(election.server)&token-file=\(election.tokenFile)"
      let candidate = try KubernetesLeadership(
        StoreURL(parsing: url), environment: ["HOSTNAME": "pod-1"], http: election.client)
      // Whether it still leads by now depends on how busy the machine is.
      try await candidate.renew()
      let holder = try await election.holder()
      #expect(holder?.hasPrefix("pod-1_") == true)
      let error = #expect(throws: SecretStoreError.self) {
        try KubernetesLeadership(
          StoreURL(parsing: "kubernetes:apps"), environment: [:], http: election.client)
      }
      #expect(error?.kind == .misconfigured)
    }
  }
}
