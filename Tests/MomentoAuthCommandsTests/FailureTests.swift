import CommandConsole
import FoundationEssentials
import MomentoAuth
import MomentoAuthCommands
import MomentoAuthService
import Testing

@Suite struct FailureTests {
  @Test("a refusal of the service: exit code, words for people, JSON for programs")
  func denied() async throws {
    try await withService { address, _ in
      let session = await momentoAuth("login --local \(address) --json")
      let key = await momentoAuth(
        "generate-token --local \(address) --credentials-file - --scope super-user "
          + "--expires-in 1h --json", input: session.output)
      let line =
        "generate-token --local \(address) --credentials-file - --scope super-user "
        + "--expires-in 1h"
      let people = await momentoAuth(line, input: key.output)
      #expect(people.exitCode == 4)
      #expect(people.output == "")
      #expect(people.errors.contains("use a session token from Login\n  "))
      let programs = await momentoAuth(line + " --json", input: key.output)
      #expect(programs.exitCode == 4)
      let failure = try Failure(programs).error
      #expect(failure.code == "PERMISSION_ERROR")
      #expect(failure.grpcStatus == "PERMISSION_DENIED")
      #expect(failure.message.contains("Insufficient permissions"))
      #expect(!failure.hint.isEmpty)
    }
  }

  @Test("each kind of failure has an exit code of its own")
  func exitCodes() async throws {
    try await withService(configure: { $0.operationsPerSecond = 1 }) { address, _ in
      #expect(await momentoAuth("login --local \(address)").exitCode == 0)
      let tooMany = await exhaust("login --local \(address) --json")
      #expect(tooMany?.exitCode == 5)
    }
    try await withService { address, _ in
      let line =
        "generate-token --local \(address) --credentials-file - --scope super-user "
        + "--expires-in 1h"
      #expect(await momentoAuth(line, input: "a.b.c").exitCode == 2)
      let other = "ey.eyJ4IjoxfQ.c2ln".replacing("ey.", with: "eyJhbGciOiJIUzI1NiJ9.")
      #expect(await momentoAuth(line, input: other).exitCode == 3)
      #expect(await momentoAuth(line, input: "").exitCode == 2)
      #expect(await momentoAuth(line.replacing("1h", with: "1x"), input: other).exitCode == 2)
    }
    #expect(await momentoAuth("login --local 127.0.0.1:1").exitCode == 6)
    #expect(await momentoAuth("inspect --credentials-file /nonexistent").exitCode == 1)
    #expect(await momentoAuth("nonsense").exitCode == 64)
  }

  /// The quota is counted by the clock's seconds, so a second call may fall into the next one.
  private func exhaust(_ line: String) async -> CommandRun? {
    for _ in 0..<20 {
      let run = await momentoAuth(line)
      if run.exitCode != 0 { return run }
    }
    return nil
  }

