import ArgumentParsing
import CommandConsole
import Glibc
import LocalFiles
import WireCapture
import WireCaptureModel
import WireDump

/// Recordings that stand in more than one file: the two directions of a connection, and folders of
/// them.
///
/// - two files, of which one begins with HTTP/2's preface
/// - `STEM`, where there are `STEM.client.bin` and `STEM.server.bin`
/// - a folder of such pairs, or of `client.bin` and `server.bin`
/// - a folder that `wiredump fixture make` has made
struct RecordingSource {
  var name: String
  var recording: Recording

  private static let clientSuffix = ".client.bin"
  private static let serverSuffix = ".server.bin"

  /// What the operands name; nil if it is one input for itself.
  ///
  /// - Parameter side: who sent the first of two files; found out if it is nil.
  static func find(_ paths: [String], side: CaptureDirection?) throws -> [RecordingSource]? {
    if paths.count == 2 {
      return [try pair(paths[0], paths[1], named: paths.joined(separator: " "), side: side)]
    }
    guard paths.count == 1, let path = paths.first, path != "-" else { return nil }
    if isDirectory(path) { return try folder(path) }
    guard !exists(path) else { return nil }
    let files = [path + clientSuffix, path + serverSuffix].filter(exists)
    return files.isEmpty ? nil : [try stem(path)]
  }

  /// Any input that has connections in it, as one recording.
  static func read(_ path: String, keyLog: [UInt8] = []) throws -> RecordingSource {
    if let found = try find([path], side: nil) {
      guard let first = found.first, found.count == 1 else {
        throw CommandFailure(
          "SEVERAL_RECORDINGS", "\(path) holds \(found.count) recordings",
          hint: "Name one of them, such as \(path)/\(found.first?.name ?? "").",
          exitCode: .invalid)
      }
      return first
    }
    let bytes = try InputSource.file(path)
    if let own = TapCaptureFile.recording(bytes) {
      return RecordingSource(name: path, recording: own)
    }
    if CaptureFile.isCapture(bytes) {
      return RecordingSource(name: path, recording: try capture(bytes, path, keyLog))
    }
    guard case .http2(let direction) = InputKind.detect(bytes.span) else {
      throw CommandFailure(
        "NO_CONNECTION", "\(path) is neither a capture nor a direction of an HTTP/2 connection",
        exitCode: .invalid)
    }
    return RecordingSource(
      name: path,
      recording: direction == .clientToServer
        ? Recording(client: bytes, server: []) : Recording(client: [], server: bytes))
  }

  private static func capture(
    _ bytes: [UInt8], _ path: String, _ keyLog: [UInt8]
  ) throws -> Recording {
    var reader = CaptureReader(Recording(), keyLog: keyLog)
    reader.receive(bytes)
    reader.finish()
    // Two captures of which nothing can be read are not the same.
    guard !reader.sink.connections.isEmpty else {
      let notes = reader.sink.notes.prefix(3).map { "\n  \($0)" }.joined()
      throw CommandFailure(
        "NO_CONNECTION", "no connection in \(path) can be read\(notes)",
        hint: "Give --keylog if it is TLS.", exitCode: .invalid)
    }
    return reader.sink
  }

  private static func pair(
    _ first: String, _ second: String, named name: String, side: CaptureDirection?
  ) throws -> RecordingSource {
    let (one, other) = (try InputSource.file(first), try InputSource.file(second))
    let isFirstClient = side.map { $0 == .clientToServer } ?? isClient(one, other)
    return RecordingSource(
      name: name,
      recording: isFirstClient
        ? Recording(client: one, server: other) : Recording(client: other, server: one))
  }

  private static func isClient(_ one: [UInt8], _ other: [UInt8]) -> Bool {
    if InputKind.isClientStart(one.span) { return true }
    if InputKind.isClientStart(other.span) { return false }
    return InputKind.detect(one.span) != .http2(.serverToClient)
      || InputKind.detect(other.span) == .http2(.serverToClient)
  }

  private static func stem(_ path: String) throws -> RecordingSource {
    RecordingSource(
      name: path.split(separator: "/").last.map { String($0) } ?? path,
      recording: Recording(
        client: try optional(path + clientSuffix), server: try optional(path + serverSuffix)))
  }

  /// The bytes of a file; none if it is not there.
  private static func optional(_ path: String) throws -> [UInt8] {
    exists(path) ? try InputSource.file(path) : []
  }

  private static func folder(_ path: String) throws -> [RecordingSource] {
    let name = path.split(separator: "/").last.map { String($0) } ?? path
    if exists("\(path)/\(FixtureFolder.chunks)") {
      return [RecordingSource(name: name, recording: try FixtureFolder(path).recording())]
    }
    let files = try names(path)
    if files.contains("client.bin") || files.contains("server.bin") {
      let recording = Recording(
        client: try optional(path + "/client.bin"), server: try optional(path + "/server.bin"))
      return [RecordingSource(name: name, recording: recording)]
    }
    let stems = Set(
      files.compactMap { file in
        [clientSuffix, serverSuffix].first(where: file.hasSuffix).map {
          String(file.dropLast($0.count))
        }
      })
    guard !stems.isEmpty else {
      throw CommandFailure(
        "NO_RECORDINGS", "no file in \(path) ends in \(clientSuffix) or \(serverSuffix)",
        exitCode: .noInput)
    }
    return try stems.sorted().map { try stem("\(path)/\($0)") }
  }

  static func names(_ path: String) throws -> [String] {
    do {
      return try FileNames.list(path).filter { !$0.hasPrefix(".") }
    } catch {
      throw CommandFailure("NO_INPUT", "\(error)", exitCode: .noInput)
    }
  }

  static func exists(_ path: String) -> Bool { unsafe access(path, F_OK) == 0 }

  static func isDirectory(_ path: String) -> Bool {
    var status = stat()
    return unsafe stat(path, &status) == 0 && status.st_mode & S_IFMT == S_IFDIR
  }
}

extension RecordingSource {
  /// The line before a recording, where there are several.
  static func heading(_ name: String, _ command: ParsedCommand) -> String {
    guard command.value("format") == "json" else { return "== \(name.visible)" }
    var line = JSONObject()
    line.add("v", 1)
    line.add("type", "recording")
    line.add("name", name)
    return line.description
  }
}
