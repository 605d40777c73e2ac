import ArgumentParsing
import CommandConsole
import Glibc
import LocalFiles
import TLSSession
import WireDump

/// A folder that holds a recording, what it means, and where it is from:
///
/// - `chunks.jsonl`: the order of the bytes
/// - `connection-N/client.bin`, `server.bin`: the bytes
/// - `connection-N/expect.txt`, `expect.jsonl`: what `wiredump` says of them
/// - `meta.json`: where they are from
/// - `MANIFEST.sha256`: the digests of all of these, as sha256sum(1) reads them
struct FixtureFolder {
  static let chunks = "chunks.jsonl"
  static let manifest = "MANIFEST.sha256"
  static let meta = "meta.json"

  let path: String

  init(_ path: String) {
    self.path = path.count > 1 && path.hasSuffix("/") ? String(path.dropLast()) : path
  }

  static func folder(_ connection: Int) -> String { "connection-\(connection)" }

  func recording() throws -> Recording {
    let lines = "\(path)/\(Self.chunks)"
    return try ChunkLines.recording(try InputSource.file(lines), of: lines) { connection in
      var streams = Recording.Streams()
      let folder = "\(path)/\(Self.folder(connection))"
      streams.client = try InputSource.file("\(folder)/client.bin")
      streams.server = try InputSource.file("\(folder)/server.bin")
      return streams
    }
  }

  /// The files of a recording by their names in the folder, without the manifest.
  static func files(
    _ recording: Recording, meta: String, _ context: DumpContext
  ) -> [(name: String, bytes: [UInt8])] {
    var files = [(chunks, Array(ChunkLines.text(recording).utf8)), (Self.meta, Array(meta.utf8))]
    for connection in recording.connections {
      let folder = folder(connection)
      let streams = recording.streams[connection] ?? Recording.Streams()
      files.append(("\(folder)/client.bin", streams.client))
      files.append(("\(folder)/server.bin", streams.server))
      for (name, text) in expectations(recording, connection, context) {
        files.append(("\(folder)/\(name)", Array(text.utf8)))
      }
    }
    return files
  }

  /// What is said of a connection today.
  static func expectations(
    _ recording: Recording, _ connection: Int, _ context: DumpContext
  ) -> [(name: String, text: String)] {
    [
      ("expect.txt", text(recording, connection, Dump(context, AnyOutput(HexOutput())))),
      ("expect.jsonl", text(recording, connection, Dump(context, AnyOutput(JSONOutput())))),
    ]
  }

  private static func text(
    _ recording: Recording, _ connection: Int, _ dump: Dump<AnyOutput>
  ) -> String {
    var dump = dump
    recording.replay(only: connection, to: &dump)
    dump.finish()
    return dump.output.lines.take()
  }

  static func manifest(_ files: [(name: String, bytes: [UInt8])]) -> String {
    files.sorted { $0.name < $1.name }
      .map { "\(digest($0.bytes))  \($0.name)\n" }.joined()
  }

  static func digest(_ bytes: [UInt8]) -> String { Hex.text(Crypto.sha256(bytes)) }

  /// Writes files into the folder, which must not have any yet.
  func write(_ files: [(name: String, bytes: [UInt8])], mode: mode_t) throws {
    try make(path)
    guard try RecordingSource.names(path).isEmpty else {
      throw CommandFailure(
        "FOLDER_NOT_EMPTY", "\(path) is not empty",
        hint: "Name a new folder, or remove what is in it.", exitCode: .invalid)
    }
    for file in files {
      let parts = file.name.split(separator: "/")
      if parts.count > 1 { try make("\(path)/\(parts[0])") }
      try AtomicFile(path: "\(path)/\(file.name)", mode: mode).commit(file.bytes)
    }
  }

  private func make(_ path: String) throws {
    guard unsafe mkdir(path, 0o777) == 0 || errno == EEXIST else {
      throw CommandFailure.system("cannot make \(path): \(FileText.Failure.system())")
    }
  }

  /// The names of all files in the folder and the folders in it.
  func names() throws -> [String] {
    try RecordingSource.names(path).flatMap { name in
      RecordingSource.isDirectory("\(path)/\(name)")
        ? try RecordingSource.names("\(path)/\(name)").map { "\(name)/\($0)" } : [name]
    }
  }
}
