import Glibc
import TLSSession
import Testing

@Suite("Key log")
struct KeyLogTests {
  /// A new directory for `body`, removed afterwards with the one file that it may hold.
  private func withPath(_ body: (String) throws -> Void) throws {
    var template = Array("/tmp/tls-key-log-XXXXXX".utf8CString)
    try #require(unsafe mkdtemp(&template) != nil)
    let directory = String(
      decoding: template.dropLast().map { UInt8(bitPattern: $0) }, as: UTF8.self)
    let path = directory + "/keys"
    defer {
      unsafe unlink(path)
      unsafe rmdir(directory)
    }
    try body(path)
  }

  private func lines(_ path: String) -> [Substring] {
    guard let file = unsafe fopen(path, "r") else { return [] }
    defer { unsafe fclose(file) }
    var bytes = [UInt8](repeating: 0, count: 65_536)
    let count = unsafe fread(&bytes, 1, bytes.count, file)
    return String(decoding: bytes.prefix(count), as: UTF8.self).split(separator: "\n")
  }

  private func mode(_ path: String) -> UInt32 {
    var status = stat()
    unsafe stat(path, &status)
    return status.st_mode & 0o777
  }

  @Test("without the option no file is made")
  func silent() throws {
    try withPath { path in
      let world = try World()
      #expect(try Pair(world.client, world.server).handshake().client == nil)
      #expect(lines(path).isEmpty)
      #expect(unsafe access(path, F_OK) != 0)
    }
  }

  @Test("both sides log the same secrets, in the NSS format, for the owner's eyes only")
  func logged() throws {
    try withPath { path in
      let world = try World()
      var (client, server) = (world.client, world.server)
      client.keyLogFile = path
      server.keyLogFile = path
      #expect(try Pair(client, server).handshake().client == nil)
      let lines = lines(path)
      let labels = Set(lines.compactMap { $0.split(separator: " ").first })
      #expect(
        labels.isSuperset(of: [
          "CLIENT_HANDSHAKE_TRAFFIC_SECRET", "SERVER_HANDSHAKE_TRAFFIC_SECRET",
          "CLIENT_TRAFFIC_SECRET_0", "SERVER_TRAFFIC_SECRET_0",
        ]))
      #expect(lines.allSatisfy { $0.split(separator: " ").count == 3 })
      #expect(Set(lines).count * 2 == lines.count)
      #expect(mode(path) == 0o600)
    }
  }

  @Test("a file that others could read is closed to them, and appended to")
  func existing() throws {
    try withPath { path in
      let made = unsafe open(path, O_CREAT | O_WRONLY, 0o644)
      _ = unsafe write(made, "# mine\n", 7)
      fchmod(made, 0o644)
      close(made)
      let world = try World()
      var client = world.client
      client.keyLogFile = path
      #expect(try Pair(client, world.server).handshake().client == nil)
      #expect(mode(path) == 0o600)
      #expect(lines(path).first == "# mine")
      #expect(lines(path).count > 4)
    }
  }

  @Test("a file that cannot be opened fails the configuration")
  func unopenable() throws {
    var client = try World().client
    client.keyLogFile = "/nonexistent/keys"
    let error = #expect(throws: TLSError.self) { try TLSContext(client: client) }
    #expect(error?.phase == .configuration)
    #expect(error?.summary.contains("/nonexistent/keys") == true)
  }
}
