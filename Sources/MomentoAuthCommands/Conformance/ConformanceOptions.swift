import ArgumentParsing
import CommandConsole
import ConformanceSuite
import GRPCTransport
import MomentoAuth
import TLSSession

/// Where to try a suite, and with which credential.
struct ConformanceOptions {
  private let target: Endpoint
  private let security: ClientTransportSecurity
  private let timeout: Duration
  private let pause: Duration
  private let logsIn: Bool
  /// Nil where none is given.
  private let credential: CredentialProvider?

  init(_ command: ParsedCommand, _ context: CommandContext) throws {
    target = try Self.target(command)
    let caFile = command.value("ca-file")
    guard command.flag("tls") || caFile == nil else {
      throw command.refusal("--ca-file needs TLS; add --tls.")
    }
    security =
      command.flag("tls")
      ? .tls(TLSClientConfiguration(trustRoots: caFile.map { .file($0) } ?? .system)) : .plaintext
    guard
      let seconds = try ExpiresIn(parsing: command.value("timeout") ?? "")
        .validForSeconds(at: context.now()), 1...600 ~= seconds
    else { throw command.refusal("--timeout takes a time from 1s to 10m.") }
    timeout = .seconds(Int64(seconds))
    pause = try Self.pause(command)
    logsIn = command.flag("login")
    credential = try Self.credential(command, context, target)
    guard !logsIn || command.value("credentials-file") == nil else {
      throw command.refusal("Give either --login or --credentials-file, not both.")
    }
    warn(context)
  }

  private static func target(_ command: ParsedCommand) throws -> Endpoint {
    guard let text = command.value("target") else {
      throw command.refusal("Say which service to try, with --target HOST:PORT.")
    }
    guard !text.contains("/"), let colon = text.lastIndex(of: ":"),
      UInt16(text[text.index(after: colon)...]) != nil
    else { throw command.refusal("--target takes host:port, without a scheme or a path.") }
    return try Endpoint(parsing: (command.flag("tls") ? "https://" : "http://") + text)
  }

  private static func pause(_ command: ParsedCommand) throws -> Duration {
    guard let text = command.value("requests-per-second") else { return .zero }
    guard let number = Int(text), 1...1_000_000 ~= number else {
      throw command.refusal("--requests-per-second takes a number from 1 to 1000000.")
    }
    return .seconds(1) / number
  }

  /// What a file or the environment has; nothing where `--login` gets one.
  private static func credential(
    _ command: ParsedCommand, _ context: CommandContext, _ target: Endpoint
  ) throws -> CredentialProvider? {
    let names = ["MOMENTO_API_KEY", "MOMENTO_AUTH_TOKEN"]
    let isGiven =
      command.value("credentials-file") != nil
      || names.contains { context.environment[$0]?.contains { !$0.isWhitespace } ?? false }
    guard isGiven, !command.flag("login") else { return nil }
    return try .fromString(
      FoundCredential(command, context).text.reveal(), overrides: .all(target))
  }

  /// A secret that leaves this machine in the clear deserves a word.
  private func warn(_ context: CommandContext) {
    guard credential != nil || logsIn, !target.isSecure, !ServiceOptions.isLoopback(target.host)
    else { return }
    context.note("Warning: credentials travel to \(target) unencrypted; use --tls.")
  }

  /// What runs cases with these options.
  func runner(_ context: CommandContext) throws -> CaseRunner {
    var values = NamedValues()
    if logsIn { values["login"] = Secret("") }
    if let credential {
      values[credential.kind == .session ? "session" : "superuser"] = credential.apiKey
    }
    var runner = try CaseRunner(
      target: .host(target.host, port: target.port), security: security, values: values,
      timeout: timeout, pause: pause, now: context.epochSeconds)
    runner.lacks("login", because: "add --login")
    runner.lacks("session", because: "add --login, or name a session token with --credentials-file")
    return runner
  }
}
