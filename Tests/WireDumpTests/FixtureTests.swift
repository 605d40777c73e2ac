import Foundation
import GRPCTransport
import TestSupport
import Testing
import WireCapture

@testable import WireDump

@Suite struct FixtureTests {
  private static let secret = "top-Secret_0123456789.abcdefghij"

  /// A connection whose secret stands in every place that is looked for, and in some that are not.
  private static var client: [UInt8] {
    let base64 = Data("{\"endpoint\":\"e\",\"api_key\":\"\(secret)\"}".utf8).base64EncodedString()
    let fields =
      Frames.field("authorization", secret, huffman: true)
      + Frames.field("x-note", "it is \(secret)", huffman: true)
      + Frames.field("x-plain", "it is \(secret)") + Frames.field("x-bundle", "b=" + base64)
    let body = Frames.text(1, secret) + Frames.text(2, secret)
    return Frames.preface + Frames.settings
      + Frames.request("/auth.Auth/RefreshApiToken", fields)
      + Frames.frame(0, flags: 1, stream: 1, Frames.message(body))
      + Frames.frame(7, [0, 0, 0, 0, 0, 0, 0, 0] + Array("bye \(secret)".utf8))
  }

  private static let server = Frames.settings + Frames.response() + Frames.trailers("7")

  private func make(
    _ directory: TestDirectory, _ input: String, _ options: [String] = []
  ) async -> (DumpRun, folder: String) {
    let folder = directory.path + "/fixture"
    return (await wiredump(["fixture", "make"] + options + [input, folder]), folder)
  }

  private func seeded(_ directory: TestDirectory) throws -> String {
    _ = try directory.path.write(Self.client, "seeded.client.bin")
    _ = try directory.path.write(Self.server, "seeded.server.bin")
    return directory.path + "/seeded"
  }

  /// A capture of our own tap, of two connections in turns, with a gap.
  private func ownCapture(_ directory: TestDirectory) throws -> String {
    let path = directory.path + "/own.pcap"
    let tap = try FileWireTap(path: path, role: .client, maxFileSize: 200_000)
    for (bytes, direction, connection) in [
      (Self.client, WireDirection.sent, UInt64(70_000)), (Self.client, .sent, 3),
      (Self.server, .received, 70_000), ([UInt8](repeating: 9, count: 250_000), .sent, 3),
      (Self.server, .received, 3), ([UInt8](repeating: 8, count: 70_000), .received, 3),
    ] {
      unsafe tap.observed(bytes.span.bytes, direction, connection: connection)
    }
    tap.flush()
    return path
  }

  private func files(_ folder: String) throws -> [String: [UInt8]] {
    let names = try FileManager.default.subpathsOfDirectory(atPath: folder)
    var files: [String: [UInt8]] = [:]
    for name in names {
      var isDirectory: ObjCBool = false
      _ = unsafe FileManager.default.fileExists(
        atPath: "\(folder)/\(name)", isDirectory: &isDirectory)
      if !isDirectory.boolValue { files[name] = try folder.read(name) }
    }
    return files
  }

