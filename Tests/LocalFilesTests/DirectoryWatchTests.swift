import Foundation
import LocalFiles
import Testing

@Suite(.timeLimit(.minutes(5))) struct DirectoryWatchTests {
  private let directory: Directory

  init() throws { directory = try Directory() }

  private func watch(_ name: String = "key.json") throws -> AsyncStream<Void> {
    try #require(DirectoryWatch.changes(ofFile: directory.path + "/" + name))
  }

  /// Waits for a tick; false where the stream ends first.
  private func tick(_ ticks: AsyncStream<Void>) async -> Bool {
    for await _ in ticks { return true }
    return false
  }

  @Test func aFileThatAppearsAndOneThatIsReplacedTick() async throws {
    let ticks = try watch()
    try AtomicFile(path: directory.path + "/key.json").commit([1])
    #expect(await tick(ticks))
    let again = try watch()
    try AtomicFile(path: directory.path + "/key.json").commit([2])
    #expect(await tick(again))
  }

  @Test func aFileThatIsWrittenInPlaceTicks() async throws {
    try directory.write("key.json", "old")
    let ticks = try watch()
    try directory.write("key.json", "new")
    #expect(await tick(ticks))
  }

  @Test func theExchangeOfAKubernetesVolumeTicks() async throws {
    try directory.makeVolume(name: "key.json", "old", at: "..2026_01")
    let ticks = try watch()
    try directory.makeVolume(name: "key.json", "new", at: "..2026_02")
    #expect(await tick(ticks))
    let text = try String(contentsOfFile: directory.path + "/key.json", encoding: .utf8)
    #expect(text == "new")
  }

  @Test func aFileBehindALinkTicksWhenWhatItLeadsThroughIsExchanged() async throws {
    try directory.link("releases/1", as: "current")
    try directory.link("current/key.json", as: "key.json")
    let ticks = try watch()
    try directory.link("releases/2", as: "current")
    #expect(await tick(ticks))
  }

  @Test func aThousandChangesAreFewTicksToAReaderThatIsLate() async throws {
    let ticks = try watch()
    for byte in 0..<1_000 {
      try directory.link("\(byte)", as: "key.json")
    }
    try directory.remove()
    var count = 0
    for await _ in ticks { count += 1 }
    // One that was kept, and those of the changes that were still being looked at.
    #expect(1...3 ~= count)
  }

  @Test func otherFilesDoNotTickAndTheStreamEndsWithItsDirectory() async throws {
    let ticks = try watch()
    try directory.write("other.json", "text")
    try directory.remove()
    #expect(await !tick(ticks))
  }

  @Test func theStreamEndsWhenTheDirectoryIsMovedAway() async throws {
    let ticks = try watch()
    try FileManager.default.moveItem(atPath: directory.path, toPath: directory.path + "-moved")
    #expect(await !tick(ticks))
    try FileManager.default.removeItem(atPath: directory.path + "-moved")
  }

  @Test func whatIsNoDirectoryIsNotWatched() throws {
    #expect(DirectoryWatch.changes(ofFile: directory.path + "/none/key.json") == nil)
    try directory.write("file", "")
    #expect(DirectoryWatch.changes(ofFile: directory.path + "/file/key.json") == nil)
  }

  /// The system allows a user 128 watches at once, unless it was told otherwise.
  @Test func aWatchEndsWithItsReader() async throws {
    for _ in 0..<300 {
      while DirectoryWatch.changes(ofFile: directory.path + "/key.json") == nil {
        await Task.yield()
      }
    }
  }
}

/// A directory that is there for one test.
private final class Directory: Sendable {
  let path: String

  init() throws {
    path = FileManager.default.temporaryDirectory.path + "/watch-" + UUID().uuidString
    try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
  }

  deinit { try? FileManager.default.removeItem(atPath: path) }

  func remove() throws { try FileManager.default.removeItem(atPath: path) }

  func write(_ name: String, _ text: String) throws {
    try Data(text.utf8).write(to: URL(filePath: path + "/" + name))
  }

  /// Puts a link in its place at once.
  func link(_ target: String, as name: String) throws {
    let temporary = path + "/" + name + "_tmp"
    try FileManager.default.createSymbolicLink(
      atPath: temporary, withDestinationPath: target)
    #expect(unsafe rename(temporary, path + "/" + name) == 0)
  }

  /// Writes a volume as the kubelet does: a directory of its own for each version of all files, and
  /// the exchange of one link.
  func makeVolume(name: String, _ text: String, at version: String) throws {
    try FileManager.default.createDirectory(
      atPath: path + "/" + version, withIntermediateDirectories: true)
    try write(version + "/" + name, text)
    try link(version, as: "..data")
    guard !FileManager.default.fileExists(atPath: path + "/" + name) else { return }
    try FileManager.default.createSymbolicLink(
      atPath: path + "/" + name, withDestinationPath: "..data/" + name)
  }
}
