import ArgumentParsing
import CommandConsole
import FoundationEssentials
import LocalFiles
import MomentoAuth

/// What a command has made, to be shown to a person, to a program, or put into a file.
struct IssuedCredential {
  let json: String
  let rows: Rows

  init(_ key: GeneratedAPIKey, at now: Date) {
    json = String(decoding: key.credentialsFile.encodedRevealingSecrets(), as: UTF8.self)
    var rows = Rows()
    rows.add("API key", key.apiKey.reveal())
    if let refreshToken = key.refreshToken {
      rows.add("Refresh token", refreshToken.reveal().visible)
    }
    rows.add("Endpoint", key.endpoint.visible)
    rows.add("Expires", TimeWords.expiry(key.expiresAt, at: now))
    self.rows = rows
  }

  init(_ token: DisposableToken, at now: Date) {
    let file = CredentialsFile(
      apiKey: token.authToken, endpoint: token.endpoint, validUntil: token.expiresAt)
    json = String(decoding: file.encodedRevealingSecrets(), as: UTF8.self)
    var rows = Rows()
    rows.add("Token", token.authToken.reveal())
    rows.add("Endpoint", token.endpoint.visible)
    rows.add("Expires", TimeWords.expiry(token.expiresAt, at: now))
    self.rows = rows
  }

  init(_ session: SessionToken, at now: Date) {
    let seconds = session.validFor.components.seconds
    var object = JSONObject()
    object.add("sessionToken", session.token.reveal())
    object.add("validForSeconds", UInt64(clamping: seconds))
    json = object.description
    let end = ExpiresAt.date(now.addingTimeInterval(Double(seconds)))
    var rows = Rows()
    rows.add("Session token", session.token.reveal().visible)
    rows.add("Expires", TimeWords.expiry(end, at: now))
    self.rows = rows
  }
}

/// Where a command puts what it makes. To be prepared before it is made.
struct IssuedOutput: ~Copyable {
  private let path: String?
  private var file: AtomicFile?
  private let asJSON: Bool

  init(_ command: ParsedCommand) throws {
    let output = command.value("output")
    path = output == "-" ? nil : output
    asJSON = command.flag("json") || output == "-"
    if let path {
      file = try AtomicFile(path: path)
    } else {
      file = nil
    }
  }

  /// Hands the credential over. If its file cannot be written after all, it goes to standard output:
  /// it exists now, and what it replaces may have ended.
  consuming func put(_ issued: IssuedCredential, _ context: CommandContext) throws {
    guard let path else {
      try context.print(asJSON ? issued.json : issued.rows.lines(context.style))
      return
    }
    do {
      try file.take()?.commit(Array((issued.json + "\n").utf8))
      context.note("Wrote \(path).")
    } catch {
      try context.print(issued.json)
      throw CommandFailure.system(
        "\(error)", hint: "The credential was made; it stands on standard output instead.")
    }
  }
}
