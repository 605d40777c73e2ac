import CommandConsole
import WireDump

/// Compares a folder with its manifest, and its expectations with what is said today.
struct FixtureCheck {
  let folder: FixtureFolder
  let context: DumpContext

  /// Lines that say what is not as it should be; none if all is.
  func problems() throws -> [String] {
    let files = try manifestProblems()
    // What is said of bytes that are other ones is no news.
    return files.isEmpty ? try expectationProblems() : files
  }

  private func manifestProblems() throws -> [String] {
    let path = "\(folder.path)/\(FixtureFolder.manifest)"
    let text = String(decoding: try InputSource.file(path), as: UTF8.self)
    var problems: [String] = []
    var listed: Set<String> = []
    for line in text.split(separator: "\n") {
      let parts = line.split(separator: " ", maxSplits: 1)
      guard parts.count == 2, parts[0].utf8.count == 64 else {
        problems.append(
          "\(path): a line is no digest and name: \(String(line.prefix(100)).visible)")
        continue
      }
      let name = String(parts[1].drop { $0 == " " || $0 == "*" })
      listed.insert(name)
      guard let bytes = try? InputSource.file("\(folder.path)/\(name)") else {
        problems.append("\(name): it is in the manifest and cannot be read")
        continue
      }
      if FixtureFolder.digest(bytes) != parts[0] {
        problems.append("\(name): not the bytes of the manifest")
      }
    }
    let others = try folder.names().filter { !listed.contains($0) && $0 != FixtureFolder.manifest }
    return problems + others.map { "\($0): not in the manifest" }
  }

  private func expectationProblems() throws -> [String] {
    let recording = try folder.recording()
    var problems: [String] = []
    for connection in recording.connections {
      for (file, today) in FixtureFolder.expectations(recording, connection, context) {
        let name = "\(FixtureFolder.folder(connection))/\(file)"
        let expected = String(
          decoding: try InputSource.file("\(folder.path)/\(name)"), as: UTF8.self)
        problems += UnifiedDiff.lines(expected, today, names: (name, "\(name) today"))
      }
    }
    return problems
  }
}
