import CommandConsole
import Glibc
import LocalFiles

/// A directory of its own for files that are needed for a while.
struct ScratchDirectory: Sendable {
  let path: String

  /// Makes it.
  init() throws(CommandFailure) {
    var template = Array("/tmp/wirebench-XXXXXX".utf8CString)
    guard unsafe mkdtemp(&template) != nil else {
      throw .system("cannot make a directory in /tmp: \(FileText.Failure.system())")
    }
    path = String(decoding: template.dropLast().map { UInt8(bitPattern: $0) }, as: UTF8.self)
  }

  /// Removes it and the files that were made in it.
  func remove(_ files: [String]) {
    for file in files { unsafe unlink(file) }
    unsafe rmdir(path)
  }
}
