import Glibc

/// What is in a directory.
package enum FileNames {
  /// The names, in order; those that begin with a dot, too.
  package static func list(_ directory: String) throws(FileText.Failure) -> [String] {
    guard let stream = unsafe opendir(directory) else { throw .system("cannot read \(directory)") }
    defer { unsafe closedir(stream) }
    var names: [String] = []
    while let entry = unsafe readdir(stream) {
      let name = unsafe withUnsafePointer(to: &entry.pointee.d_name) { tuple in
        unsafe tuple.withMemoryRebound(to: CChar.self, capacity: 256) {
          unsafe String(cString: $0)
        }
      }
      names.append(name)
    }
    return names.sorted()
  }
}
