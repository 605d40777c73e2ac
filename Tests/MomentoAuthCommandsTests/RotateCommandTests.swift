import Foundation
import MomentoAuthCommands
import MomentoAuthService
import Testing

@Suite struct RotateCommandTests {
  @Test("a key is renewed when that is asked for, and then left alone until it is due")
  func once() async throws {
    try await withRenewableKey { options, file in
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

  /// The command that this package builds.
  private static let executable =
    URL(filePath: "/proc/self/exe").resolvingSymlinksInPath().deletingLastPathComponent()
    .appending(path: "momento-auth").path

  @Test("a process of its own asks for the new key, unless that is switched off")
  func courier() async throws {
    try await withRenewableKey { options, file in
      let before = try content(file)
      // A process that does nothing has no answer.
      let dead = await momentoAuth("rotate once \(options) --force", executable: "/bin/false")
      #expect(dead.exitCode == 75, "\(dead.errors)")
      let afterDead = try content(file)
      #expect(afterDead == before)
      let run = await momentoAuth("rotate once \(options) --force", executable: Self.executable)
      #expect(run.exitCode == 0, "\(run.errors)")
      let after = try content(file)
      #expect(after != before)
      let wrong = await momentoAuth("rotate once \(options) --courier maybe")
      #expect(wrong.exitCode == 64)
    }
    try await withRenewableKey { options, file in
      let run = await momentoAuth(
        "rotate once \(options) --force --courier off --detailed-exitcode",
        executable: "/bin/false")
      #expect(run.exitCode == 2, "\(run.errors)")
    }
  }

  @Test("what starts as a courier without a request does nothing")
  func courierWithoutRequest() async throws {
    let process = Process()
    process.executableURL = URL(filePath: Self.executable)
    process.arguments = ["rotate", "courier"]
    process.standardInput = FileHandle.nullDevice
    let status: Int32 = try await withCheckedThrowingContinuation { continuation in
      process.terminationHandler = { continuation.resume(returning: $0.terminationStatus) }
      do { try process.run() } catch { continuation.resume(throwing: error) }
    }
    #expect(status == 64)
  }

  @Test("a plan says what would be done, and does nothing")
  func plan() async throws {
    try await withRenewableKey { options, file in
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
    try await withRenewableKey { options, _ in
      _ = await momentoAuth("rotate once \(options)")
      let status = await momentoAuth("rotate status \(options) --json")
      #expect(status.exitCode == 0)
      #expect(status.output.contains(#""refused":false"#))
      #expect(status.output.contains(#""due":1"#))
    }
  }

  @Test("figures go to a file that Prometheus can read")
  func metrics() async throws {
    try await withRenewableKey { options, file in
      let run = await momentoAuth("rotate once \(options) --metrics-file \(file).prom")
      #expect(run.exitCode == 0)
      let figures = try content(file + ".prom")
      #expect(figures.contains("momento_key_expiry_timestamp_seconds{"))
    }
  }

  @Test("an older key does not take a newer one's place, unless it is told to")
  func olderKey() async throws {
    try await withRenewableKey { options, file in
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
