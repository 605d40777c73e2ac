/// What has just been done to a file. Tests look at the disk, or end the process, in between.
package enum FileStep: String, Sendable, Hashable, CaseIterable {
  /// There is an empty temporary file.
  case created
  /// It has a part of what goes into it. This moment is there only for those who want to know.
  case begun
  /// It has all of it.
  case written
  /// Its content is on the disk.
  case synced
  /// It has taken the place of what was there.
  case renamed
  /// So it has on the disk.
  case directorySynced
  /// A file is no more there.
  case removed
}

/// Is told of each step, and of the path that it is about.
package typealias FileSteps = @Sendable (FileStep, String) -> Void