  @Test func aSecretStandsNowhereInAFolder() async throws {
    let directory = try TestDirectory()
    let (run, folder) = await make(directory, try seeded(directory))
    #expect(run.exitCode == 0, "\(run.errors)")
    let made = try files(folder)
    #expect(made.count == 7)
    let core = Array(Self.secret.utf8)
    // What of Base64 does not depend on the bytes before and behind it, for each place in a group.
    let encoded = (0..<3).map { before in
      Data([UInt8](repeating: 0, count: before) + core).base64EncodedString().dropFirst(4).prefix(
        36)
    }
    for (name, bytes) in made {
      let text = String(decoding: bytes, as: UTF8.self)
      #expect(!text.contains(Self.secret), "\(name)")
      for one in encoded { #expect(!text.contains(one), "\(name)") }
    }
    let revealed = await wiredump(["dump", "--reveal", folder]).output
    #expect(revealed.contains("authorization: top-") == false)
    #expect(!revealed.contains(Self.secret))
    for one in encoded { #expect(!revealed.contains(one)) }
  }

  @Test func theSameSecretBecomesTheSameValueOfTheSameLength() async throws {
    let directory = try TestDirectory()
    let (_, folder) = await make(directory, try seeded(directory))
    let bytes = try folder.read("connection-0/client.bin")
    #expect(bytes.count == Self.client.count)
    let revealed = await wiredump(["dump", "--reveal", folder]).output
    let lines = revealed.split(separator: "\n")
    let value = lines.first { $0.contains("authorization: ") }?.split(separator: " ").last
    let made = try #require(value.map { String($0) })
    #expect(made.utf8.count == Self.secret.utf8.count)
    #expect(made.contains("-") && made.contains("_") && made.contains("."))
    #expect(lines.filter { $0.contains("\"\(made)\"") }.count == 2)
    #expect(lines.contains { $0.contains("bye \(made)") })
  }

  /// Captures count offsets in their files, fixtures in each direction.
  @Test func whatIsReplacedMovesNothingInACaptureThatCutsPackets() async throws {
    let directory = try TestDirectory()
    let capture = fixture("captures/grpcio-snap200.pcap").path
    let (_, folder) = await make(directory, capture)
    let run = await wiredump(["diff", "--format", "json", folder, capture])
    #expect(run.exitCode == 1)
    for line in run.output.split(separator: "\n") {
      let object = try JSONSerialization.jsonObject(with: Data(line.utf8)) as? [String: Any]
      let tags = ["a", "b"].map { ((object?[$0] as? String) ?? "").split(separator: " ") }
      #expect(
        tags[0].first == "<redacted" && tags[0].dropFirst().first == tags[1].dropFirst().first)
    }
  }

  @Test(arguments: Recordings.names + ["login", "refresh-api-token", "stream-fails-midway"])
  func whatIsReplacedMovesNothing(name: String) async throws {
    let directory = try TestDirectory()
    let (_, folder) = await make(directory, fixture("calls/\(name)").path)
    func places(_ path: String) async throws -> [[String]] {
      let run = await wiredump(["dump", "--format", "json", path])
      return try run.output.split(separator: "\n").map { line in
        let object = try JSONSerialization.jsonObject(with: Data(line.utf8)) as? [String: Any]
        return ["off", "len", "layer", "type", "frame"].map { "\(object?[$0] ?? "")" }
      }
    }
    #expect(try await places(folder) == places(fixture("calls/\(name)").path))
    #expect(await wiredump(["fixture", "check", folder]).exitCode == 0)
  }

  @Test func aCaptureOfOurOwnComesBackByteForByte() async throws {
    let directory = try TestDirectory()
    let capture = try ownCapture(directory)
    let (run, folder) = await make(directory, capture, ["--keep-secrets"])
    #expect(run.exitCode == 0, "\(run.errors)")
    let back = directory.path + "/back.pcap"
    #expect(await wiredump(["fixture", "capture", folder, "-o", back]).exitCode == 0)
    let original = try directory.path.read("own.pcap")
    #expect(try directory.path.read("back.pcap") == original)
    #expect(original.count > 70_000)
    let chunks = String(decoding: try folder.read("chunks.jsonl"), as: UTF8.self)
    #expect(chunks.contains("\"gap\":250000") && chunks.contains("\"open\":\"70000\""))
    let meta = String(decoding: try folder.read("meta.json"), as: UTF8.self)
    #expect(meta.contains("\"captureIsReproduced\":true"))
    let mode = try FileManager.default.attributesOfItem(atPath: folder + "/meta.json")
    #expect(mode[.posixPermissions] as? Int == 0o600)
  }

  @Test(arguments: ["grpcio.pcap", "grpcio.pcapng", "grpcio-snap200.pcap"])
  func aCaptureOfOthersComesBackWithTheSameStreams(name: String) async throws {
    let directory = try TestDirectory()
    let capture = fixture("captures/\(name)").path
    let (_, folder) = await make(directory, capture, ["--reveal"])
    let back = directory.path + "/back.pcap"
    #expect(await wiredump(["fixture", "capture", folder, "-o", back]).exitCode == 0)
    func streams(_ bytes: [UInt8]) -> [Recording.Streams] {
      var reader = CaptureReader(Recording())
      reader.receive(bytes)
      reader.finish()
      return reader.sink.connections.compactMap { reader.sink.streams[$0] }
    }
    let original = streams([UInt8](try Data(contentsOf: fixture("captures/\(name)"))))
    #expect(!original.isEmpty)
    #expect(streams(try directory.path.read("back.pcap")) == original)
  }

  @Test func aFileThatWasChangedIsTold() async throws {
    let directory = try TestDirectory()
    let (_, folder) = await make(directory, try seeded(directory))
    #expect(await wiredump(["fixture", "check", folder]).exitCode == 0)
    var bytes = try folder.read("connection-0/server.bin")
    bytes[20] ^= 1
    _ = try folder.write(bytes, "connection-0/server.bin")
    _ = try folder.write([1], "another")
    let run = await wiredump(["fixture", "check", folder])
    #expect(run.exitCode == 1)
    #expect(run.output.contains("connection-0/server.bin: not the bytes of the manifest"))
    #expect(run.output.contains("another: not in the manifest"))
  }

  @Test func anExpectationThatDoesNotHoldIsPrintedAsADifference() async throws {
    let directory = try TestDirectory()
    let (_, folder) = await make(directory, try seeded(directory))
    let name = "connection-0/expect.txt"
    let text = String(decoding: try folder.read(name), as: UTF8.self)
    let changed = text.replacingOccurrences(of: "grpc-status: 7", with: "grpc-status: 5")
    #expect(changed != text)
    _ = try folder.write(Array(changed.utf8), name)
    let manifest = String(decoding: try folder.read("MANIFEST.sha256"), as: UTF8.self)
    let fixed = manifest.split(separator: "\n").map { line in
      line.hasSuffix(name)
        ? "\(Hex.text(DumpContext.digest(Array(changed.utf8))))  \(name)" : String(line)
    }
    _ = try folder.write(Array(fixed.joined(separator: "\n").utf8), "MANIFEST.sha256")
    let run = await wiredump(["fixture", "check", folder])
    #expect(run.exitCode == 1)
    let lines = run.output.split(separator: "\n")
    #expect(lines.first == "--- \(name)" && lines.dropFirst().first == "+++ \(name) today")
    #expect(lines.contains { $0.hasPrefix("-") && $0.contains("grpc-status: 5") })
    #expect(lines.contains { $0.hasPrefix("+") && $0.contains("grpc-status: 7") })
    #expect(lines.count < 14)
  }

  @Test func aFolderThatHasFilesIsNotOverwritten() async throws {
    let directory = try TestDirectory()
    let input = try seeded(directory)
    _ = await make(directory, input)
    let (run, _) = await make(directory, input)
    #expect(run.exitCode == 2)
    #expect(run.errors.contains("is not empty"))
  }

  @Test func chunksThatAreNoneAreNamed() async throws {
    let directory = try TestDirectory()
    let (_, folder) = await make(directory, try seeded(directory))
    _ = try folder.write(Array("{\"v\":1,\"begin\":\"0\"}\n{\"conn\":-1}\n".utf8), "chunks.jsonl")
    let run = await wiredump(["dump", folder])
    #expect(run.exitCode == 2)
    #expect(run.errors.contains("line 2 of"))
  }
}
