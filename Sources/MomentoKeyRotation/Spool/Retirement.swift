import MomentoAuth
import SecretStores

/// A key that is to be retired once its successor has come around, on this machine's disk until that
/// is done, as ``SecretStores/ChecksummedJSON``.
struct Retirement: Sendable, Hashable {
  /// Which secret it was the key of.
  var identity: String
  /// The rotation that has replaced it.
  var operation: OperationID
  /// The key and what belongs to it.
  var document: SecretDocument
  /// When it may be retired, in epoch seconds.
  var due: UInt64

  init(identity: String, operation: OperationID, document: SecretDocument, due: UInt64) {
    self.identity = identity
    self.operation = operation
    self.document = document
    self.due = due
  }

  /// Reads a record.
  ///
  /// - Returns: nil for what is none, or is damaged.
  init?(parsing bytes: [UInt8]) {
    guard let members = ChecksummedJSON.decode(bytes),
      let identity = members["identity"]?.string,
      let operation = members["operation"]?.string.flatMap(OperationID.init(text:)),
      let due = members["retireAt"]?.epochSeconds,
      let document = members["document"].flatMap(SecretDocument.init(embedded:))
    else { return nil }
    self.init(identity: identity, operation: operation, document: document, due: due)
  }

  func encodedRevealingSecrets() -> [UInt8] {
    ChecksummedJSON.encode([
      "identity": .string(identity), "operation": .string(operation.text),
      "retireAt": .integer(Int64(clamping: due)), "document": document.json,
    ])
  }
}
