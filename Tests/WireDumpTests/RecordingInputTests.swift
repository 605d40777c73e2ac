import Foundation
import TestSupport
import Testing
import WireCaptureModel

@testable import WireDump

@Suite struct RecordingInputTests {
  /// The frames of the JSON form: direction, type, stream.
  private func frames(_ run: DumpRun) throws -> [(direction: String, type: String, stream: Int)] {
    try run.output.split(separator: "\n").compactMap { line in
      let object = try JSONSerialization.jsonObject(with: Data(line.utf8)) as? [String: Any]
      guard object?["depth"] as? Int == 0, object?["layer"] as? String == "h2",
        let direction = object?["dir"] as? String, let type = object?["type"] as? String
      else { return nil }
      return (direction, type, object?["stream"] as? Int ?? 0)
    }
  }

  @Test(arguments: Recordings.names)
  func twoDirectionsAreExplainedTogetherAndAnswersComeAfterWhatTheyAnswer(name: String) async throws
  {
    let client = fixture("calls/\(name).client.bin").path
    let server = fixture("calls/\(name).server.bin").path
    let together = await wiredump(["dump", "--format", "json", server, client])
    let all = try frames(together)
    for (path, direction) in [(client, "send"), (server, "recv")] {
      let alone = try frames(await wiredump(["dump", "--format", "json", path]))
      #expect(all.filter { $0.direction == direction }.map(\.type) == alone.map(\.type))
    }
    var asked: Set<Int> = []
    for frame in all where frame.stream > 0 {
      if frame.direction == "send", frame.type == "HEADERS" { asked.insert(frame.stream) }
      if frame.type == "HEADERS" || frame.type == "DATA" {
        #expect(asked.contains(frame.stream))
      }
    }
    let calls = together.output.split(separator: "\n").filter { $0.contains("\"type\":\"call\"") }
    #expect(!calls.isEmpty)
  }

  @Test func acknowledgementsComeAfterWhatTheyAcknowledge() {
    let ping = Frames.frame(6, Array("12345678".utf8))
    let pong = Frames.frame(6, flags: 1, Array("12345678".utf8))
    let acknowledgement = Frames.frame(4, flags: 1)
    let client = Frames.preface + Frames.settings + acknowledgement + pong + Frames.request("/a/B")
    let server = Frames.settings + acknowledgement + ping + Frames.trailers()
    let order = Recording(client: client, server: server).events.map { event in
      if case .chunk(let chunk) = event { chunk.direction.name } else { "" }
    }
    #expect(
      order == [
        "client", "client", "server", "client", "server", "server", "client", "client", "server",
      ])
  }

  @Test func aStemNamesBothDirections() async {
    let stem = await wiredump([fixture("calls/login").path])
    let files = await wiredump([
      fixture("calls/login.client.bin").path, fixture("calls/login.server.bin").path,
    ])
    #expect(stem.exitCode == 0 && !stem.output.isEmpty)
    #expect(stem.output == files.output)
  }

  @Test func aFolderIsExplainedPairByPairUnderHeadings() async throws {
    let run = await wiredump([fixture("calls").path])
    #expect(run.exitCode == 0)
    let headings = run.output.split(separator: "\n").filter { $0.hasPrefix("== ") }
    let files = try FileManager.default.contentsOfDirectory(atPath: fixture("calls").path)
    #expect(headings.count == files.filter { $0.hasSuffix(".client.bin") }.count)
    #expect(headings.contains("== login"))
  }

  @Test func directionSaysWhoTheFirstFileIsFrom() async throws {
    let files = try TestDirectory()
    let one = try files.path.write(Frames.request("/a/B"), "one")
    let other = try files.path.write(Frames.response() + Frames.trailers(), "other")
    let run = await wiredump(["dump", "--direction", "server", "--oneline", other, one])
    let lines = run.output.split(separator: "\n")
    #expect(lines.first { $0.contains("/a/B") }?.contains("send") ?? false)
    #expect(lines.first { $0.contains(":status") }?.contains("recv") ?? false)
  }

  @Test func moreThanTwoInputsAreRefused() async {
    let run = await wiredump(["dump", "a", "b", "c"])
    #expect(run.exitCode == 64)
    #expect(run.errors.contains("two directions"))
  }

  @Test func aFolderWithoutRecordingsIsNamed() async throws {
    let folder = try TestDirectory()
    let run = await wiredump([folder.path])
    #expect(run.exitCode == 66)
    #expect(run.errors.contains(folder.path))
  }
}
