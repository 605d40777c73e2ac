import Foundation
import Locking
import Testing

@testable import LocalFiles

@Suite struct AtomicFileTests {
  private let directory: String
  private var path: String { directory + "/file" }

  init() throws {
    directory = FileManager.default.temporaryDirectory.path + "/atomic-\(UUID())"
    try FileManager.default.createDirectory(atPath: directory, withIntermediateDirectories: true)
  }

  private func content() throws -> String { try String(contentsOfFile: path, encoding: .utf8) }

  private func names() throws -> [String] {
    try FileManager.default.contentsOfDirectory(atPath: directory).sorted()
  }

  @Test func fromItsFirstMomentItIsForItsOwnerAlone() throws {
    // What it replaces is open to all.
    #expect(FileManager.default.createFile(atPath: path, contents: nil))
    try FileManager.default.setAttributes([.posixPermissions: 0o666], ofItemAtPath: path)
    let modes = Locked([Int]())
    let directory = directory
    let steps: FileSteps = { step, _ in
      let names = (try? FileManager.default.contentsOfDirectory(atPath: directory)) ?? []
      for name in names where name != "file" || step == .renamed || step == .directorySynced {
        let attributes = try? FileManager.default.attributesOfItem(atPath: "\(directory)/\(name)")
        modes.withLock { $0.append(attributes?[.posixPermissions] as? Int ?? -1) }
      }
    }
    try AtomicFile(path: path, steps: steps).commit(Array("secret".utf8))
    #expect(modes.withLock { $0 } == Array(repeating: 0o600, count: 6))
    try FileManager.default.removeItem(atPath: directory)
  }

  @Test func atEachMomentThereIsTheOldOrTheNewContent() throws {
    try AtomicFile(path: path).commit(Array("old content".utf8))
    let seen = Locked([String]())
    let (directory, path) = (directory, path)
    let steps: FileSteps = { step, name in
      #expect(name == path)
      let text = try? String(contentsOfFile: path, encoding: .utf8)
      let names = (try? FileManager.default.contentsOfDirectory(atPath: directory)) ?? []
      let temporary = names.first { AtomicFile.isTemporary($0, of: "file") }.flatMap {
        try? String(contentsOfFile: directory + "/" + $0, encoding: .utf8)
      }
      seen.withLock { $0.append("\(step): \(text ?? "-"), \(temporary ?? "-")") }
    }
    try AtomicFile(path: path, steps: steps).commit(Array("new content".utf8))
    #expect(
      seen.withLock { $0 } == [
        "created: old content, ", "begun: old content, new c",
        "written: old content, new content", "synced: old content, new content",
        "renamed: new content, -", "directorySynced: new content, -",
      ])
    #expect(try names() == ["file"])
  }

  @Test func whatDeadWritersHaveLeftIsSweptAndNothingElse() throws {
    let kept = [
      "file", "file.tmp", "file.12345678a.tmp", "file.xyz.tmp", "other.1f.tmp", "file.1f",
    ]
    for name in kept + ["file.1f.tmp", "file.abcdef01.tmp"] {
      #expect(FileManager.default.createFile(atPath: directory + "/" + name, contents: nil))
    }
    AtomicFile.sweep(path: path)
    #expect(try names() == kept.sorted())
  }

  @Test func aWriterThatLivesKeepsItsFile() throws {
    let file = try AtomicFile(path: path)
    AtomicFile.sweep(path: path)
    #expect(try names().count == 1)
    try file.commit([UInt8(ascii: "x")])
    #expect(try content() == "x")
    #expect(try names() == ["file"])
  }
}
