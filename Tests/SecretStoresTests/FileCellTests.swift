import Foundation
import MomentoAuth
import Testing

@testable import SecretStores

/// A directory that is there for one test.
private final class Directory: Sendable {
  let path: String
  init() throws {
    path = FileManager.default.temporaryDirectory.path + "/cells-" + UUID().uuidString
    try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
  }
  deinit { try? FileManager.default.removeItem(atPath: path) }

  func mode(_ name: String) throws -> Int? {
    let attributes = try FileManager.default.attributesOfItem(atPath: path + "/" + name)
    return attributes[.posixPermissions] as? Int
  }
}

@Suite struct FileCellTests {
  private let directory: Directory
  private let cell: FileCell

  init() throws {
    directory = try Directory()
    cell = FileCell(path: directory.path + "/key.json")
  }

  private func contents(_ current: String, _ journal: String? = nil) -> CellContents {
    CellContents(current: Array(current.utf8), journal: journal.map { Array($0.utf8) })
  }

  private func kind(_ body: () async throws -> Void) async -> SecretStoreError.Kind? {
    do {
      try await body()
      return nil
    } catch {
      return (error as? SecretStoreError)?.kind
    }
  }

  @Test func whatWasWrittenIsReadAgainAndIsForItsOwnerAlone() async throws {
    #expect(await kind { _ = try await cell.read() } == .notFound)
    let written = try await cell.swap(contents("one", "journal"), expecting: nil)
    #expect(try await cell.read() == written)
    #expect(written.contents == contents("one", "journal"))
    for name in ["key.json", "key.json.rotation", "key.json.lock"] {
      #expect(try directory.mode(name) == 0o600)
    }
  }

  @Test func aSwapFromAnOldStateIsAConflictAndChangesNothing() async throws {
    let first = try await cell.swap(contents("one"), expecting: nil)
    let second = try await cell.swap(contents("two"), expecting: first.state)
    #expect(
      await kind { _ = try await cell.swap(contents("three"), expecting: first.state) }
        == .conflict)
    #expect(await kind { _ = try await cell.swap(contents("three"), expecting: nil) } == .conflict)
    #expect(try await cell.read() == second)
  }

  @Test func theJournalChangesTheStateAndNotTheCurrentVersion() async throws {
    let plain = try await cell.swap(contents("one"), expecting: nil)
    let claimed = try await cell.swap(contents("one", "journal"), expecting: plain.state)
    #expect(claimed.state != plain.state)
    #expect(claimed.currentVersion == plain.currentVersion)
    let cleared = try await cell.swap(contents("one"), expecting: claimed.state)
    #expect(cleared == plain)
    #expect(!FileManager.default.fileExists(atPath: directory.path + "/key.json.rotation"))
  }

  @Test func theSameFileIsTheSameSecretHoweverItIsNamed() throws {
    let inner = directory.path + "/inner"
    try FileManager.default.createDirectory(atPath: inner, withIntermediateDirectories: false)
    #expect(FileCell(path: inner + "/../key.json").identity == cell.identity)
    #expect(FileCell(path: directory.path + "/./key.json").identity == cell.identity)
    #expect(FileCell(path: directory.path + "/other.json").identity != cell.identity)
    #expect(FileCell(path: "/key.json").identity == "/key.json")
    #expect(FileCell(path: "key.json").identity.hasPrefix("/"))
  }

  @Test func theKeyBeforeIsKept() async throws {
    let first = try await cell.swap(contents("one"), expecting: nil)
    _ = try await cell.swap(contents("two"), expecting: first.state)
    let previous = try String(contentsOfFile: directory.path + "/key.json.prev", encoding: .utf8)
    #expect(previous == "one")
  }

  @Test func aFileThatOthersMayReadIsRefusedUnlessAllowed() async throws {
    _ = try await cell.swap(contents("one"), expecting: nil)
    try FileManager.default.setAttributes(
      [.posixPermissions: 0o640], ofItemAtPath: directory.path + "/key.json")
    #expect(await kind { _ = try await cell.read() } == .denied)
    let lenient = FileCell(path: directory.path + "/key.json", allowsReadable: true)
    #expect(try await lenient.read().contents == contents("one"))
  }

  @Test func aLinkIsReadAndNotWritten() async throws {
    let written = try await cell.swap(contents("one"), expecting: nil)
    let link = directory.path + "/link.json"
    try FileManager.default.createSymbolicLink(
      atPath: link, withDestinationPath: directory.path + "/key.json")
    let linked = FileCell(path: link)
    #expect(try await linked.read() == written)
    #expect(
      await kind { _ = try await linked.swap(contents("two"), expecting: written.state) }
        == .denied)
    #expect(try await cell.read() == written)
  }

  @Test func roomIsProvedWithoutLeavingATrace() async throws {
    _ = try await cell.swap(contents("one"), expecting: nil)
    try await cell.proveWritable(bytes: 10_000)
    let names = try FileManager.default.contentsOfDirectory(atPath: directory.path)
    #expect(Set(names) == ["key.json", "key.json.lock"])
    let lost = FileCell(path: directory.path + "/missing/key.json")
    #expect(await kind { try await lost.proveWritable(bytes: 1) } == .notFound)
  }

  @Test func manyWritersLoseNoUpdate() async throws {
    let counter = cell
    _ = try await counter.swap(contents("0"), expecting: nil)
    await withTaskGroup { group in
      for _ in 0..<8 {
        group.addTask {
          var done = 0
          while done < 25 {
            guard let state = try? await counter.read(),
              let number = state.contents.current.flatMap({
                Int(String(decoding: $0, as: UTF8.self))
              }),
              (try? await counter.swap(
                CellContents(current: Array("\(number + 1)".utf8)), expecting: state.state))
                != nil
            else { continue }
            done += 1
          }
        }
      }
    }
    #expect(try await cell.read().contents == contents("200"))
  }
}
