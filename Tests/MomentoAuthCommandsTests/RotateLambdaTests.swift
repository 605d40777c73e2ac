import MomentoAuthCommands
import RotationFakes
import Testing

@Suite struct RotateLambdaTests {
  @Test(.timeLimit(.minutes(5))) func anEventRenewsAKey() async throws {
    let fake = LambdaRuntimeFake()
    let api = try fake.start()
    try await withRenewableKey { options, file in
      let before = try content(file)
      async let run = momentoAuth(
        "rotate lambda \(options)", environment: ["AWS_LAMBDA_RUNTIME_API": api])
      let first = await fake.run(#"{"force":true}"#)
      #expect(first.kind == "response", "\(first)")
      #expect(first.body.contains(#""outcome":"rotated""#), "\(first)")
      let second = await fake.run(#"{"source":"aws.events"}"#)
      #expect(second.body.contains(#""outcome":"not-due""#), "\(second)")
      #expect(try content(file) != before)
      await fake.shutdown()
      // Without the runtime interface there is nothing to live for.
      let ended = await run
      #expect(ended.exitCode == 1)
      #expect(ended.output.contains(#""rotated":1"#))
      #expect(!ended.output.contains("eyJ") && !ended.errors.contains("eyJ"))
    }
  }

  @Test(.timeLimit(.minutes(5))) func theExecutableOfAFunctionNeedsNoArguments() async throws {
    let fake = LambdaRuntimeFake()
    let api = try fake.start()
    async let run = momentoAuth(
      "",
      environment: [
        "AWS_LAMBDA_RUNTIME_API": api, "MOMENTO_ROTATION_STORES": "file:/nonexistent/key.json",
      ])
    let ending = await fake.run("{}")
    #expect(ending.kind == "error")
    #expect(ending.errorType == "Configuration.Store")
    await fake.shutdown()
    _ = await run
  }

  @Test(
    .timeLimit(.minutes(5)),
    arguments: [
      ("rotate lambda", ["MOMENTO_ROTATION_STORES": "nowhere:x"], "no store of the kind"),
      ("rotate lambda", ["MOMENTO_AUTH_TOKEN_SECRET_NAME": "a"], "no AWS region"),
      ("rotate lambda --store file:a --spool /proc/none", [:], "spool"),
      ("rotate lambda --store file:a --local h:1 --endpoint h", [:], "--local"),
    ])
  func aFunctionThatCannotBeginSaysSoToLambda(
    line: String, environment: [String: String], words: String
  ) async throws {
    let fake = LambdaRuntimeFake()
    let api = try fake.start()
    let run = await momentoAuth(
      line, environment: environment.merging(["AWS_LAMBDA_RUNTIME_API": api]) { $1 })
    #expect(run.exitCode == 1)
    #expect(run.errors.contains(words), "\(run.errors)")
    #expect(fake.endings.map(\.kind) == ["init/error"])
    #expect(fake.endings.first?.body.contains(words) == true)
    await fake.shutdown()
  }

  @Test func outsideOfLambdaThereIsNoFunction() async {
    let run = await momentoAuth("rotate lambda --store file:a")
    #expect(run.exitCode == 78)
    #expect(run.errors.contains("AWS_LAMBDA_RUNTIME_API"))
  }
}
