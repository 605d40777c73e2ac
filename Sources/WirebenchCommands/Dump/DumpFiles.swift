import CommandConsole
import Glibc
import LocalFiles

/// The files of `wirebench dump`, in a directory of their own.
struct DumpFiles: Sendable {
  private let directory: String

  /// What was recorded of one connection.
  var recording: String { "\(directory)/recording.pcap" }
  /// The capture that is measured.
  var capture: String { "\(directory)/capture.pcap" }

  init() throws(CommandFailure) {
    var template = Array("/tmp/wirebench-XXXXXX".utf8CString)
    guard unsafe mkdtemp(&template) != nil else {
      throw .system("cannot make a directory in /tmp: \(FileText.Failure.system())")
    }
    directory = String(decoding: template.dropLast().map { UInt8(bitPattern: $0) }, as: UTF8.self)
  }

  /// Removes all of it.
  func remove() {
    for file in [recording, capture] { unsafe unlink(file) }
    unsafe rmdir(directory)
  }
}

/// A file that is written piece by piece.
final class FileOutput {
  private let descriptor: Int32

  init(path: String) throws(FileText.Failure) {
    descriptor = unsafe open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0o600)
    guard descriptor >= 0 else { throw .system("cannot write \(path)") }
  }

  deinit { close(descriptor) }

  func write(_ bytes: [UInt8]) throws(FileText.Failure) {
    try FileText.write(bytes, to: descriptor)
  }
}
