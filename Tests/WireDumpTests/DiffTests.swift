import Foundation
import TestSupport
import Testing

@testable import WireDump

@Suite struct DiffTests {
  private static let path = "/auth.Auth/RefreshApiToken"
  private static let body =
    Frames.text(1, "key-0123456789ab") + Frames.text(2, "refresh-0123456789")

  private static func client(
    _ fields: [UInt8] = [], frames: [[UInt8]]? = nil, extra: [UInt8] = [], stream: UInt8 = 1,
    body: [UInt8] = body
  ) -> [UInt8] {
    let message = Frames.message(body)
    let data = frames ?? [Frames.frame(0, flags: 1, stream: stream, message)]
    return Frames.preface + Frames.settings + Frames.request(path, fields, stream: stream)
      + data.flatMap { $0 } + extra
  }

  private static let server = Frames.settings + Frames.response() + Frames.trailers()

  /// Compares connections that differ in what the client has sent.
  private func diff(_ a: [UInt8], _ b: [UInt8], _ options: [String] = []) async throws -> DumpRun {
    let directory = try TestDirectory()
    for (name, client) in [("a", a), ("b", b)] {
      _ = try directory.path.write(client, "\(name).client.bin")
      _ = try directory.path.write(Self.server, "\(name).server.bin")
    }
    return await wiredump(
      ["diff"] + options + [directory.path + "/a", directory.path + "/b"])
  }

  @Test(arguments: Recordings.names)
  func aRecordingIsTheSameAsItself(name: String) async {
    let path = fixture("calls/\(name)").path
    let run = await wiredump(["diff", "--all", path, path])
    #expect(run.exitCode == 0 && run.output.isEmpty, "\(run.errors)")
  }

  @Test func theSameTrafficIsTheSameInEachFormatOfCaptures() async {
    let run = await wiredump([
      "diff", fixture("captures/grpcio.pcap").path, fixture("captures/grpcio-nano.pcap").path,
    ])
    #expect(run.exitCode == 0 && run.output.isEmpty, "\(run.output)")
  }

  private static let split: [[UInt8]] = {
    let message = Frames.message(body)
    return [
      Frames.frame(0, stream: 1, Array(message[..<9])),
      Frames.frame(0, flags: 1, stream: 1, Array(message[9...])),
    ]
  }()

  private static let noise: [(name: String, a: [UInt8], b: [UInt8])] = [
    (
      "ping", client(extra: Frames.frame(6, Array("12345678".utf8))),
      client(extra: Frames.frame(6, Array("87654321".utf8)))
    ),
    ("window", client(), client(extra: Frames.frame(8, [0, 0, 0, 9]))),
    ("settings-ack", client(), client(extra: Frames.frame(4, flags: 1))),
    (
      "port", client(Frames.field(":authority", "host:1")),
      client(Frames.field(":authority", "host:2"))
    ),
    (
      "time", client(Frames.field("grpc-timeout", "1S")),
      client(Frames.field("grpc-timeout", "999m"))
    ),
    ("hpack", client(Frames.field("x-a", "1")), client(Frames.field("x-a", "1", huffman: true))),
    ("data", client(), client(frames: split)),
  ]

  @Test(arguments: noise.indices)
  func whatDiffersBetweenAnyTwoRunsIsLeftOutUnlessItIsAskedFor(index: Int) async throws {
    let (name, a, b) = Self.noise[index]
    let quiet = try await diff(a, b)
    #expect(quiet.exitCode == 0 && quiet.output.isEmpty, "\(quiet.output)")
    #expect(try await diff(a, b, ["--include", name]).exitCode == 1)
    #expect(try await diff(a, b, ["--all"]).exitCode == 1)
    let others = Self.noise.map(\.name).filter { $0 != name && $0 != "data" }
    #expect(try await diff(a, b, ["--include", others.joined(separator: ",")]).exitCode == 0)
  }

  @Test func aFieldThatDiffersIsNamedWithItsPlacesAndItsSecretIsATag() async throws {
    let other = Frames.text(1, "key-0123456789XY") + Frames.text(2, "refresh-0123456789")
    let run = try await diff(Self.client(), Self.client(body: other))
    #expect(run.exitCode == 1)
    #expect(run.output.contains("connection 0, \(Self.path) (stream 1), client's message\n"))
    let line = try #require(run.output.split(separator: "\n").last)
    #expect(line.hasPrefix("  api_key: \"<redacted len=16 sha256:"))
    #expect(line.split(separator: " at 0x").count == 3)
    #expect(!run.output.contains("0123456789"))
    #expect(run.errors == "1 difference\n")
    let shown = try await diff(Self.client(), Self.client(body: other), ["--reveal"])
    #expect(shown.output.contains("\"key-0123456789ab\""))
    #expect(shown.output.contains("\"key-0123456789XY\""))
  }

  @Test func whatOnlyOneSideHasIsTold() async throws {
    let run = try await diff(
      Self.client(Frames.field("x-a", "1")), Self.client(), ["--format", "json"])
    #expect(run.exitCode == 1)
    let object = try JSONSerialization.jsonObject(with: Data(run.output.utf8)) as? [String: Any]
    #expect(object?["type"] as? String == "difference")
    #expect(object?["field"] as? String == "x-a" && object?["element"] as? String == "headers")
    #expect(object?["a"] as? String == "1" && object?["b"] == nil)
    #expect(object?["aOff"] as? Int == 122)
  }

  @Test func callsAreFoundByTheirPathsWhateverTheirStreamsAre() async throws {
    let extra = Frames.request("/a/B", stream: 3)
    let same = try await diff(
      Self.client(extra: extra),
      Frames.preface + Frames.settings + Frames.request("/a/B", stream: 1)
        + Self.client(stream: 3).dropFirst(33))
    let about = same.output.split(separator: "\n").filter { !$0.hasPrefix("  ") }
    // The server's frames stay on stream 1, so the calls' answers differ; the requests do not.
    #expect(!about.contains { $0.contains("client's") }, "\(same.output)")
    let alone = try await diff(Self.client(), Self.client(extra: extra))
    #expect(alone.output.contains("/a/B (stream 3)\n  only in B"))
  }

  @Test func capturesOfWhichNothingCanBeReadAreNotTheSame() async {
    let capture = fixture("captures/tls13.pcap").path
    let run = await wiredump(["diff", capture, capture])
    #expect(run.exitCode == 2)
    #expect(run.errors.contains("no connection in \(capture) can be read"))
    #expect(run.errors.contains("--keylog"))
  }

  @Test func anUnknownNoiseIsRefused() async throws {
    let run = try await diff(Self.client(), Self.client(), ["--include", "ping,noise"])
    #expect(run.exitCode == 64)
    #expect(run.errors.contains("settings-ack"))
  }
}
