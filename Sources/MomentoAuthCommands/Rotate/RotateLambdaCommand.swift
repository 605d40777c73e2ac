import ArgumentParsing
import CommandConsole
import HTTPClient
import LambdaRuntime
import MomentoKeyRotation
import RotationService
import SecretStores

/// `momento-auth rotate lambda`
enum RotateLambdaCommand {
  /// In the one place that a function may write to.
  private static let usualSpool = "/tmp/momento-auth"

  static let table = Command(
    "lambda",
    abstract: "Serve as a function of AWS Lambda, for Secrets Manager or a schedule.",
    discussion: [
      "It handles the events of the runtime interface that AWS_LAMBDA_RUNTIME_API names: the steps of "
        + "Secrets Manager's rotation contract, and every other event by renewing the keys that are "
        + "due. As the executable of a function's package, named bootstrap, it needs no arguments. "
        + "Without --store the keys are those in MOMENTO_ROTATION_STORES, else the secrets in "
        + "MOMENTO_AUTH_TOKEN_SECRET_NAME, with commas between, else "
        + "momento/authentication-token."
    ],
    options: [
      RotateOptions.stores,
      Option(
        "spool", .value(.init("directory", fallback: usualSpool)),
        "Where a new key is kept until it is in the store."),
    ] + ServiceOptions.table,
    sections: [
      RotateOptions.help,
      HelpSection(
        "Events",
        [
          #"{"Step":...}             a step of the rotation contract"#,
          #"{"SecretId":"NAME"}      the key in this secret of Secrets Manager, if it is due"#,
          #"{"force":true}           in any other: renew keys that are not due"#,
        ]),
    ])

  @Sendable static func run(_ command: ParsedCommand, _ context: CommandContext) async throws {
    let api = context.environment["AWS_LAMBDA_RUNTIME_API", default: ""]
    guard !api.isEmpty else {
      throw CommandFailure(
        "NOT_IN_LAMBDA", "AWS_LAMBDA_RUNTIME_API is not set: this is no function of AWS Lambda.",
        hint: "Elsewhere, use 'momento-auth rotate once' or 'momento-auth rotate run'.",
        exitCode: .configuration)
    }
    let http = try CurlClient()
    // The trace is not put into the environment: nothing here reads it there, and the environment is
    // not to be changed while other threads read it.
    let runtime = LambdaRuntime(api: api, http: http) { _ in }
    do {
      let function = try await function(command, context, http, runtime)
      try await runtime.run { invocation throws(LambdaFailure) in
        try await function.handle(invocation)
      }
    } catch let failure as LambdaRuntime.Failure {
      await http.shutdown()
      throw CommandFailure.system(failure.description)
    } catch {
      await http.shutdown()
      throw error
    }
  }

  /// The function; Lambda is told where there can be none.
  private static func function(
    _ command: ParsedCommand, _ context: CommandContext, _ http: CurlClient,
    _ runtime: LambdaRuntime
  ) async throws -> RotationFunction {
    do {
      return try RotationFunction(parts(command, context, http))
    } catch {
      let message = words(error)
      try await runtime.reportInitFailure(
        LambdaFailure(type: "Configuration.Invalid", message: message))
      throw CommandFailure.system(message)
    }
  }

  private static func parts(
    _ command: ParsedCommand, _ context: CommandContext, _ http: CurlClient
  ) throws -> RotationFunction.Parts {
    let given = try command.values("store").map { try StoreURL(parsing: $0) }
    let opener = StoreOpener(environment: context.environment, http: http)
    let secrets = try given.isEmpty ? RotationFunction.secrets(in: context.environment) : given
    // What can be known to be wrong is told before the first event.
    for url in secrets { _ = try opener.open(url) }
    let log = JSONLog(context)
    var parts = RotationFunction.Parts(
      secrets: secrets, strategy: try RotateOptions.strategy(command, context),
      spoolDirectory: command.value("spool") ?? usualSpool, log: log,
      print: { line in try? context.print(line) },
      open: { url throws(SecretStoreError) in try opener.open(url) })
    parts.observers = { [RotationLog($0, log)] }
    return parts
  }

  private static func words(_ error: any Error) -> String {
    switch error {
    case let failure as CommandFailure: failure.message
    case let error as SecretStoreError: error.description
    case let error as RotationSetupError: error.description
    case let error as UsageError: error.message
    default: "the function cannot be set up"
    }
  }
}
