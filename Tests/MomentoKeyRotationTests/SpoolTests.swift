import Foundation
import MomentoAuth
import SecretStores
import TestSupport
import Testing

@testable import MomentoKeyRotation

@Suite struct SpoolTests {
  private let directory: TestDirectory
  private let spool: Spool
  private var path: String { directory.path + "/state/spool" }

  init() throws {
    directory = try TestDirectory()
    spool = try Spool(directory: directory.path + "/state/spool")
  }

  private func pair(_ number: Int, attempt: Int = 0) -> IssuedPair {
    let intent = Keys.intent(
      Keys.snapshot(Keys.document(0)), owner: spool.owner, attempt: attempt)
    return IssuedPair(
      document: Keys.document(number, operation: intent.operation), intent: intent)
  }

  private func names() throws -> [String] {
    try FileManager.default.contentsOfDirectory(atPath: path).filter {
      $0 != "lock" && $0 != "owner"
    }
  }

  private func mode(_ path: String) throws -> Int? {
    try FileManager.default.attributesOfItem(atPath: path)[.posixPermissions] as? Int
  }

  private func setMode(_ path: String, _ mode: Int) throws {
    try FileManager.default.setAttributes([.posixPermissions: mode], ofItemAtPath: path)
  }

  @Test func whatIsWrittenIsReadAndForgotten() throws {
    try spool.write(pair(1), identity: "a")
    let found = try spool.pairs(for: "a")
    #expect(found.pairs == [pair(1)])
    #expect(found.pairs.first?.document.credentials.apiKey == Secret("key-1"))
    #expect(try spool.pairs(for: "b").pairs.isEmpty)
    try spool.remove(pair(1).intent.operation)
    try spool.remove(pair(1).intent.operation)
    #expect(try spool.pairs(for: "a").pairs.isEmpty)
    #expect(try names().isEmpty)
  }

  @Test func itIsForItsOwnerAlone() throws {
    try spool.write(pair(1), identity: "a")
    #expect(try mode(path) == 0o700)
    for name in try names() { #expect(try mode(path + "/" + name) == 0o600) }
    try setMode(path, 0o777)
    #expect(throws: RotationSetupError.self) { try Spool(directory: path) }
  }

  @Test func theNewestComesFirst() throws {
    try spool.write(pair(1), identity: "a")
    try spool.write(pair(2, attempt: 1), identity: "a")
    #expect(try spool.pairs(for: "a").pairs == [pair(2, attempt: 1), pair(1)])
  }

  @Test func aDamagedFileIsPutAsideAndNotDeleted() throws {
    try spool.write(pair(1), identity: "a")
    let name = try #require(try names().first)
    let file = path + "/" + name
    let text = try String(contentsOfFile: file, encoding: .utf8)
    try Data(text.replacing("key-1", with: "key-2").utf8).write(to: URL(filePath: file))
    try setMode(file, 0o600)
    #expect(try spool.pairs(for: "a", repairs: false).damaged == 1)
    #expect(try names() == [name])
    let found = try spool.pairs(for: "a")
    #expect(found.pairs.isEmpty)
    #expect(found.damaged == 1)
    #expect(try names() == [name + ".damaged"])
    #expect(try spool.pairs(for: "a").damaged == 0)
  }

  @Test func aWholeFileThatLacksItsNameCountsAndATornOneDoesNot() throws {
    try spool.write(pair(1), identity: "a")
    let name = try #require(try names().first)
    try FileManager.default.moveItem(
      atPath: path + "/" + name, toPath: path + "/" + name + ".1a.tmp")
    #expect(try spool.pairs(for: "a").pairs == [pair(1)])
    #expect(try names() == [name])
    let bytes = try Data(contentsOf: URL(filePath: path + "/" + name))
    try FileManager.default.removeItem(atPath: path + "/" + name)
    let torn = path + "/" + name + ".2b.tmp"
    try bytes.dropLast(1).write(to: URL(filePath: torn))
    try setMode(torn, 0o600)
    #expect(try spool.pairs(for: "a", repairs: false).pairs.isEmpty)
    #expect(try names() == [name + ".2b.tmp"])
    #expect(try spool.pairs(for: "a").pairs.isEmpty)
    #expect(try names().isEmpty)
  }

  /// It may be the only copy of a key.
  @Test func whatCannotBeReadIsKeptAndTold() throws {
    try spool.write(pair(1), identity: "a")
    let name = try #require(try names().first)
    let unnamed = name + ".1a.tmp"
    try FileManager.default.moveItem(atPath: path + "/" + name, toPath: path + "/" + unnamed)
    try setMode(path + "/" + unnamed, 0o660)
    #expect(throws: RotationSetupError.self) { try spool.pairs(for: "a") }
    #expect(try names() == [unnamed])
    try setMode(path + "/" + unnamed, 0o600)
    #expect(try spool.pairs(for: "a").pairs == [pair(1)])
  }

  /// A courier may be at it.
  @Test func whatSomebodyIsWritingIsLeftAlone() throws {
    try spool.write(pair(1), identity: "a")
    let name = try #require(try names().first)
    try FileManager.default.moveItem(
      atPath: path + "/" + name, toPath: path + "/" + name + ".1a.tmp")
    let lock = try SpoolLock(existing: path + "/" + name + ".1a.tmp")
    #expect(lock != nil)
    #expect(try spool.pairs(for: "a").pairs.isEmpty)
    #expect(try names() == [name + ".1a.tmp"])
    withExtendedLifetime(lock) {}
  }

  @Test func theOwnerIsTheSameAfterARestart() throws {
    #expect(try Spool(directory: path).owner == spool.owner)
    #expect(try Spool(directory: directory.path + "/other").owner != spool.owner)
  }

  @Test func oneProcessAtATimeWorksOnOneSecret() throws {
    var lock = try spool.lock("a")
    #expect(lock != nil)
    #expect(try Spool(directory: path).lock("a") == nil)
    #expect(try spool.lock("b") != nil)
    lock = nil
    #expect(try spool.lock("a") != nil)
  }
}
