import EtcdProcess
import Foundation
import GRPCCall
import MomentoAuth
import SecretStores
import Testing

@testable import EtcdSecretStore

private let isInstalled = EtcdServer.isInstalled

/// The store on a real etcd.
@Suite(.enabled(if: isInstalled, "etcd and etcdctl are not installed"))
struct EtcdCellTests {
  @Test func theKeyAndTheJournalAreWrittenAtOneRevision() async throws {
    let server = try await EtcdServer.shared.value
    let cell = try server.cell("atomic/\(UUID())")
    let first = try await cell.swap(
      CellContents(current: [1], journal: [2]), expecting: nil)
    let (current, journal) = try revisions(first)
    #expect(current == journal)
    let second = try await cell.swap(
      CellContents(current: [3], journal: nil), expecting: first.state)
    #expect(try revisions(second).journal == 0)
    #expect(
      try await server.etcdctl(["get", "--print-value-only", cell.location.name]) == "\u{3}\n")
    #expect(try await server.etcdctl(["get", cell.location.name + "/rotation"]) == "")
  }

  @Test func theVersionOfTheKeyStaysWhileTheJournalChanges() async throws {
    let cell = try await EtcdServer.shared.value.cell("version/\(UUID())")
    let first = try await cell.swap(CellContents(current: [1]), expecting: nil)
    let second = try await cell.swap(
      CellContents(current: [1], journal: [2]), expecting: first.state)
    #expect(second.currentVersion == first.currentVersion)
    #expect(second.state != first.state)
  }

  @Test func noneOfTwoHundredIncrementsByEightIsLost() async throws {
    let cell = try await EtcdServer.shared.value.cell("count/\(UUID())")
    _ = try await cell.swap(CellContents(current: Array("0".utf8)), expecting: nil)
    try await withThrowingTaskGroup(of: Void.self) { group in
      for _ in 0..<8 {
        group.addTask { for _ in 0..<25 { try await self.increment(cell) } }
      }
      try await group.waitForAll()
    }
    let state = try await cell.read()
    #expect(state.contents.current == Array("200".utf8))
    #expect(state.contents.journal == Array("200".utf8))
  }

  private func increment(_ cell: EtcdCell) async throws {
    while true {
      let state = try await cell.read()
      let text = String(decoding: try #require(state.contents.current), as: UTF8.self)
      let next = Array("\(try #require(Int(text)) + 1)".utf8)
      let contents = CellContents(current: next, journal: next)
      if try await isSwapped(cell, contents, state.state) { return }
    }
  }

  private func isSwapped(
    _ cell: EtcdCell, _ contents: CellContents, _ state: VersionToken
  ) async throws -> Bool {
    do {
      _ = try await cell.swap(contents, expecting: state)
      return true
    } catch {
      guard error.kind == .conflict else { throw error }
      return false
    }
  }

  private func revisions(_ state: CellState) throws -> (current: Int64, journal: Int64) {
    let parts = state.state.text.split(separator: ":").compactMap { Int64($0) }
    try #require(parts.count == 2)
    return (parts[0], parts[1])
  }

  @Test func aMemberThatIsNotThereIsPassedOver() async throws {
    let port = try await EtcdServer.shared.value.port
    let cell = try EtcdCell(
      StoreURL(parsing: "etcd:members/\(UUID())?endpoints=127.0.0.1:1,127.0.0.1:\(port)"),
      environment: [:])
    let state = try await cell.swap(CellContents(current: [7]), expecting: nil)
    #expect(try await cell.read() == state)
  }

  @Test func aChangeMadeByOthersIsHintedAt() async throws {
    let server = try await EtcdServer.shared.value
    let cell = try server.cell("watch/\(UUID())")
    var ticks = try #require(cell.changeHints()).makeAsyncIterator()
    #expect(await ticks.next() != nil)
    for value in ["one", "two"] {
      try await server.etcdctl(["put", cell.location.name, value])
      #expect(await ticks.next() != nil)
      #expect(try await cell.read().contents.current == Array(value.utf8))
    }
    await cell.close()
    #expect(await ticks.next() == nil)
  }

  @Test func anEndpointThatDoesNotAnswerMakesTheStoreUnavailable() async throws {
    let cell = try await EtcdServer.shared.value.cell("away", port: 1)
    let error = await #expect(throws: SecretStoreError.self) {
      try await cell.swap(CellContents(current: [1]), expecting: nil)
    }
    #expect(error?.kind == .unavailable)
    #expect(error?.delivery == .notSent)
    #expect(error?.isRetryable == true)
  }
}

