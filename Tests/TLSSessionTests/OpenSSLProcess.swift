import Glibc
import Testing

/// A running openssl(1), with its standard input and output. Ended and reaped in `deinit`.
final class OpenSSLProcess {
  private let identifier: pid_t
  /// One end of a socket pair whose other end is the child's input and output: unlike a pipe it
  /// can be made close-on-exec at once, so that no other child of this process keeps it open.
  private let descriptor: Int32

  init(_ arguments: [String]) throws {
    var ends: [Int32] = [-1, -1]
    let type = Int32(SOCK_STREAM.rawValue | SOCK_CLOEXEC.rawValue)
    try #require(unsafe socketpair(AF_UNIX, type, 0, &ends) == 0)
    var actions = unsafe posix_spawn_file_actions_t()
    unsafe posix_spawn_file_actions_init(&actions)
    defer { unsafe posix_spawn_file_actions_destroy(&actions) }
    unsafe posix_spawn_file_actions_adddup2(&actions, ends[1], 0)
    unsafe posix_spawn_file_actions_adddup2(&actions, ends[1], 1)
    unsafe posix_spawn_file_actions_addopen(&actions, 2, "/dev/null", O_WRONLY, 0)
    var words = unsafe (["openssl"] + arguments).map { unsafe strdup($0) } + [nil]
    defer { unsafe words.forEach { unsafe free($0) } }
    var child: pid_t = 0
    let outcome = unsafe posix_spawnp(&child, "openssl", &actions, nil, &words, environ)
    close(ends[1])
    (identifier, descriptor) = (child, ends[0])
    try #require(outcome == 0, "openssl(1) is not installed")
  }

  deinit {
    close(descriptor)
    guard identifier > 0 else { return }
    kill(identifier, SIGKILL)
    waitpid(identifier, nil, 0)
  }

  func send(_ text: String) {
    let bytes = Array(text.utf8)
    _ = unsafe Glibc.send(descriptor, bytes, bytes.count, Int32(MSG_NOSIGNAL))
  }

  func finishInput() {
    shutdown(descriptor, Int32(SHUT_WR))
  }

  /// The next line of output; `nil` at its end. Blocks.
  func line() -> String? {
    var bytes: [UInt8] = []
    var byte: UInt8 = 0
    while unsafe read(descriptor, &byte, 1) == 1 {
      if byte == UInt8(ascii: "\n") { return String(decoding: bytes, as: UTF8.self) }
      bytes.append(byte)
    }
    return bytes.isEmpty ? nil : String(decoding: bytes, as: UTF8.self)
  }
}

/// The output of one openssl(1) command, indentation and repeated spaces taken away.
func openssl(_ arguments: [String], input: String) throws -> String {
  let process = try OpenSSLProcess(arguments)
  process.send(input)
  process.finishInput()
  var output = ""
  while let line = process.line() {
    output += line.split(separator: " ", omittingEmptySubsequences: true).joined(separator: " ")
    output += "\n"
  }
  return output
}

/// A file with `text`, removed in `deinit`.
final class TemporaryFile {
  let path: String

  init(_ text: String) throws {
    var template = Array("/tmp/tls-test-XXXXXX".utf8CString)
    let descriptor = unsafe mkstemp(&template)
    try #require(descriptor >= 0)
    path = String(decoding: template.dropLast().map { UInt8(bitPattern: $0) }, as: UTF8.self)
    let bytes = Array(text.utf8)
    let written = unsafe write(descriptor, bytes, bytes.count)
    close(descriptor)
    try #require(written == bytes.count)
  }

  deinit {
    unsafe unlink(path)
  }
}
