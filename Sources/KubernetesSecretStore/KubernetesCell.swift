internal import FoundationEssentials
internal import GRPCCall
internal import HTTPClient
internal import MomentoAuth
internal import SecretStoreHTTP
public import SecretStores
internal import TLSSession

/// A Secret of a Kubernetes cluster.
///
/// One entry of its data is the key; while a rotation is under way, the entry `KEY.rotation` beside it
/// holds that. Everything else of the Secret is written as it was read. A change is one PUT with the
/// `resourceVersion` that it is based on.
public struct KubernetesCell: SecretCell {
  /// Which secret this is, for logs.
  public let location: StoreLocation
  /// How the store works: a Secret may have 1 MiB, in which the key stands three times at most.
  public let traits = SecretStoreTraits(mostBytes: 256 * 1_024)
  /// The namespace, the Secret and the entry.
  public let identity: String
  private let client: KubernetesClient
  private let namespace: String
  private let name: String
  private let key: String

  package init(client: KubernetesClient, namespace: String, name: String, key: String) {
    self.client = client
    self.namespace = namespace
    self.name = name
    self.key = key
    location = client.location
    identity = "kubernetes:\(namespace)/\(name)/\(key)"
  }

  private var collection: String { "/api/v1/namespaces/\(namespace)/secrets" }
  private var journalKey: String { key + ".rotation" }

  /// What is there now.
  public func read() async throws(SecretStoreError) -> CellState {
    try state(of: try await object())
  }

  /// Puts `contents` in the place of what is there, if that is still `state`.
  public func swap(
    _ contents: CellContents, expecting state: VersionToken?
  ) async throws(SecretStoreError) -> CellState {
    guard let state else {
      let answer = try await client.call(
        .post, collection, .object(changed(created, contents)), operation: "create")
      return try self.state(of: answer.members)
    }
    // What is not ours is written as it is now: the version makes sure that it is still the same.
    let object = try await object()
    guard try version(of: object) == state.text else {
      throw SecretStoreError(
        .conflict, at: location, operation: "update", "the Secret has changed meanwhile")
    }
    let answer = try await client.call(
      .put, "\(collection)/\(name)", .object(changed(object, contents)), operation: "update")
    return try self.state(of: answer.members)
  }

  private func object() async throws(SecretStoreError) -> [String: JSONValue] {
    try await client.call(.get, "\(collection)/\(name)", operation: "get").members
  }

  private var created: [String: JSONValue] {
    [
      "apiVersion": .string("v1"), "kind": .string("Secret"), "type": .string("Opaque"),
      "metadata": .object(["name": .string(name), "namespace": .string(namespace)]),
    ]
  }

  private func changed(
    _ object: [String: JSONValue], _ contents: CellContents
  ) -> [String: JSONValue] {
    var object = object
    var data = object["data"]?.object ?? [:]
    for (key, bytes) in [(key, contents.current), (journalKey, contents.journal)] {
      data[key] = bytes.map { .string(Data($0).base64EncodedString()) }
    }
    object["data"] = .object(data)
    return object
  }

  private func version(of object: [String: JSONValue]) throws(SecretStoreError) -> String {
    guard let version = object["metadata"]?["resourceVersion"]?.string, !version.isEmpty else {
      throw unreadable("the Secret has no resourceVersion")
    }
    return version
  }

  private func state(of object: [String: JSONValue]) throws(SecretStoreError) -> CellState {
    let current = try entry(key, object)
    let contents = CellContents(current: current, journal: try entry(journalKey, object))
    // The version moves with every label; the current key's own is made of its bytes.
    return CellState(
      contents: contents, state: VersionToken(try version(of: object)),
      currentVersion: VersionToken(hashing: current ?? []))
  }

  private func entry(
    _ key: String, _ object: [String: JSONValue]
  ) throws(SecretStoreError) -> [UInt8]? {
    guard let value = object["data"]?[key] else { return nil }
    guard let text = value.string, let data = Data(base64Encoded: text) else {
      throw unreadable("an entry of the Secret is not base64")
    }
    return Array(data)
  }

  private func unreadable(_ message: String) -> SecretStoreError {
    SecretStoreError(.unreadable, at: location, operation: "read", message)
  }
}
