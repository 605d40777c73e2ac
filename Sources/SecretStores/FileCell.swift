import GRPCCall
import Glibc
package import LocalFiles
import MomentoAuth
import Synchronization
import TLSSession

/// A secret in a file of this machine: `PATH`, with `PATH.rotation` beside it while a rotation is under
/// way, `PATH.prev`, the key before, and `PATH.lock`.
///
/// Each file appears whole or not at all and survives a power failure; all are for their owner alone.
/// A change takes `PATH.lock` for as long as it looks and writes, and never across a call to anybody.
public struct FileCell: SecretCell {
  private static let mostBytes = 256 * 1_024

  /// Which secret this is, for logs.
  public let location: StoreLocation
  /// How the store works.
  public let traits = SecretStoreTraits(mostBytes: Self.mostBytes, isRemote: false)
  private let path: String
  private let allowsReadable: Bool
  private let steps: FileSteps?

  /// Names a file; nothing is read yet.
  ///
  /// - Parameter allowsReadable: also take a file that others than its owner may read.
  public init(path: String, allowsReadable: Bool = false) {
    self.init(path: path, allowsReadable: allowsReadable, steps: nil)
  }

  /// Names a file.
  ///
  /// - Parameter steps: is told of each change on the disk.
  package init(path: String, allowsReadable: Bool = false, steps: FileSteps?) {
    self.steps = steps
    self.path = path
    self.allowsReadable = allowsReadable
    location = StoreLocation(scheme: "file", name: path)
  }

  /// The absolute path: the same file is the same secret, from wherever it is named.
  public var identity: String {
    let slash = path.lastIndex(of: "/")
    let directory = slash.map { $0 == path.startIndex ? "/" : String(path[..<$0]) } ?? "."
    let name = slash.map { String(path[path.index(after: $0)...]) } ?? path
    guard let real = unsafe realpath(directory, nil) else { return path }
    defer { unsafe free(real) }
    let absolute = unsafe String(cString: real)
    return absolute == "/" ? "/" + name : absolute + "/" + name
  }

  private var journalPath: String { path + ".rotation" }

  /// One consistent view of what is there.
  public func read() async throws(SecretStoreError) -> CellState {
    try perform("read") { () throws(FileText.Failure) in try load() }
  }

  /// Puts `contents` in the place of what is there, if that is still `state`.
  public func swap(
    _ contents: CellContents, expecting state: VersionToken?
  ) async throws(SecretStoreError) -> CellState {
    let found = try perform("swap") { () throws(FileText.Failure) -> CellState? in
      let lock = try FileLock(path: path + ".lock")
      defer { withExtendedLifetime(lock) {} }
      sweep()
      let now = try stateIfAny()
      guard now?.state == state else { return nil }
      try write(contents, over: now?.contents)
      return try load()
    }
    guard let found else {
      throw SecretStoreError(
        .conflict, at: location, operation: "swap", "the file has changed meanwhile")
    }
    return found
  }

  /// Proves that a write would be taken, and changes nothing that a reader sees.
  public func proveWritable(bytes: Int) async throws(SecretStoreError) {
    try perform("write") { () throws(FileText.Failure) in
      let lock = try FileLock(path: path + ".lock")
      defer { withExtendedLifetime(lock) {} }
      sweep()
      let file = try AtomicFile(path: path, followsLinks: false, steps: steps)
      try file.proveRoom(for: bytes)
    }
  }

  /// Ticks when the file, or the link that it is, changes; `nil` where the directory cannot be watched.
  public func changeHints() -> AsyncStream<Void>? { DirectoryWatch.changes(ofFile: path) }

  // MARK: Inner

  /// What processes that died in the middle of a change have left is full of secrets and of no use.
  private func sweep() {
    for path in [path, journalPath, path + ".prev"] { AtomicFile.sweep(path: path) }
  }

  /// The current key first: a claim on a key that is current no more is known to be over, while a key
  /// without its claim could be replaced twice.
  private func write(
    _ contents: CellContents, over old: CellContents?
  ) throws(FileText.Failure) {
    if let current = contents.current, current != old?.current {
      if let previous = old?.current { try replace(path + ".prev", with: previous) }
      try replace(path, with: current)
    }
    guard contents.journal != old?.journal else { return }
    if let journal = contents.journal {
      try replace(journalPath, with: journal)
    } else {
      try AtomicFile.remove(path: journalPath, steps: steps)
    }
  }

  private func replace(_ path: String, with bytes: [UInt8]) throws(FileText.Failure) {
    try AtomicFile(path: path, followsLinks: false, steps: steps).commit(bytes)
  }

  private func stateIfAny() throws(FileText.Failure) -> CellState? {
    do {
      return try load()
    } catch {
      guard error.isMissing else { throw error }
      return nil
    }
  }

  private func load() throws(FileText.Failure) -> CellState {
    // The journal first: what it says of the current key is then never newer than that.
    let journal = try optional(journalPath)
    let current: [UInt8]
    do {
      current = try readSecret(path)
    } catch {
      guard error.isMissing, let journal else { throw error }
      return state(CellContents(current: nil, journal: journal))
    }
    return state(CellContents(current: current, journal: journal))
  }

  private func optional(_ path: String) throws(FileText.Failure) -> [UInt8]? {
    do {
      return try readSecret(path)
    } catch {
      guard error.isMissing else { throw error }
      return nil
    }
  }

  private func readSecret(_ path: String) throws(FileText.Failure) -> [UInt8] {
    try FileText.readPrivate(path: path, limit: Self.mostBytes, allowsReadable: allowsReadable)
  }

  private func state(_ contents: CellContents) -> CellState {
    let current = Self.hash(contents.current)
    return CellState(
      contents: contents, state: VersionToken("\(current):\(Self.hash(contents.journal))"),
      currentVersion: VersionToken(current))
  }

  private static func hash(_ bytes: [UInt8]?) -> String {
    bytes.map { VersionToken(hashing: $0).text } ?? "-"
  }

  private func perform<Result: ~Copyable>(
    _ operation: String, _ body: () throws(FileText.Failure) -> Result
  ) throws(SecretStoreError) -> Result {
    do {
      return try body()
    } catch {
      throw SecretStoreError(
        error.isMissing ? .notFound : error.isRefused ? .denied : .unavailable, at: location,
        operation: operation, error.description, advice: error.advice, delivery: .notSent)
    }
  }
}
