import CommandConsole
import FoundationEssentials
import HTTPClient
import MomentoAuthCommands
import RotationFakes
import Testing

@Suite struct RotateHTTPTests {
  @Test(.timeLimit(.minutes(5))) func aCallRenewsAKeyAndAnEndIsObeyed() async throws {
    try await withRenewableKey { options, file in
      // As old as its life is long: it is due.
      let due = try content(file).replacing(#/"issuedAt":\d+,/#, with: "")
        .replacing("{\"apiKey", with: #"{"issuedAt":1,"apiKey"#)
      #expect(due.contains(#""issuedAt":1,"#))
      try Data(due.utf8).write(to: URL(filePath: file))
      let (terminated, terminate) = AsyncStream.makeStream(of: Void.self)
      let (lines, announce) = AsyncStream.makeStream(of: String.self)
      let output = MemorySink { announce.yield($0) }
      let errors = MemorySink()
      let arguments = "rotate http --listen 127.0.0.1:0 \(options)"
      async let exitCode = MomentoAuthCommand.run(
        CommandContext(
          arguments: arguments.split(separator: " ").map(String.init), environment: [:],
          readStandardInput: { _ in [] }, standardOutput: output, standardError: errors,
          now: { Date() },
          untilTerminated: { for await _ in terminated { break } }))
      var address = ""
      for await line in lines {
        address = String(line.dropFirst("listening on ".count).dropLast())
        break
      }
      let client = try PatientClient()
      let answer = try await client.send(
        HTTPRequest(.post, "http://\(address)/", usesProxy: false))
      #expect(answer.status == 200)
      #expect(String(decoding: answer.body, as: UTF8.self).contains(#""outcome":"rotated""#))
      terminate.yield()
      #expect(await exitCode == 0)
      #expect(try content(file) != due)
      #expect(errors.text.contains(#""message":"rotated""#))
      await client.shutdown()
    }
  }

  @Test(arguments: [
    ("rotate http --store file:a", [:], 64, "PORT"),
    ("rotate http --store file:a", ["PORT": "many"], 64, "PORT"),
    ("rotate http --store file:a --listen here", [:], 64, "--listen"),
    ("rotate http --listen 127.0.0.1:0", [:], 64, "--store"),
    ("rotate http --store nowhere:a", ["PORT": "1"], 78, "no store of the kind"),
  ])
  func refusals(
    line: String, environment: [String: String], exitCode: Int32, words: String
  ) async {
    let run = await momentoAuth(line, environment: environment.merging(["HOME": "/tmp"]) { $1 })
    #expect(run.exitCode == exitCode, "\(run.errors)")
    #expect(run.errors.contains(words), "\(run.errors)")
  }
}
