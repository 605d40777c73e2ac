import CommandConsole
import Glibc
import LocalFiles

/// The files of `wirebench dump`, in a directory of their own.
struct DumpFiles: Sendable {
  private let directory: ScratchDirectory

  /// What was recorded of one connection.
  var recording: String { "\(directory.path)/recording.pcap" }
  /// The capture that is measured.
  var capture: String { "\(directory.path)/capture.pcap" }

  init() throws(CommandFailure) { directory = try ScratchDirectory() }

  /// Removes all of it.
  func remove() { directory.remove([recording, capture]) }
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
