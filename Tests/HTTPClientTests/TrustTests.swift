import Foundation
import TLSSession
import Testing

@testable import HTTPClient

/// `openssl s_server`, which answers every GET over TLS with a page of its own.
private final class TLSServer {
  let url: String
  private let process = Process()
  private let directory: URL

  init(_ identity: Identity, _ options: [String] = []) throws {
    directory = FileManager.default.temporaryDirectory.appending(path: UUID().uuidString)
    try FileManager.default.createDirectory(at: directory, withIntermediateDirectories: true)
    let certificate = directory.appending(path: "chain.pem").path
    let key = directory.appending(path: "key.pem").path
    try identity.certificateChain.write(toFile: certificate, atomically: true, encoding: .utf8)
    try identity.privateKey.write(toFile: key, atomically: true, encoding: .utf8)
    let output = Pipe()
    process.executableURL = URL(filePath: "/usr/bin/env")
    process.arguments =
      [
        "openssl", "s_server", "-accept", "127.0.0.1:0", "-www", "-cert", certificate, "-key", key,
      ] + options
    process.standardOutput = output
    process.standardError = FileHandle.nullDevice
    process.standardInput = FileHandle.nullDevice
    try process.run()
    var text = ""
    while !text.contains("ACCEPT "), text.last != "\n" || !text.contains("ACCEPT ") {
      let data = output.fileHandleForReading.availableData
      if data.isEmpty { break }
      text += String(decoding: data, as: UTF8.self)
    }
    let line = text.split(separator: "\n").first { $0.hasPrefix("ACCEPT ") }
    let port = try #require(line?.split(separator: ":").last)
    url = "https://localhost:\(port)/"
  }

  deinit {
    kill(process.processIdentifier, SIGKILL)
    process.waitUntilExit()
    try? FileManager.default.removeItem(at: directory)
  }

  /// A file in the server's directory.
  func file(_ text: String) throws -> String {
    let path = directory.appending(path: UUID().uuidString).path
    try text.write(toFile: path, atomically: true, encoding: .utf8)
    return path
  }
}

@Suite(.serialized) struct TrustTests {
  private let authority: CertificateAuthority

  init() throws { authority = try CertificateAuthority(commonName: "test authority") }

  private func failure(_ request: HTTPRequest) async throws -> HTTPFailure? {
    let client = try CurlClient()
    return await #expect(throws: HTTPFailure.self) { try await client.send(request) }
  }

  @Test func aServerOfATrustedAuthorityIsSpokenTo() async throws {
    let server = try TLSServer(authority.issue(names: ["localhost"]))
    let trust = HTTPRequest.Trust.file(try server.file(authority.certificatePEM))
    let answer = try await CurlClient().send(
      HTTPRequest(.get, server.url, usesProxy: false, trust: trust))
    #expect(answer.status == 200)
  }

  @Test func anUnknownAuthorityIsRefusedBeforeAnythingIsSent() async throws {
    let server = try TLSServer(authority.issue(names: ["localhost"]))
    let other = try CertificateAuthority(commonName: "another")
    for trust in [.system, HTTPRequest.Trust.file(try server.file(other.certificatePEM))] {
      let failure = try await failure(
        HTTPRequest(.post, server.url, usesProxy: false, trust: trust))
      #expect(failure?.phase == .tls)
      #expect(failure?.isCertainlyUnsent == true)
    }
  }

  @Test func anotherHostNameIsRefused() async throws {
    let server = try TLSServer(authority.issue(names: ["other.example"]))
    let trust = HTTPRequest.Trust.file(try server.file(authority.certificatePEM))
    let failure = try await failure(
      HTTPRequest(.get, server.url, usesProxy: false, trust: trust))
    #expect(failure?.phase == .tls)
    #expect(failure?.isCertainlyUnsent == true)
  }

  @Test func anAuthorityThatCannotBeReadIsSaid() async throws {
    let server = try TLSServer(authority.issue(names: ["localhost"]))
    let failure = try await failure(
      HTTPRequest(.get, server.url, usesProxy: false, trust: .file("/nonexistent/ca.pem")))
    #expect(failure?.phase == .tls)
    #expect(failure?.isCertainlyUnsent == true)
  }

  @Test func anOldVersionOfTLSIsRefused() async throws {
    let server = try TLSServer(
      authority.issue(names: ["localhost"]), ["-tls1_1", "-cipher", "ALL:@SECLEVEL=0"])
    let trust = HTTPRequest.Trust.file(try server.file(authority.certificatePEM))
    let failure = try await failure(
      HTTPRequest(.get, server.url, usesProxy: false, trust: trust))
    #expect(failure?.phase == .tls)
  }
}