/// Users and pauses, each on an etcd of its own.
@Suite(.enabled(if: isInstalled, "etcd and etcdctl are not installed"))
struct EtcdServerStateTests {
  private func cell(
    _ server: EtcdServer, _ key: String, user: String, password: String
  ) throws -> EtcdCell {
    try EtcdCell(
      StoreURL(parsing: "etcd:\(key)?endpoints=127.0.0.1:\(server.port)&user=\(user)"),
      environment: ["ETCD_PASSWORD": password])
  }

  @Test func usersAreAskedForAndHeldToTheirRights() async throws {
    let server = try await EtcdServer()
    let early = try cell(server, "app/key", user: "app", password: "right")
    // Without users in the cluster, nobody need be one.
    let first = try await early.swap(CellContents(current: [1]), expecting: nil)
    for command in [
      ["user", "add", "root:secret"], ["user", "add", "app:right"], ["role", "add", "app"],
      ["role", "grant-permission", "app", "readwrite", "app/", "app0"],
      ["user", "grant-role", "root", "root"], ["user", "grant-role", "app", "app"],
      ["auth", "enable"],
    ] { try await server.etcdctl(command) }
    #expect(try await early.read() == first)
    // Revisions of users move on: a token from before is renewed.
    _ = try await server.etcdctl(["--user", "root:secret", "user", "add", "other:word"])
    #expect(try await early.read() == first)
    let anonymous = await #expect(throws: SecretStoreError.self) {
      try await server.cell("app/key").read()
    }
    #expect(anonymous?.kind == .unauthenticated)
    let wrong = await #expect(throws: SecretStoreError.self) {
      try await cell(server, "app/key", user: "app", password: "wrong").read()
    }
    #expect(wrong?.kind == .unauthenticated)
    #expect(wrong?.description.contains("wrong") == false)
    let denied = await #expect(throws: SecretStoreError.self) {
      try await cell(server, "other/key", user: "app", password: "right").read()
    }
    #expect(denied?.kind == .denied)
  }

  @Test func aLeaderWhoseLeaseIsGoneLosesTheLead() async throws {
    let server = try await EtcdServer()
    let cell = try server.cell("lead")
    let first = EtcdLeadership(of: cell, owner: .random(), life: .seconds(600))
    let second = EtcdLeadership(of: cell, owner: .random(), life: .seconds(600))
    #expect(try await first.renew())
    #expect(try await second.renew() == false)
    #expect(try await first.renew())
    let leases = try await server.etcdctl(["lease", "list"])
    // The loser has given its own lease back.
    let lines = leases.split(separator: "\n")
    #expect(lines.count == 2, "\(leases)")
    _ = try await server.etcdctl(["lease", "revoke", String(try #require(lines.last))])
    #expect(try await second.renew())
    #expect(try await first.renew() == false)
    #expect(!first.isLeader)
    #expect(second.isLeader)
  }

  @Test func theNextCandidateTakesOverWhenTheLeaderResigns() async throws {
    let cell = try await EtcdServer.shared.value.cell("resign/\(UUID())")
    let first = EtcdLeadership(of: cell, owner: .random())
    let second = EtcdLeadership(of: cell, owner: .random())
    #expect(try await first.renew())
    let (won, continuation) = AsyncStream.makeStream(of: Bool.self)
    let campaign = Task { await second.campaign { continuation.yield($0) } }
    await first.resign()
    var changes = won.makeAsyncIterator()
    #expect(await changes.next() == true)
    #expect(second.isLeader)
    #expect(!first.isLeader)
    #expect(try await first.renew() == false)
    campaign.cancel()
    #expect(await changes.next() == false)
    await campaign.value
    #expect(try await first.renew())
  }
}
