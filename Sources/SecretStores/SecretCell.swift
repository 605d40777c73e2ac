/// One place with compare-and-swap: what a store needs to have, and all that it needs to have, to
/// keep a secret through a rotation. ``CellSecretStore`` does the rest.
public protocol SecretCell: Sendable {
  /// Which secret this is, for logs.
  var location: StoreLocation { get }
  /// How the store works.
  var traits: SecretStoreTraits { get }
  /// ``SecretSnapshot/identity``.
  var identity: String { get }

  /// What is there now.
  ///
  /// - Throws: ``SecretStoreError``; `notFound` when nothing is.
  func read() async throws(SecretStoreError) -> CellState

  /// Puts `contents` in the place of what is there, if that is still `state`.
  ///
  /// - Parameter state: `nil` where nothing must be there.
  /// - Throws: `conflict` when it is not.
  func swap(
    _ contents: CellContents, expecting state: VersionToken?
  ) async throws(SecretStoreError) -> CellState

  /// Proves that a write of so many bytes would be taken, and changes nothing.
  func proveWritable(bytes: Int) async throws(SecretStoreError)

  /// Ticks whenever reading may be worth it; `nil` where only polling helps.
  func changeHints() -> AsyncStream<Void>?

  /// Ends what is held open.
  func close() async
}

extension SecretCell {
  /// Nothing is proved beforehand: the claim, which changes no key, is the proof.
  public func proveWritable(bytes: Int) async throws(SecretStoreError) {}
  /// No hints: the cell has to be polled.
  public func changeHints() -> AsyncStream<Void>? { nil }
  /// Nothing is held open.
  public func close() async {}
}

/// What a cell holds. It is secret, and never printed.
public struct CellContents: Sendable, Hashable, CustomStringConvertible, CustomReflectable {
  /// The document that readers get, as it is written.
  public var current: [UInt8]?
  /// A rotation that is under way, as ``CellSecretStore`` writes it; `nil` while there is none.
  public var journal: [UInt8]?

  /// Puts contents together.
  public init(current: [UInt8]?, journal: [UInt8]? = nil) {
    self.current = current
    self.journal = journal
  }

  /// How long its parts are.
  public var description: String {
    "\(current?.count ?? 0) bytes, and \(journal?.count ?? 0) bytes of a rotation's"
  }
  /// A mirror without children.
  public var customMirror: Mirror { Mirror(self, children: []) }
}

/// A cell at one moment.
public struct CellState: Sendable, Hashable {
  /// What it holds.
  public var contents: CellContents
  /// Of both parts together.
  public var state: VersionToken
  /// Of the current document alone: the same as long as that is.
  public var currentVersion: VersionToken
  /// The store's clock in epoch seconds, where its answer told it.
  public var serverTime: UInt64?

  /// Puts a state together.
  public init(
    contents: CellContents, state: VersionToken, currentVersion: VersionToken,
    serverTime: UInt64? = nil
  ) {
    self.contents = contents
    self.state = state
    self.currentVersion = currentVersion
    self.serverTime = serverTime
  }
}
