import EtcdProcess
import Foundation
import GRPCCall
import SecretStores
import TLSSession
import Testing

@testable import EtcdSecretStore

/// A real etcd that speaks TLS alone, and to clients of its own authority alone.
@Suite(.enabled(if: EtcdServer.isInstalled, "etcd and etcdctl are not installed"))
struct EtcdTLSTests {
  /// Certificates in files, for as long as a test takes.
  private final class Files: Sendable {
    let directory: String

    init() throws {
      directory = FileManager.default.temporaryDirectory.appending(path: UUID().uuidString).path
      try FileManager.default.createDirectory(
        atPath: directory, withIntermediateDirectories: true,
        attributes: [.posixPermissions: 0o700])
    }

    deinit { try? FileManager.default.removeItem(atPath: directory) }

    @discardableResult
    func write(_ text: String, _ name: String) throws -> String {
      let path = "\(directory)/\(name)"
      try Data(text.utf8).write(to: URL(filePath: path))
      try FileManager.default.setAttributes([.posixPermissions: 0o600], ofItemAtPath: path)
      return path
    }

    func write(_ identity: Identity, _ name: String) throws {
      try write(identity.certificateChain, name + ".crt")
      try write(identity.privateKey, name + ".key")
    }
  }

  private struct World {
    let files: Files
    let server: EtcdServer

    func cell(_ parameters: String) throws -> EtcdCell {
      let parameters = parameters.replacing("DIR", with: files.directory)
      return try EtcdCell(
        StoreURL(parsing: "etcd:key?endpoints=127.0.0.1:\(server.port)&tls=true&\(parameters)"),
        environment: [:])
    }

    func failure(_ parameters: String) async throws -> SecretStoreError? {
      let cell = try cell(parameters)
      let error = await #expect(throws: SecretStoreError.self) { try await cell.read() }
      await cell.close()
      return error
    }
  }

  private static let whole = "ca-file=DIR/ca.crt&cert-file=DIR/client.crt&key-file=DIR/client.key"

  private func world(serverName: String = "127.0.0.1") async throws -> World {
    let files = try Files()
    let authority = try CertificateAuthority(commonName: "test authority")
    try files.write(authority.certificatePEM, "ca.crt")
    try files.write(try authority.issue(names: [serverName]), "server")
    try files.write(try authority.issue(names: ["client"], forClient: true), "client")
    let other = try CertificateAuthority(commonName: "another")
    try files.write(other.certificatePEM, "other-ca.crt")
    try files.write(try other.issue(names: ["client"], forClient: true), "other")
    let directory = files.directory
    let server = try await EtcdServer(security: [
      "--cert-file", directory + "/server.crt", "--key-file", directory + "/server.key",
      "--client-cert-auth", "--trusted-ca-file", directory + "/ca.crt",
    ])
    return World(files: files, server: server)
  }

  @Test func aKeyIsWrittenReadAndWatched() async throws {
    let world = try await world()
    let cell = try world.cell(Self.whole)
    var ticks = try #require(cell.changeHints()).makeAsyncIterator()
    #expect(await ticks.next() != nil)
    let state = try await cell.swap(CellContents(current: [7]), expecting: nil)
    #expect(await ticks.next() != nil)
    let found = try await cell.read()
    #expect(found == state)
    let leadership = EtcdLeadership(of: cell, owner: .random())
    #expect(try await leadership.renew())
    #expect(try await leadership.renew())
    await cell.close()
    // The server ends with the last that refers to it.
    withExtendedLifetime(world) {}
  }

  @Test func whoIsNotWhoTheyShouldBeIsRefused() async throws {
    let world = try await world()
    let unknownServer = try await world.failure(
      Self.whole.replacing("DIR/ca.crt", with: "DIR/other-ca.crt"))
    #expect(unknownServer?.kind == .unavailable)
    #expect(unknownServer?.advice.contains("ca-file") == true)
    for client in [
      "ca-file=DIR/ca.crt",
      "ca-file=DIR/ca.crt&cert-file=DIR/other.crt&key-file=DIR/other.key",
    ] {
      let refused = try await world.failure(client)
      #expect(refused?.kind == .unavailable)
    }
  }

  @Test func aServerOfAnotherNameIsRefused() async throws {
    let failure = try await world(serverName: "127.0.0.2").failure(Self.whole)
    #expect(failure?.kind == .unavailable)
    #expect(failure?.delivery == .notSent)
  }
}
