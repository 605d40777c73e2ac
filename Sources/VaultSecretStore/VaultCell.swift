internal import FoundationEssentials
internal import GRPCCall
internal import HTTPClient
internal import MomentoAuth
internal import SecretStoreHTTP
public import SecretStores
internal import TLSSession

/// A secret of HashiCorp Vault's or OpenBao's KV engine, version 2.
///
/// The key's members stand at the top, as `vault kv get -field=apiKey` expects, beside those that are
/// not ours; while a rotation is under way the member `momento_rotation` holds it. So a rotation needs
/// one path and one right, and every change is one write with `cas`.
public struct VaultCell: SecretCell {
  /// Which secret this is, for logs.
  public let location: StoreLocation
  /// How the store works: 512 KiB is what Vault's storage takes in one entry.
  public let traits = SecretStoreTraits(mostBytes: 256 * 1_024)
  /// The path, with the namespace where there is one.
  public let identity: String
  private let client: VaultClient
  private let path: String

  static let journalMember = "momento_rotation"

  package init(client: VaultClient, mount: String, path: String, namespace: String?) {
    self.client = client
    self.path = "\(mount)/data/\(path)"
    location = StoreLocation(scheme: "vault", name: "\(mount)/\(path)")
    identity = "vault:" + (namespace.map { "\($0)/" } ?? "") + "\(mount)/\(path)"
  }

  /// What is there now.
  public func read() async throws(SecretStoreError) -> CellState {
    let answer = try await client.call(.get, path)
    guard answer.status == 200 else { throw VaultFailure.error(answer, "read", location) }
    guard let data = answer.members["data"], let version = data["metadata"]?["version"]?.integer,
      let members = data["data"]?.object
    else {
      throw SecretStoreError(
        .unsupported, at: location, operation: "read", "the answer has no version",
        advice: "Only the KV engine's version 2 compares before it writes.")
    }
    return state(try contents(members), version)
  }

  /// Puts `contents` in the place of what is there, if that is still `state`.
  public func swap(
    _ contents: CellContents, expecting state: VersionToken?
  ) async throws(SecretStoreError) -> CellState {
    let expected = try await expectedVersion(state)
    let body = JSONValue.object([
      "options": .object(["cas": .integer(expected)]),
      "data": .object(try members(contents)),
    ])
    let answer = try await client.call(.post, path, body)
    guard answer.status == 200, let version = answer.members["data"]?["version"]?.integer else {
      throw VaultFailure.error(answer, "write", location)
    }
    return self.state(contents, version)
  }

  /// The number that `cas` must have: 0 where nothing was ever written, and that of the last version
  /// where this one is deleted.
  private func expectedVersion(_ state: VersionToken?) async throws(SecretStoreError) -> Int64 {
    if let state {
      guard let version = Int64(state.text) else { throw conflict() }
      return version
    }
    let answer = try await client.call(.get, path)
    guard answer.status == 404 else {
      throw answer.status == 200 ? conflict() : VaultFailure.error(answer, "read", location)
    }
    return answer.members["data"]?["metadata"]?["version"]?.integer ?? 0
  }

  private func contents(_ members: [String: JSONValue]) throws(SecretStoreError) -> CellContents {
    var members = members
    let journal = members.removeValue(forKey: Self.journalMember)
    return CellContents(
      current: members.isEmpty ? nil : Array(JSONValue.object(members).description.utf8),
      journal: journal.map { Array(($0.string ?? $0.description).utf8) })
  }

  private func members(_ contents: CellContents) throws(SecretStoreError) -> [String: JSONValue] {
    var members: [String: JSONValue] = [:]
    if let current = contents.current {
      guard
        let object = try? JSONDecoder().decode([String: JSONValue].self, from: Data(current))
      else {
        throw SecretStoreError(
          .unsupported, at: location, operation: "write", "a key alone cannot be kept in Vault",
          advice: "Write it as JSON with the member apiKey.", delivery: .notSent)
      }
      members = object
    }
    // As text: its checksum is of the bytes, and no tool on the way writes them differently.
    if let journal = contents.journal {
      members[Self.journalMember] = .string(String(decoding: journal, as: UTF8.self))
    }
    return members
  }

  private func state(_ contents: CellContents, _ version: Int64) -> CellState {
    // A version counts the journal's changes too; the current key's own is made of its bytes.
    return CellState(
      contents: contents, state: VersionToken("\(version)"),
      currentVersion: VersionToken(hashing: contents.current ?? []))
  }

  private func conflict() -> SecretStoreError {
    SecretStoreError(
      .conflict, at: location, operation: "write", "the secret has changed meanwhile")
  }
}
