import Glibc

/// What is in a directory.
package enum FileNames {
  /// The names, in order; those that begin with a dot, too.
  package static func list(_ directory: String) throws(FileText.Failure) -> [String] {
    guard let stream = unsafe opendir(directory) else { throw .system("cannot read \(directory)") }
    defer { unsafe closedir(stream) }
    var names: [String] = []
    while true {
      // The only sign by which an error differs from the end.
      errno = 0
      guard let entry = unsafe readdir(stream) else { break }
      let name = unsafe withUnsafePointer(to: &entry.pointee.d_name) { tuple in
        unsafe tuple.withMemoryRebound(to: CChar.self, capacity: 256) {
          unsafe String(cString: $0)
        }
      }
      names.append(name)
    }
    guard errno == 0 else { throw .system("cannot read \(directory)") }
    return names.sorted()
  }
}
