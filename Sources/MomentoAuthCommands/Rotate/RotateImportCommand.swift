import ArgumentParsing
import CommandConsole
import LocalFiles
import MomentoAuth
import MomentoKeyRotation
import SecretStores

/// `momento-auth rotate import`
enum RotateImportCommand {
  static let table = Command(
    "import",
    abstract: "Put a key into a store, in the place of whatever is there.",
    discussion: [
      "For the first key, and for one from the console after the service has refused to renew the "
        + "old one. The key is tried first; one that expires before the one that is there is refused "
        + "unless --force is given."
    ],
    examples: [
      Example(
        "What the console's Download JSON gave",
        "momento-auth rotate import momento_token.info.json --store file:./key.json")
    ],
    options: [RotateOptions.stores] + ServiceOptions.table + [
      Option("no-probe", .flag, "Do not ask the service whether it knows the key."),
      Option("force", .flag, "Take a key that expires before the one that is there."),
    ],
    operands: [
      Operand("file", .one, "The key as JSON, or alone; - for standard input.")
    ],
    sections: [RotateOptions.help])

  @Sendable static func run(_ command: ParsedCommand, _ context: CommandContext) async throws {
    let options = try RotateOptions(command, context)
    guard options.urls.count == 1 else {
      throw command.refusal("A key is imported into one store.")
    }
    let document = try document(command, context)
    if !command.flag("no-probe") { try await probe(document, command, context) }
    let replaced = try await options.withStores { stores in
      guard let store = stores.first else { return false }
      return try await put(document, into: store, isForced: command.flag("force"))
    }
    context.note(
      "\(replaced ? "Replaced the key in" : "Wrote the key to") \(options.urls[0].location).")
  }

  private static func document(
    _ command: ParsedCommand, _ context: CommandContext
  ) throws -> SecretDocument {
    let path = command.operands.first ?? "-"
    let limit = 256 * 1_024
    let bytes: [UInt8]
    if path == "-" {
      guard let input = context.readStandardInput(limit) else {
        throw CommandFailure.system("standard input is longer than any key")
      }
      bytes = input
    } else {
      bytes = try FileText.read(path: path, limit: limit)
    }
    return try SecretDocument(parsing: bytes)
  }

  private static func probe(
    _ document: SecretDocument, _ command: ParsedCommand, _ context: CommandContext
  ) async throws {
    let strategy = try RotateOptions.strategy(command, context)
    switch await strategy.probe(document, deadline: .seconds(15)) {
    case .authenticates: return
    case .refused:
      throw CommandFailure(
        "AUTHENTICATION_ERROR", "The service does not accept this key.",
        hint: "Make another in the console.", exitCode: .refused)
    case .inconclusive(let code):
      throw CommandFailure(
        code, "The service could not be asked whether it knows this key.",
        hint: "Try again, or add --no-probe.", exitCode: .retryable)
    }
  }

  /// - Returns: whether there was a key before.
  private static func put(
    _ document: SecretDocument, into store: any SecretStore, isForced: Bool
  ) async throws -> Bool {
    var snapshot: SecretSnapshot?
    do {
      snapshot = try await store.read()
    } catch {
      guard error.kind == .notFound else { throw error }
    }
    if let current = snapshot?.current, !isForced {
      let (old, new) = (current.document.credentials, document.credentials)
      if let old = old.validUntil, let new = new.validUntil, new < old {
        throw CommandFailure(
          "OLDER_KEY", "The key expires before the one that is there.",
          hint: "Add --force to take it all the same.", exitCode: .configuration)
      }
    }
    _ = try await store.replace(with: document, after: snapshot)
    return snapshot?.current != nil
  }
}
