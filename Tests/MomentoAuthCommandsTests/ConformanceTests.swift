import FoundationEssentials
import MomentoAuthService
import Testing

@Suite struct ConformanceTests {
  @Test("our own service passes, and without a login the cases that need one are skipped")
  func ownService() async throws {
    try await withService { address, _ in
      let run = await momentoAuth(
        "conformance --target \(address) --timeout 5m --filter grpc/ --filter auth/login")
      #expect(run.exitCode == 0, "\(run.output)\(run.errors)")
      #expect(run.output.contains("auth/login: needs 'login': add --login"))
      #expect(run.output.hasSuffix(" passed, 0 failed, 0 warned, 2 skipped\n"), "\(run.output)")
    }
  }

  @Test("with a login the cases of Momento's rules pass, and what was issued is not printed")
  func withLogin() async throws {
    try await withDirectory { directory in
      let report = directory + "/report.xml"
      let run = try await withService { address, _ in
        await momentoAuth(
          "conformance --target \(address) --timeout 5m --login --filter auth/token-scope "
            + "--filter auth/token-refused --filter auth/refresh-chain --format json --junit \(report)",
          now: Date())
      }
      let results = try run.json(Results.self)
      #expect(run.exitCode == 0, "\(run.output)")
      #expect(results.failed == 0 && results.skipped == 0 && results.passed > 20)
      #expect(!run.output.contains("eyJ"))
      let written = String(decoding: try Data(contentsOf: URL(filePath: report)), as: UTF8.self)
      #expect(written.hasPrefix("<?xml"))
    }
  }

  @Test("a service that answers otherwise than a suite asks for is told, and the run fails")
  func failing() async throws {
    try await withDirectory { directory in
      let suite = directory + "/suite"
      try FileManager.default.createDirectory(atPath: suite, withIntermediateDirectories: true)
      try Data(wrongSuite.utf8).write(to: URL(filePath: suite + "/wrong.json"))
      try await withService { address, _ in
        let line = "conformance --target \(address) --timeout 5m --suite \(suite)"
        let run = await momentoAuth(line)
        #expect(run.exitCode == 1)
        #expect(run.output.contains("own/login: grpc-status is OK; right would be NOT_FOUND"))
        #expect(run.output.hasSuffix("0 passed, 1 failed, 1 warned, 0 skipped\n"), "\(run.output)")
        let recommended = await momentoAuth(line + " --filter recommended")
        #expect(recommended.exitCode == 0)
        #expect(await momentoAuth(line + " --filter recommended --strict").exitCode == 1)
      }
    }
  }

  @Test("nobody there is told once, and so is a service that wants TLS")
  func nobody() async throws {
    let run = await momentoAuth("conformance --target 127.0.0.1:1")
    #expect(run.exitCode == 6)
    #expect(run.output == "")
    #expect(run.errors.contains("127.0.0.1:1"))
    try await withService(.ownAuthority) { address, _ in
      let run = await momentoAuth("conformance --target \(address) --timeout 5m")
      #expect(run.exitCode != 0)
      #expect(run.errors.contains("want TLS: add --tls"), "\(run.errors)")
    }
  }

  @Test("the list names cases without a target, as text and as JSON")
  func list() async throws {
    let text = await momentoAuth("conformance --list --filter auth/refresh-chain")
    #expect(text.output.hasPrefix("required     auth/refresh-chain  "))
    let json = try await momentoAuth("conformance --list --format json").json([Listed].self)
    #expect(json.count > 150)
  }

  @Test(
    "a line that cannot be meant is refused",
    arguments: [
      ("conformance", "--target HOST:PORT"), ("conformance --target a", "takes host:port"),
      ("conformance --target http://a:1", "takes host:port"),
      ("conformance --target a:1 --ca-file x", "add --tls"),
      ("conformance --target a:1 --timeout never", "--timeout takes a time"),
      ("conformance --target a:1 --requests-per-second 0", "--requests-per-second takes"),
      ("conformance --target a:1 --filter nothing-has-this", "No case has that text"),
      ("conformance --target a:1 --api-key x", "every process on this machine"),
    ])
  func refused(line: String, reason: String) async {
    let run = await momentoAuth(line)
    #expect(run.exitCode == 64)
    #expect(run.errors.contains(reason), "\(run.errors)")
  }

  private struct Results: Decodable {
    var passed: Int
    var failed: Int
    var skipped: Int
  }

  private struct Listed: Decodable {
    var name: String
  }

  private let wrongSuite = #"""
    {"set":"own","title":"t","expectations":{"wrong":{"status":["NOT_FOUND"]}},"cases":[
    {"name":"own/login","title":"t","level":"required","rule":{"source":"s","says":"w"},"needs":[],
     "steps":[{"request":{"path":"/auth.Auth/Login","body":[{"frame":[]}]},"expect":"wrong"}]},
    {"name":"own/recommended","title":"t","level":"recommended","rule":{"source":"s","says":"w"},
     "needs":[],
     "steps":[{"request":{"path":"/auth.Auth/Login","body":[{"frame":[]}]},"expect":"wrong"}]}]}
    """#
}
