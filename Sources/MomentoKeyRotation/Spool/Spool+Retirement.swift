import LocalFiles
import SecretStores

/// Keys that are to be retired: `OPERATION.retire.json` beside the new keys.
extension Spool {
  static let retirementSuffix = ".retire.json"

  /// Keeps in mind that a key is to be retired. It is on the disk when this returns.
  func write(_ retirement: Retirement) throws(RotationSetupError) {
    do {
      try AtomicFile(path: path(retirement), followsLinks: false)
        .commit(retirement.encodedRevealingSecrets())
    } catch {
      throw RotationSetupError(
        message: "it cannot be kept on disk which key is to be retired: \(error)",
        advice: error.advice)
    }
  }

  /// The keys of one secret that are to be retired. A damaged record is left where it is: its key
  /// works until it expires.
  func retirements(for identity: String) -> [Retirement] {
    guard let names = try? FileNames.list(directory) else { return [] }
    return names.filter { $0.hasSuffix(Self.retirementSuffix) }
      .compactMap { name in
        let bytes = try? FileText.readPrivate(path: path(name), limit: Self.mostBytes)
        return bytes.flatMap { Retirement(parsing: $0) }
      }
      .filter { $0.identity == identity }
  }

  /// Forgets a key that is retired; that there is none is fine.
  func remove(_ retirement: Retirement) throws(RotationSetupError) {
    do {
      try AtomicFile.remove(path: path(retirement))
    } catch {
      throw RotationSetupError(
        message: "the record of a key that is retired cannot be removed: \(error)",
        advice: error.advice)
    }
  }

  private func path(_ retirement: Retirement) -> String {
    path("\(retirement.operation)\(Self.retirementSuffix)")
  }
}
