import ArgumentParsing
import CommandConsole
import FoundationEssentials
import LocalFiles
import MomentoAuth

/// A credential as it was found: a text, and what stood beside it.
struct FoundCredential {
  /// The key or token in whatever form it was written.
  var text: Secret
  var refreshToken: Secret?
  /// The base endpoint that stands beside it in its file.
  var endpoint: String?
  /// The expiry that stands beside it in its file.
  var validUntil: ExpiresAt?
  /// Where it was found, for messages.
  var origin: String

  static let table = [
    Option(
      "credentials-file", .value(.init("file")),
      "Read the credential from this file, or with - from standard input: the JSON that these "
        + "commands print, or the key alone."),
    .secret("api-key"), .secret("token"), .secret("auth-token"), .secret("refresh-token"),
    .secret("session-token"),
  ]

  /// No such file is larger.
  private static let mostBytes = 256 * 1024

  /// Reads the file that the command names, else the environment.
  init(_ command: ParsedCommand, _ context: CommandContext) throws {
    guard let path = command.value("credentials-file") else {
      try self.init(environment: context.environment)
      return
    }
    if path == "-" {
      guard let input = context.readStandardInput(Self.mostBytes) else {
        throw CommandFailure.system("standard input cannot be read, or is too large for a key")
      }
      try self.init(content: input, origin: "standard input")
    } else {
      try self.init(
        content: try FileText.read(path: path, limit: Self.mostBytes), origin: path)
    }
  }

  private init(environment: [String: String]) throws {
    for name in ["MOMENTO_API_KEY", "MOMENTO_AUTH_TOKEN"] {
      guard let text = environment[name].map(trimmed), !text.isEmpty else { continue }
      self.text = Secret(text)
      origin = name
      let refreshToken = trimmed(environment["MOMENTO_REFRESH_TOKEN", default: ""])
      self.refreshToken = refreshToken.isEmpty ? nil : Secret(refreshToken)
      return
    }
    throw CommandFailure(
      "INVALID_ARGUMENT_ERROR", "No credential is given.",
      hint: "Set MOMENTO_API_KEY or MOMENTO_AUTH_TOKEN, or name a file with --credentials-file.",
      exitCode: .invalid)
  }

  private init(content: [UInt8], origin: String) throws {
    self.origin = origin
    guard let first = content.first(where: { $0 > 0x20 }) else {
      throw CommandFailure(
        "INVALID_ARGUMENT_ERROR", "\(origin) is empty.", hint: "It should hold a credential.",
        exitCode: .invalid)
    }
    guard first == UInt8(ascii: "{") else {
      text = Secret(trimmed(String(decoding: content, as: UTF8.self)))
      return
    }
    if let session = try? JSONDecoder().decode(Session.self, from: Data(content)) {
      text = Secret(trimmed(session.sessionToken))
      return
    }
    let file = try CredentialsFile(parsing: content)
    text = file.apiKey
    refreshToken = file.refreshToken
    endpoint = file.endpoint
    validUntil = file.validUntil
  }

  /// What `login --json` prints.
  private struct Session: Decodable {
    let sessionToken: String
  }

  /// The credential with the endpoints to use it at.
  func provider(_ options: ServiceOptions) throws -> CredentialProvider {
    let text = text.reveal()
    guard text.contains("."), let token = try? JWT(parsing: text) else {
      return try .fromString(text, overrides: options.overrides)
    }
    let isLegacy = token.claims["cp"] != nil && token.claims["c"] != nil
    if isLegacy && endpoint == nil {
      return try .fromString(text, overrides: options.overrides)
    }
    guard let endpoints = try options.endpoints(given: endpoint) else {
      throw CommandFailure(
        "INVALID_ARGUMENT_ERROR", "The credential from \(origin) does not say where it is used.",
        hint: "Add --local or --endpoint, or set MOMENTO_ENDPOINT.", exitCode: .invalid)
    }
    return CredentialProvider(
      kind: token.isV2 ? .v2 : .session, apiKey: Secret(text), endpoints: endpoints)
  }
}

extension Option {
  /// A secret is never a value on the command line; who tries is told what to do instead.
  fileprivate static func secret(_ name: String) -> Option {
    Option(
      name,
      .refused(
        reason: "'--\(name)' is not taken: every process on this machine can read a command line. "
          + "Set MOMENTO_API_KEY, or use --credentials-file."), "")
  }
}

/// Without the white space around it.
private func trimmed(_ text: String) -> String {
  String(text.drop(while: \.isWhitespace).reversed().drop(while: \.isWhitespace).reversed())
}
