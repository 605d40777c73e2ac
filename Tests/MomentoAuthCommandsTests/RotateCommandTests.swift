import FoundationEssentials
import MomentoAuthCommands
import MomentoAuthService
import Testing

@Suite struct RotateCommandTests {
  /// A key that can be refreshed, imported into a file by the command.
  private func withKey(
    refreshTokens: AuthServiceConfiguration.RefreshTokens = .singleUse,
    _ body: (_ options: String, _ file: String) async throws -> Void
  ) async throws {
    try await withDirectory { directory in
      // Its keys are an hour old when they come: one that was just made is not renewed at once.
      let hourAgo = UInt64(Date().timeIntervalSince1970) - 3_600
      try await withService(configure: {
        $0.refreshTokens = refreshTokens
        $0.now = { hourAgo }
      }) { address, _ in
        let session = await momentoAuth("login --local \(address) --json")
        let key = await momentoAuth(
          "generate-token --local \(address) --credentials-file - --scope all-data-read-write "
            + "--expires-in 30d --json", input: session.output)
        let file = directory + "/key.json"
        let options = "--local \(address) --store file:\(file)"
        let imported = await momentoAuth("rotate import - \(options)", input: key.output)
        #expect(imported.exitCode == 0)
        #expect(imported.errors.contains("Wrote the key to file:\(file)."))
        try await body("\(options) --spool \(directory)/spool", file)
      }
    }
  }

  private func content(_ path: String) throws -> String {
    String(decoding: try Data(contentsOf: URL(filePath: path)), as: UTF8.self)
  }

  @Test("a key is renewed when that is asked for, and then left alone until it is due")
  func once() async throws {
    try await withKey { options, file in
      let before = try content(file)
      let run = await momentoAuth("rotate once \(options) --force --detailed-exitcode --json")
      #expect(run.exitCode == 2, "\(run.errors)")
      #expect(run.output.contains(#""outcome":"rotated""#))
      let text = try content(file)
      #expect(text != before)
      let again = await momentoAuth("rotate once \(options) --json")
      #expect(again.exitCode == 0)
      #expect(again.output.contains(#""outcome":"not-due""#))
      let now = try content(file)
      #expect(now == text)
      for output in [run.output, run.errors, again.output, again.errors] {
        #expect(!output.contains("eyJ"))
      }
      #expect(text.contains(#""issuedAt":"#))
    }
  }

  @Test("a plan says what would be done, and does nothing")
  func plan() async throws {
    try await withKey { options, file in
      let before = try content(file)
      let plan = await momentoAuth("rotate plan \(options)")
      #expect(plan.exitCode == 0)
      #expect(plan.output.contains("Next"))
      #expect(!plan.output.contains("eyJ"))
      let now = try content(file)
      #expect(now == before)
    }
  }

  @Test("a status is good for a key that nobody needs to look after")
  func status() async throws {
    try await withKey { options, _ in
      _ = await momentoAuth("rotate once \(options)")
      let status = await momentoAuth("rotate status \(options) --json")
      #expect(status.exitCode == 0)
      #expect(status.output.contains(#""refused":false"#))
      #expect(status.output.contains(#""due":1"#))
    }
  }

  @Test("figures go to a file that Prometheus can read")
  func metrics() async throws {
    try await withKey { options, file in
      let run = await momentoAuth("rotate once \(options) --metrics-file \(file).prom")
      #expect(run.exitCode == 0)
      let figures = try content(file + ".prom")
      #expect(figures.contains("momento_key_expiry_timestamp_seconds{"))
    }
  }

  @Test("an older key does not take a newer one's place, unless it is told to")
  func olderKey() async throws {
    try await withKey { options, file in
      let importOptions = options.split(separator: " ").dropLast(2).joined(separator: " ")
      let before = try content(file)
      let older = before.replacing(#/"validUntil":\d+/#, with: #""validUntil":1700000000"#)
      let refused = await momentoAuth("rotate import - \(importOptions)", input: older)
      #expect(refused.exitCode == 78)
      let now = try content(file)
      #expect(now == before)
      let forced = await momentoAuth("rotate import - \(importOptions) --force", input: older)
      #expect(forced.exitCode == 0)
      let after = try content(file)
      #expect(after.contains("1700000000"))
    }
  }

  @Test(
    "what cannot be used is told with its own exit code",
    arguments: [
      ("rotate once", 64, "--store"),
      ("rotate once --store nowhere:x --spool /tmp", 78, "no store of the kind"),
      ("rotate once --store file:a?b=c --spool /tmp", 78, "unknown parameter 'b'"),
      (
        "rotate plan --store file:/nonexistent/key.json --spool /tmp/momento-auth-plan", 78,
        "No such"
      ),
      ("rotate run --store file:a --listen here", 64, "--listen"),
      ("rotate run --store file:a --leader-election file:b", 78, "elects no leader"),
      ("rotate run --store file:a --leader-election kubernetes:b", 78, "NAMESPACE/NAME"),
      ("rotate import - --store file:a --no-probe", 2, "empty"),
    ])
  func refusals(line: String, exitCode: Int32, words: String) async {
    let run = await momentoAuth(line, environment: ["HOME": "/tmp"])
    #expect(run.exitCode == exitCode, "\(run.errors)")
    #expect(run.errors.contains(words), "\(run.errors)")
  }
}
