import CommandConsole
import FoundationEssentials
import MomentoAuthCommands
import Synchronization
import Testing

@Suite struct ServeAndDemoTests {
  @Test("serve says where it listens in its first line, serves, and ends when it is asked to")
  func serve() async throws {
    let run = try await serving("serve --listen 127.0.0.1:0") { address in
      #expect(address.hasPrefix("127.0.0.1:"))
      #expect(await momentoAuth("login --local \(address)").exitCode == 0)
    }
    #expect(run.exitCode == 0)
    #expect(run.output.split(separator: "\n").count == 1)
    #expect(run.errors.contains("Log in with: momento-auth login --local 127.0.0.1:"))
  }

  @Test("serve with TLS writes its authority before it says that it listens")
  func serveWithTLS() async throws {
    try await withDirectory { directory in
      let file = directory + "/ca.pem"
      let run = try await serving("serve --listen [::1]:0 --tls --ca-file \(file)") { address in
        #expect(address.hasPrefix("[::1]:"))
        let login = await momentoAuth("login --local \(address) --tls --ca-file \(file)")
        #expect(login.exitCode == 0)
      }
      #expect(run.exitCode == 0)
    }
  }

  @Test("serve takes refresh tokens once where it is told so, and puts its endpoint into keys")
  func serveOptions() async throws {
    let line = "serve --listen 127.0.0.1:0 --refresh-tokens single-use --endpoint cell.example"
    _ = try await serving(line) { address in
      let session = await momentoAuth("login --local \(address) --json")
      let key = await momentoAuth(
        "generate-token --local \(address) --credentials-file - --expires-in 1h "
          + "--scope super-user --json", input: session.output)
      let issued = try key.json(Issued.self)
      #expect(issued.endpoint == "cell.example")
      let refresh = "refresh-token --local \(address) --credentials-file - --json"
      #expect(await momentoAuth(refresh, input: key.output).exitCode == 0)
      #expect(await momentoAuth(refresh, input: key.output).exitCode == 2)
    }
  }

  @Test(
    "serve refuses limits that are none, and says what it takes",
    arguments: [
      ("--max-memory 10", "--max-memory takes a size of 1MiB or more"),
      ("--max-memory 64MB", "--max-memory takes a size"),
      ("--max-memory 99999999999GiB", "--max-memory takes a size"),
      ("--max-permissions 0", "--max-permissions takes a number greater than 0"),
      ("--max-token-lifetime never", "--max-token-lifetime takes no 'never'"),
    ])
  func badLimits(option: String, message: String) async {
    let run = await momentoAuth("serve --listen 127.0.0.1:0 \(option)")
    #expect(run.exitCode == 64)
    #expect(run.errors.contains(message))
  }

  @Test("serve keeps to the limits that it is given")
  func limits() async throws {
    let line =
      "serve --listen 127.0.0.1:0 --max-memory 1MiB --max-permissions 1 --max-token-lifetime 60s"
    _ = try await serving(line) { address in
      let session = await momentoAuth("login --local \(address) --json")
      func generate(_ options: String) async -> Int32 {
        await momentoAuth(
          "generate-disposable-token --local \(address) --credentials-file - \(options)",
          input: session.output
        ).exitCode
      }
      let scope = "--permission cache:readonly:a"
      #expect(await generate("--expires-in 60s \(scope)") == 0)
      #expect(await generate("--expires-in 61s \(scope)") != 0)
      #expect(await generate("--expires-in 60s \(scope) --permission cache:readonly:b") != 0)
    }
  }

  @Test("serve on a port that is taken fails, and says which")
  func portTaken() async throws {
    try await withService { address, _ in
      let run = await momentoAuth("serve --listen \(address)")
      #expect(run.exitCode == 1)
      #expect(run.errors == "Error: cannot listen on \(address): Address already in use\n")
    }
  }

  @Test("the demonstration shows five calls, and of each secret its first characters only")
  func demo() async throws {
    let run = await momentoAuth("demo")
    #expect(run.exitCode == 0)
    #expect(run.errors == "")
    let lines = run.output.split(separator: "\n")
    #expect(lines.count { $0.hasSuffix(" ms") } == 5)
    #expect(lines.allSatisfy { $0.count <= 80 })
    #expect(run.output.split { $0.isWhitespace }.allSatisfy { $0.count < 40 })
    #expect(run.output.contains("momento-auth serve"))
  }

  @Test("the demonstration in JSON is one object a line")
  func demoJSON() async throws {
    let run = await momentoAuth("demo --json")
    let steps = try run.output.split(separator: "\n").dropFirst().map { line in
      try JSONDecoder().decode(Step.self, from: Data(line.utf8))
    }
    #expect(
      steps.map(\.method) == [
        "auth.Auth/Login", "auth.Auth/GenerateApiToken", "auth.Auth/GenerateApiToken",
        "auth.Auth/RefreshApiToken", "token.Token/GenerateDisposableToken",
      ])
    #expect(steps.map(\.step) == [1, 2, 3, 4, 5])
    #expect(steps.allSatisfy { $0.milliseconds > 0 })
    #expect(steps[1].validUntil == 0)
    #expect(steps[3].made.keys.sorted() == ["apiKey", "refreshToken"])
  }

  private struct Step: Decodable {
    struct Shown: Decodable {
      var begins: String
      var sha256: String
    }

    var step: Int
    var method: String
    var milliseconds: Double
    var validUntil: UInt64
    var made: [String: Shown]
  }

  /// Runs `serve` until the body, which is given its address, is done.
  private func serving(
    _ line: String, _ body: (String) async throws -> Void
  ) async throws -> CommandRun {
    let (lines, firstLine) = AsyncStream.makeStream(of: String.self)
    let (ends, end) = AsyncStream.makeStream(of: Void.self)
    let output = MemorySink(whenWritten: { firstLine.yield($0) })
    let errors = MemorySink()
    let context = CommandContext(
      arguments: line.split(separator: " ").map(String.init), environment: [:],
      readStandardInput: { _ in [] }, standardOutput: output, standardError: errors,
      now: { Date() }, untilTerminated: { for await _ in ends { break } })
    async let exitCode = MomentoAuthCommand.run(context)
    var iterator = lines.makeAsyncIterator()
    let first = try #require(await iterator.next())
    #expect(first.hasPrefix("listening on ") && first.hasSuffix("\n"))
    let address = String(first.dropFirst("listening on ".count).dropLast())
    do {
      try await body(address)
    } catch {
      end.yield()
      _ = await exitCode
      throw error
    }
    end.yield()
    return CommandRun(exitCode: await exitCode, output: output.text, errors: errors.text)
  }
}
