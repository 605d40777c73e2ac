package import EtcdSecretStore
import Foundation
import SecretStores

/// A real etcd on free ports with an empty store, which ends with this object, or with this process.
package final class EtcdServer: Sendable {
  package static let isInstalled = ["etcd", "etcdctl"].allSatisfy { name in
    ["/usr/bin/", "/usr/local/bin/"].contains { FileManager.default.fileExists(atPath: $0 + name) }
  }

  /// One for all tests that leave it as it is.
  package static let shared = Task { try await EtcdServer() }

  package struct Failure: Error { package var text: String }

  package let port: Int
  private let identifier: pid_t
  private let lifeline: FileHandle

  /// - Parameter security: what `etcd` needs to speak TLS alone, and to ask who calls.
  package init(security: [String]? = nil) async throws {
    let ports = try (0..<2).map { _ in try Self.freePort() }
    let directory = FileManager.default.temporaryDirectory.appending(path: "etcd-\(UUID())").path
    let scheme = security == nil ? "http" : "https"
    let process = Process()
    process.executableURL = URL(filePath: "/bin/sh")
    // The shell outlives the tests by a moment, however they end: its input is then at its end.
    process.arguments =
      [
        "-c",
        #"d="$1"; shift; etcd "$@" 2>&1 & p=$!; echo "pid $p"; cat >/dev/null; kill -9 $p; wait $p; rm -rf "$d""#,
        "sh", directory, "--name", "test", "--data-dir", directory,
        "--listen-client-urls", "\(scheme)://127.0.0.1:\(ports[0])",
        "--advertise-client-urls", "\(scheme)://127.0.0.1:\(ports[0])",
        "--listen-peer-urls", "http://127.0.0.1:\(ports[1])",
        "--initial-advertise-peer-urls", "http://127.0.0.1:\(ports[1])",
        "--initial-cluster", "test=http://127.0.0.1:\(ports[1])",
        "--heartbeat-interval", "20", "--election-timeout", "100", "--unsafe-no-fsync",
      ] + (security ?? [])
    let (input, output) = (Pipe(), Pipe())
    process.standardInput = input
    process.standardOutput = output
    process.standardError = output
    try process.run()
    port = ports[0]
    lifeline = input.fileHandleForWriting
    identifier = try await Self.start(reading: output.fileHandleForReading)
  }

  deinit { try? lifeline.close() }

  package func cell(_ key: String, port: Int? = nil) throws -> EtcdCell {
    try EtcdCell(
      StoreURL(parsing: "etcd:\(key)?endpoints=127.0.0.1:\(port ?? self.port)&timeout=300"),
      environment: [:])
  }

  /// What etcdctl prints.
  @discardableResult
  package func etcdctl(_ arguments: [String]) async throws -> String {
    let process = Process()
    process.executableURL = URL(filePath: "/usr/bin/env")
    process.arguments =
      ["etcdctl", "--endpoints", "127.0.0.1:\(port)"] + arguments
    process.environment = ["ETCDCTL_API": "3", "PATH": "/usr/bin:/bin:/usr/local/bin"]
    let output = Pipe()
    process.standardOutput = output
    process.standardError = output
    let status: Int32 = try await withCheckedThrowingContinuation { continuation in
      process.terminationHandler = { continuation.resume(returning: $0.terminationStatus) }
      do { try process.run() } catch { continuation.resume(throwing: error) }
    }
    let text = String(decoding: output.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
    guard status == 0 else { throw Failure(text: text) }
    return text
  }

  /// Reads until etcd serves, and goes on reading so that it is never held up.
  private static func start(reading output: FileHandle) async throws -> pid_t {
    try await withCheckedThrowingContinuation { continuation in
      Thread.detachNewThread {
        var identifier: pid_t?
        var isReady = false
        var text = ""
        var bytes = [UInt8](repeating: 0, count: 4_096)
        while true {
          // Not with FileHandle's `read`, which waits for as many bytes as there is room for.
          let count = unsafe read(output.fileDescriptor, &bytes, bytes.count)
          guard count > 0 else { break }
          guard !isReady else { continue }
          text += String(decoding: bytes[..<count], as: UTF8.self)
          for line in text.split(separator: "\n") where line.hasPrefix("pid ") {
            identifier = pid_t(line.dropFirst(4))
          }
          guard let identifier, text.contains("ready to serve client requests") else { continue }
          isReady = true
          continuation.resume(returning: identifier)
        }
        if !isReady { continuation.resume(throwing: Failure(text: text)) }
      }
    }
  }

  private static func freePort() throws -> Int {
    let descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
    defer { close(descriptor) }
    var address = sockaddr_in()
    address.sin_family = sa_family_t(AF_INET)
    address.sin_addr.s_addr = INADDR_LOOPBACK.bigEndian
    var length = socklen_t(MemoryLayout<sockaddr_in>.size)
    let outcome = unsafe withUnsafeMutablePointer(to: &address) { pointer in
      unsafe pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { pointer in
        unsafe bind(descriptor, pointer, length) == 0
          && getsockname(descriptor, pointer, &length) == 0
      }
    }
    guard outcome else { throw Failure(text: "no free port") }
    return Int(UInt16(bigEndian: address.sin_port))
  }
}
