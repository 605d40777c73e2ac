import FoundationEssentials
import MomentoAuth

@testable import AWSSecretStore
@testable import GoogleSecretStore
@testable import MomentoAuthService
@testable import MomentoKeyRotation
@testable import SecretStores

/// Files of this project's own and of others, as they may be found on a disk.
enum FileTargets {
  static func state(_ input: [UInt8]) {
    service(input)
    rotation(input)
    // A checksum would keep every change out.
    let members = try? JSONDecoder().decode([String: JSONValue].self, from: Data(input))
    if let members { rotation(ChecksummedJSON.encode(members)) }
    credentials(input)
    others(input)
  }

  /// What `serve --state` keeps.
  private static func service(_ input: [UInt8]) {
    if let state = try? SavedState.parsed(input, "state"), let bytes = try? state.encoded() {
      require((try? SavedState.parsed(bytes, "state")) == state, "the state comes back")
    }
    if let caches = try? SavedCaches.parsed(input, "caches"), let bytes = try? caches.encoded() {
      require((try? SavedCaches.parsed(bytes, "caches")) == caches, "the caches come back")
      _ = caches.snapshot
    }
  }

  /// What a rotation keeps in its spool and in stores, and what courier and rotator tell each other.
  private static func rotation(_ input: [UInt8]) {
    if let record = SpoolRecord(parsing: input) {
      let again = SpoolRecord(parsing: record.encodedRevealingSecrets())
      require(again == record, "a record comes back")
    }
    if let retirement = Retirement(parsing: input) {
      let again = Retirement(parsing: retirement.encodedRevealingSecrets())
      require(again == retirement, "a retirement comes back")
    }
    if let journal = RotationJournal(parsing: input) {
      let again = RotationJournal(parsing: journal.encodedRevealingSecrets())
      require(again == journal, "a journal comes back")
    }
    if let request = CourierRequest(parsing: input) {
      let again = CourierRequest(parsing: request.encodedRevealingSecrets())
      require(again == request, "a request comes back")
    }
    if let answer = CourierAnswer(parsing: input) {
      let again = CourierAnswer(parsing: answer.encodedRevealingSecrets())
      require(again == answer, "an answer comes back")
    }
  }

  private static func credentials(_ input: [UInt8]) {
    if let document = try? SecretDocument(parsing: input) {
      let again = try? SecretDocument(parsing: document.encodedRevealingSecrets())
      require(again == document, "a document comes back")
    }
    _ = try? CredentialsFile(parsing: input)
  }

  private static func others(_ input: [UInt8]) {
    let text = String(decoding: input, as: UTF8.self)
    for prefixed in [false, true] { _ = ProfileFile(parsing: text, prefixed: prefixed) }
    _ = try? ServiceAccount(json: input, location: StoreLocation(scheme: "gcp", name: "s"))
  }
}