  @Test(
    "a line that makes no sense is refused, and the message says why",
    arguments: [
      ("login", "Say where to log in, with --local or --endpoint."),
      ("login --local a:1 --endpoint b", "Give either --local or --endpoint, not both."),
      ("login --endpoint b --tls", "--tls goes with --local; everywhere else TLS is always on."),
      ("login --local a:1 --ca-file f", "--ca-file needs TLS; add --tls."),
      ("login --local http://a:1", "--local takes host:port, without a scheme or a path."),
      ("generate-token --expires-in 1h", "Say what it may do, with --scope or with --permission."),
      ("generate-token --scope super-user", "Missing expected argument '--expires-in <time>'."),
      (
        "generate-token --expires-in 1h --scope super-user --permission cache:readonly:a",
        "Give either --scope or --permission, not both."
      ),
      (
        "generate-disposable-token --scope super-user",
        "The value 'super-user' is invalid for '--scope <scope>'. Please provide "
          + "'all-data-read-write'."
      ),
      (
        "inspect --api-key x",
        "'--api-key' is not taken: every process on this machine can read a command line. Set "
          + "MOMENTO_API_KEY, or use --credentials-file."
      ),
      ("serve --listen 8080", listenRule), ("serve --listen :8080", listenRule),
      ("serve --listen ::1:8080", listenRule), ("serve --listen 127.0.0.1:65536", listenRule),
      ("serve --listen 127.0.0.1:+1", listenRule),
      ("serve --tls-key x", "--tls-cert and --tls-key go together."),
      (
        "serve --tls-cert x --tls-key y --write-ca z",
        "--write-ca is for a service without a certificate of its own."
      ),
      (
        "serve --operations-per-second 0",
        "--operations-per-second takes a number greater than 0."
      ),
      (
        "serve --session-lifetime never",
        "A session always ends: --session-lifetime takes no 'never'."
      ),
    ])
  func refusals(line: String, message: String) async throws {
    let run = await momentoAuth(line + " --json")
    if line.hasPrefix("serve") {
      // `serve` has no --json, which is found out first where it is not understood.
      let run = await momentoAuth(line)
      #expect(run.errors.hasPrefix("Error: \(message)\nUsage: momento-auth "))
    } else {
      let failure = try Failure(run).error
      #expect(failure.message == message)
      #expect(failure.code == "USAGE_ERROR")
      #expect(failure.grpcStatus == nil)
    }
    #expect(run.exitCode == 64)
    #expect(run.output == "")
  }

  private static let listenRule =
    "--listen takes a numeric address and a port, such as 127.0.0.1:8080."

  @Test("a credential that says nothing of its place is refused with what to add")
  func noPlace() async throws {
    let run = await momentoAuth(
      "generate-token --credentials-file - --scope super-user --expires-in 1h --json",
      input: #"{"sessionToken":"eyJhbGciOiJIUzI1NiJ9.eyJ4IjoxfQ.c2ln","validForSeconds":1}"#)
    #expect(run.exitCode == 2)
    #expect(
      try Failure(run).error.hint == "Add --local or --endpoint, or set MOMENTO_ENDPOINT.")
  }

  @Test(
    "what cannot be written is a failure: a key that nobody saw was not handed over",
    arguments: ["demo", "demo --json", "help", "--version", "serve --listen 127.0.0.1:0"])
  func fullDisk(line: String) async {
    let errors = MemorySink()
    let exitCode = await MomentoAuthCommand.run(
      CommandContext(
        arguments: line.split(separator: " ").map(String.init), environment: [:],
        readStandardInput: { _ in nil }, standardOutput: FullSink(), standardError: errors,
        now: { Date() }, untilTerminated: {}))
    #expect(exitCode == 1)
    #expect(errors.text.contains("cannot write standard output"))
  }

  @Test("without a credential, the message lists the ways to give one")
  func noCredential() async throws {
    let run = await momentoAuth("inspect --json")
    #expect(run.exitCode == 2)
    #expect(try Failure(run).error.hint.contains("MOMENTO_API_KEY"))
  }

  @Test("no failure repeats a secret")
  func discretion() async throws {
    try await withService { address, _ in
      let claims = Data(#"{"jti":"4Z0BqXc3mPp1","sub":"me","kind":"api_key"}"#.utf8)
      let secret = "eyJhbGciOiJIUzI1NiJ9.\(claims.base64EncodedString()).c2VjcmV0"
      for line in [
        "generate-token --local \(address) --scope super-user --expires-in 1h",
        "generate-disposable-token --local \(address) --scope all-data-read-write",
        "refresh-token --local \(address)", "generate-token --api-key=\(secret)",
        "generate-token --api-kee=\(secret)", "generate-token \(secret)",
        "generate-token --expires-in \(secret) --scope super-user",
        "generate-token --expires-in 1h --scope \(secret)",
      ] {
        let run = await momentoAuth(
          line,
          environment: ["MOMENTO_API_KEY": secret, "MOMENTO_REFRESH_TOKEN": "c2VjcmV0"])
        #expect(run.exitCode != 0)
        #expect(!run.errors.contains("c2VjcmV0"), "\(line)")
      }
    }
  }
}
