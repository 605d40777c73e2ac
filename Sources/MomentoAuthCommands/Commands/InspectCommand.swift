import ArgumentParsing
import CommandConsole
import FoundationEssentials
import MomentoAuth

/// `momento-auth inspect`
enum InspectCommand {
  static let table = Command(
    "inspect",
    abstract: "Say what is inside a credential, without showing it and without using it.",
    discussion: [
      "Nothing is sent anywhere, and nothing is verified: only the service that signed a key can do "
        + "that. The signature is never shown, nor is the whole of a key."
    ],
    examples: [
      Example("The key in MOMENTO_API_KEY", "momento-auth inspect"),
      Example("A key in a file", "momento-auth inspect --credentials-file key.json"),
      Example("A key on the clipboard", "xclip -o | momento-auth inspect --credentials-file -"),
    ],
    options: FoundCredential.table + [.json],
    sections: [
      HelpSection(
        "JSON",
        [
          #"{"kind":"...","endpoint":"..." or null,"header":{...},"claims":{...},"#,
          #" "validUntil":1700000000,"expired":false,"hasRefreshToken":true,"#,
          #" "sha256":"1a2b3c4d"}"#,
          "validUntil is in epoch seconds, 0 for never; null where the credential does",
          "not say. sha256 begins the digest of the credential, to tell it from others.",
        ])
    ])

  @Sendable static func run(_ command: ParsedCommand, _ context: CommandContext) async throws {
    let inspection = try Inspection(try FoundCredential(command, context))
    let now = context.now()
    try context.print(
      command.flag("json")
        ? inspection.json(at: now).description : inspection.text(at: now, context.style))
  }
}

/// What can be read of a credential by anybody who holds it.
struct Inspection {
  private let found: FoundCredential
  private let kind: String
  private let endpoint: String?
  private let key: Secret
  private let token: JWT?

  init(_ found: FoundCredential) throws(MomentoError) {
    self.found = found
    let text = found.text.reveal()
    if !text.contains("."), let bundle = try? KeyBundle(parsing: text, lenient: true) {
      key = bundle.apiKey
      endpoint = bundle.endpoint
      token = try? JWT(parsing: bundle.apiKey.reveal())
      kind = "v1 API key or disposable token"
    } else {
      // What is neither is refused in the words that every command uses.
      guard text.contains(".") else { throw try Self.refusal(text) }
      let token = try JWT(parsing: text)
      self.token = token
      key = found.text
      endpoint = found.endpoint ?? token.claims["cp"]?.string
      kind = Self.kind(of: token)
    }
  }

  private static func refusal(_ text: String) throws(MomentoError) -> MomentoError {
    _ = try CredentialProvider.fromString(text, lenientBase64: true)
    return MomentoError(.invalidArgument, "This is no credential of Momento.")
  }

  private static func kind(of token: JWT) -> String {
    if token.isV2 { return "v2 API key" }
    if token.claims["cp"] != nil { return "legacy token" }
    return "session token, or the inner part of a v1 key"
  }

  /// What the token says goes before what the file says beside it; a token that says nothing never
  /// expires.
  private var expiresAt: ExpiresAt? {
    token?.expiresAt ?? found.validUntil ?? (token == nil ? nil : .never)
  }

  func text(at now: Date, _ style: Style) -> String {
    var rows = Rows()
    rows.add("Kind", kind)
    if let endpoint { rows.add("Endpoint", endpoint.visible) }
    rows.add("Key", "\(key.prefix(10))  \(key.count) bytes, SHA-256 \(found.text.fingerprint)")
    if let token {
      add("Header", token.header, to: &rows, at: now)
      add("Claims", token.claims, to: &rows, at: now)
      rows.add("Signature", "not shown, not verified")
    } else {
      rows.add("Inside", "not a JWT: nothing can be read")
    }
    rows.add("Expires", expiresAt.map { TimeWords.expiry($0, at: now) } ?? "not known")
    rows.add("Refresh", found.refreshToken == nil ? "no refresh token" : "has a refresh token")
    return rows.lines(style)
  }

  private func add(
    _ title: String, _ members: [String: JSONValue], to rows: inout Rows, at now: Date
  ) {
    let width = members.keys.map(\.count).max() ?? 0
    var title = title
    for (name, value) in members.sorted(by: { $0.key < $1.key }) {
      rows.add(title, "\(name.visible.padded(to: width))  \(words(name, value, at: now))")
      title = ""
    }
  }

  private func words(_ name: String, _ value: JSONValue, at now: Date) -> String {
    // The times that RFC 7519 §4.1 registers.
    if ["exp", "iat", "nbf"].contains(name), let seconds = value.epochSeconds {
      return "\(value)  \(ExpiresAt(epochSeconds: seconds))"
    }
    let text = value.description.visible
    return text.count > 100 ? "\(text.prefix(100))…" : text
  }

  func json(at now: Date) -> JSONObject {
    var object = JSONObject()
    object.add("kind", kind)
    object.add("endpoint", endpoint.map { .string($0) } ?? .null)
    object.add("header", token.map { .object($0.header) } ?? .null)
    object.add("claims", token.map { .object($0.claims) } ?? .null)
    object.add(
      "validUntil", expiresAt.map { .integer(Int64(clamping: $0.epochSeconds)) } ?? .null)
    object.add("expired", expiresAt?.isExpired(at: now) ?? false)
    object.add("hasRefreshToken", found.refreshToken != nil)
    object.add("sha256", found.text.fingerprint)
    return object
  }
}
