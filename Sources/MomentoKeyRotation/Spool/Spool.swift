import Glibc
package import LocalFiles
package import SecretStores

/// A directory of this machine that keeps a new key from the moment that it was answered until it is
/// the current one, so that the death of the process does not lose it.
///
/// One file for each rotation, for their owner alone, whole or not at all, and on the disk when
/// ``write(_:identity:)`` returns. A damaged one is put aside and never deleted.
package struct Spool: Sendable {
  static let mostBytes = 512 * 1_024
  package let directory: String
  /// Who uses this directory: the same after a restart.
  package let owner: OwnerID
  private let steps: FileSteps?

  /// Opens a directory, and makes it where there is none.
  ///
  /// - Parameter steps: is told of each change on the disk.
  package init(directory: String, steps: FileSteps? = nil) throws(RotationSetupError) {
    self.directory = directory
    self.steps = steps
    do {
      try Self.makeDirectories(directory)
      let lock = try FileLock(path: directory + "/lock")
      defer { withExtendedLifetime(lock) {} }
      owner = try Self.owner(directory + "/owner", steps)
    } catch {
      throw RotationSetupError(
        message: "the spool directory cannot be used: \(error)", advice: error.advice)
    }
  }

  /// Keeps other processes with this directory away from one secret, for as long as it is held.
  ///
  /// - Returns: nil when another process holds it.
  package func lock(_ identity: String) throws(RotationSetupError) -> SpoolLock? {
    try lock(identity, "lock")
  }

  /// Keeps others from asking for a key of one secret while somebody does, who may have outlived the
  /// rotator that wanted it.
  ///
  /// - Returns: nil when somebody is at it.
  package func callLock(_ identity: String) throws(RotationSetupError) -> SpoolLock? {
    try lock(identity, "courier")
  }

  private func lock(
    _ identity: String, _ suffix: String
  ) throws(RotationSetupError) -> SpoolLock? {
    let name = OperationID(name: "momento-auth spool\n\(identity)")
    do {
      return try SpoolLock(path: "\(directory)/\(name).\(suffix)")
    } catch {
      throw RotationSetupError(
        message: "the spool directory cannot be used: \(error)", advice: error.advice)
    }
  }

  /// Keeps a key. It is on the disk when this returns.
  package func write(_ pair: IssuedPair, identity: String) throws(RotationSetupError) {
    let bytes = SpoolRecord(identity: identity, pair: pair).encodedRevealingSecrets()
    do {
      try AtomicFile(path: path(pair.intent.operation), followsLinks: false, steps: steps)
        .commit(bytes)
    } catch {
      throw RotationSetupError(
        message: "the new key cannot be kept on disk: \(error)", advice: error.advice)
    }
  }

  /// The keys of one secret, the newest first, and how many files were damaged.
  ///
  /// - Parameter repairs: also put damaged files aside, and give whole ones that lack it their name.
  ///   Only for who holds the lock.
  package func pairs(
    for identity: String, repairs: Bool = true
  ) throws(RotationSetupError) -> (pairs: [IssuedPair], damaged: Int) {
    var records: [SpoolRecord] = []
    var damaged = 0
    do {
      for name in try FileNames.list(directory) {
        if name.hasSuffix(Self.retirementSuffix) {
          continue
        } else if name.hasSuffix(".json") {
          guard let found = try existing(name) else { continue }
          guard let record = found.record else {
            damaged += 1
            if repairs { unsafe rename(path(name), path(name + ".damaged")) }
            continue
          }
          records.append(record)
        } else if AtomicFile.isTemporary(name),
          let record = try unnamed(name, identity, repairs: repairs)
        {
          records.append(record)
        }
      }
    } catch {
      throw RotationSetupError(
        message: "the spool directory cannot be read: \(error)", advice: error.advice)
    }
    let own = records.filter { $0.identity == identity }.map(\.pair)
    return (own.sorted { Self.age($0) > Self.age($1) }, damaged)
  }

  /// Forgets a key; that there is none is fine.
  package func remove(_ operation: OperationID) throws(RotationSetupError) {
    do {
      try AtomicFile.remove(path: path(operation), steps: steps)
    } catch {
      throw RotationSetupError(
        message: "a key that is promoted cannot be removed from disk: \(error)",
        advice: error.advice)
    }
  }

  // MARK: Inner

  /// A record that has no name yet.
  ///
  /// - Parameter repairs: give it its name, or take it away where it is torn, unless somebody is
  ///   writing it.
  private func unnamed(
    _ name: String, _ identity: String, repairs: Bool
  ) throws(FileText.Failure) -> SpoolRecord? {
    let found = try existing(name)?.record
    let isOther = found.map { $0.identity != identity } ?? false
    guard repairs, !isOther else { return isOther ? nil : found }
    // Held until the file is dealt with.
    guard let lock = try SpoolLock(existing: path(name)) else { return nil }
    defer { withExtendedLifetime(lock) {} }
    // Now that nobody writes it, it is what it will be.
    guard let now = try existing(name) else { return nil }
    let record = now.record
    if let record {
      // The process died between the last byte and the name: it is all there.
      try AtomicFile(path: path(record.pair.intent.operation), followsLinks: false, steps: steps)
        .commit(record.encodedRevealingSecrets())
    }
    try AtomicFile.remove(path: path(name), steps: steps)
    return record
  }

  /// What a file that is there holds.
  private struct Found {
    /// Nil where it is torn.
    var record: SpoolRecord?
  }

  private static func age(_ pair: IssuedPair) -> (UInt64, Int) {
    (pair.document.issuedAt ?? 0, pair.intent.attempt)
  }

  private func path(_ operation: OperationID) -> String { path("\(operation).json") }

  func path(_ name: String) -> String { "\(directory)/\(name)" }

  /// What a file holds: no record where it is torn. What cannot be read may well be a key, and is an
  /// error.
  ///
  /// - Returns: nil when there is no such file, because somebody else was done with it.
  private func existing(_ name: String) throws(FileText.Failure) -> Found? {
    do {
      let bytes = try FileText.readPrivate(path: path(name), limit: Self.mostBytes)
      return Found(record: SpoolRecord(parsing: bytes))
    } catch {
      guard error.isMissing else { throw error }
      return nil
    }
  }

  private static func makeDirectories(_ path: String) throws(FileText.Failure) {
    var made = path.hasPrefix("/") ? "/" : ""
    for part in path.split(separator: "/") {
      made += made.isEmpty || made == "/" ? String(part) : "/" + part
      guard unsafe mkdir(made, 0o700) == 0 || errno == EEXIST || errno == EROFS else {
        throw .system("cannot make \(made)")
      }
    }
    var status = stat()
    guard unsafe stat(path, &status) == 0 else { throw .system("cannot use \(path)") }
    guard status.st_mode & S_IFMT == S_IFDIR else {
      throw FileText.Failure(description: "\(path) is not a directory", isRefused: true)
    }
    guard status.st_mode & 0o022 == 0 else {
      throw FileText.Failure(
        description: "others than its owner may write \(path)", advice: "Run: chmod 700 \(path)",
        isRefused: true)
    }
  }

  private static func owner(
    _ path: String, _ steps: FileSteps?
  ) throws(FileText.Failure) -> OwnerID {
    do {
      let bytes = try FileText.readPrivate(path: path, limit: 1_024)
      if let owner = OwnerID(text: String(decoding: bytes, as: UTF8.self)) { return owner }
    } catch {
      guard error.isMissing else { throw error }
    }
    let owner = OwnerID.random()
    try AtomicFile(path: path, followsLinks: false, steps: steps)
      .commit(Array(owner.text.utf8))
    return owner
  }
}

/// A lock on one secret in one spool directory, until the last reference goes.
package final class SpoolLock: Sendable {
  private let lock: FileLock

  /// Nil when somebody else has it.
  init?(path: String) throws(FileText.Failure) {
    guard let lock = try FileLock.tryToTake(path: path) else { return nil }
    self.lock = lock
  }

  /// Nil when somebody else has it, or there is no such file.
  init?(existing path: String) throws(FileText.Failure) {
    do {
      guard let lock = try FileLock.tryToTake(existing: path) else { return nil }
      self.lock = lock
    } catch {
      guard error.isMissing else { throw error }
      return nil
    }
  }

  /// Another number of the same lock, for a process to inherit: the lock is held until all are closed.
  ///
  /// - Returns: -1 when there is none to have.
  func duplicate(above least: Int32) -> Int32 { lock.duplicate(above: least) }
}

/// A rotator that cannot be set up on this machine.
public struct RotationSetupError: Error, Sendable, Hashable, CustomStringConvertible {
  /// What is wrong: one line.
  public var message: String
  /// What to do about it: one line, or empty.
  public var advice: String

  /// All of it in one line.
  public var description: String { advice.isEmpty ? message : "\(message) — \(advice)" }
}
