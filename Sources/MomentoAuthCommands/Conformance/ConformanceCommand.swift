import ArgumentParsing
import CommandConsole
import ConformanceSuite
import LocalFiles

/// `momento-auth conformance`
enum ConformanceCommand {
  static let table = Command(
    "conformance",
    abstract: "Try an auth service, whoever made it, against a suite of rules.",
    discussion: [
      "Each case sends one request, or a few, over connections of their own, and says what came that "
        + "should not. The cases come with the program: those of gRPC ('grpc/') and of protobuf's "
        + "encoding ('protobuf/') any gRPC server with the same methods can pass; those of Momento's "
        + "rules ('auth/') are for auth services. --suite runs others, in the same form.",
      "Without a credential only the cases that need none are tried. With one, keys and tokens are made "
        + "at the service that live up to 90 days, and one for ever: use an account that is for tests.",
      "It ends with 1 when a required case fails, with --strict also when a recommended one does, and "
        + "with 6 when the service cannot be reached.",
    ],
    examples: [
      Example(
        "A service of this machine, all cases",
        "momento-auth conformance --target 127.0.0.1:8080 --login"),
      Example(
        "Any gRPC server, with TLS, and a report for a build server",
        "momento-auth conformance --target auth.example.com:443 --tls --filter grpc/ \\\n"
          + "      --junit report.xml"),
    ],
    options: [
      Option("target", .value(.init("host:port")), "The service to try."),
      Option("tls", .flag, "Connect with TLS; else nothing is encrypted."),
      Option(
        "ca-file", .value(.init("file")),
        "Trust the authorities in this PEM file, and no others; needs --tls."),
      Option(
        "login", .flag,
        "Log in first, at a service that approves logins at once, and use the session token."),
      Option(
        "suite", .value(.init("folder")),
        "Run the cases in the *.json files of this folder instead."),
      Option(
        "filter", .values(.init("text")),
        "Run only the cases that have this text in their names; of several, any."),
      Option("list", .flag, "Say which cases there are, and call nothing."),
      Option("strict", .flag, "Fail where a recommended case fails, too."),
      Option(
        "junit", .value(.init("file")), "Write a report to this file, in JUnit's XML."),
      Option(
        "format", .value(.init("format", choices: ["text", "json"], fallback: "text")),
        "How to print the results."),
      Option(
        "timeout", .value(.init("time", fallback: "10s")), "How long one request may take."),
      Option(
        "requests-per-second", .value(.init("number")),
        "Send no more than so many, at a service that limits them; Momento takes 5."),
    ] + FoundCredential.table,
    sections: [
      HelpSection(
        "JSON",
        [
          #"{"cases":[{"name":"...","level":"required","outcome":"passed","reason":"...","#,
          #" "milliseconds":1.5,"rule":"..."}],"passed":1,"failed":0,"warned":0,"skipped":0}"#,
          "outcome is passed, failed, warned (a recommended case that failed) or skipped.",
        ])
    ])

  @Sendable static func run(_ command: ParsedCommand, _ context: CommandContext) async throws {
    let suite = try suite(command)
    let report = ConformanceReport(
      isJSON: command.value("format") == "json", isStrict: command.flag("strict"), context: context)
    guard !command.flag("list") else { return try report.list(suite.cases) }
    let options = try ConformanceOptions(command, context)
    var runner = try options.runner(context)
    try await runner.reach()
    var results: [CaseResult] = []
    func took(_ result: CaseResult) throws {
      results.append(result)
      try report.line(result)
    }
    for result in await runner.prepare(suite.preparations(for: suite.cases)) { try took(result) }
    for test in suite.cases { try took(await runner.run(test)) }
    if let path = command.value("junit") {
      let text = JUnitReport(
        results, name: "momento-auth conformance", isStrict: report.isStrict
      ).text
      try AtomicFile(path: path, mode: 0o644).commit(Array(text.utf8))
    }
    try report.end(results)
  }

  private static func suite(_ command: ParsedCommand) throws -> ConformanceSuite {
    var suite =
      try command.value("suite").map { try ConformanceSuite(folder: $0) }
      ?? ConformanceSuite.carried()
    let filters = command.values("filter")
    if !filters.isEmpty { suite.keep { name in filters.contains { name.contains($0) } } }
    guard !suite.cases.isEmpty else {
      throw command.refusal("No case has that text in its name; --list shows them all.")
    }
    return suite
  }
}
