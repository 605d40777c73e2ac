import CommandConsole
import Foundation
import GRPCTransport
import MomentoAuthMessages
import MomentoAuthService
import Synchronization
import TLSSession
import TestSupport
import Testing
import WireDumpCommands

/// A run of `wiredump tap` beside the test.
private final class TapSite: Sendable {
  private let errors = WatchedSink()
  let output = WatchedSink()
  private let ended = AsyncStream.makeStream(of: Void.self)

  func run(_ arguments: [String], _ body: @escaping @Sendable (Int) async throws -> Void)
    async throws
    -> String
  {
    let context = CommandContext(
      arguments: ["tap", "--listen", "127.0.0.1:0"] + arguments, environment: [:],
      readStandardInput: { _ in [] }, standardOutput: output, standardError: errors,
      now: { Date() },
      untilTerminated: { [ended] in for await _ in ended.stream { break } })
    async let exitCode = WiredumpCommand.run(context)
    let line = try #require(await errors.line { $0.hasPrefix("listening on 127.0.0.1:") })
    let port = try #require(Int(line.dropFirst(23).prefix { $0.isNumber }))
    let result = await Result { try await body(port) }
    ended.continuation.yield()
    #expect(await exitCode == 0)
    try result.get()
    return errors.text
  }
}

extension Result where Failure == any Error {
  fileprivate init(_ body: () async throws -> Success) async {
    do { self = .success(try await body()) } catch { self = .failure(error) }
  }
}

/// Keeps text, and tells of lines as they come.
private final class WatchedSink: TextSink {
  let isTerminal = false
  private let written = Mutex("")
  private let lines = AsyncStream.makeStream(of: String.self)

  var text: String { written.withLock { $0 } }

  func write(_ text: String) {
    written.withLock { $0 += text }
    for line in text.split(separator: "\n") { lines.continuation.yield(String(line)) }
  }

  func line(_ isWanted: (String) -> Bool) async -> String? {
    for await line in lines.stream where isWanted(line) { return line }
    return nil
  }
}

@Suite(.timeLimit(.minutes(5))) struct TapTests {
  /// A login at a service that listens on a port.
  private func logIn(_ port: Int, tls: TLSClientConfiguration? = nil, tap: FileWireTap? = nil)
    async throws
  {
    var configuration = ChannelConfiguration()
    configuration.defaultDeadline = .seconds(300)
    configuration.transportSecurity = tls.map { .tls($0) } ?? .plaintext
    configuration.wireTap = tap
    let channel = try Channel(
      target: .host("127.0.0.1", port: port), configuration: configuration)
    var count = 0
    for try await _ in try channel.serverStreaming(AuthMethods.login, LoginRequest()) { count += 1 }
    #expect(count > 1)
    await channel.shutdown()
  }

  @Test func callsAreShownAndSavedAsTheyPass() async throws {
    let directory = try TestDirectory()
    let save = directory.path + "/calls.pcap"
    let service = try EmbeddedAuthService()
    let address = try await service.start()
    let site = TapSite()
    let errors = try await site.run(
      ["--to", "127.0.0.1:\(address.port)", "--save", save, "--oneline"]
    ) { port in
      try await logIn(port)
      // Shown while the tap goes on.
      _ = try #require(await site.output.line { $0.contains("grpc-status: 0") })
    }
    await service.shutdown()
    #expect(site.output.text.contains(":path: /auth.Auth/Login"))
    #expect(errors.contains("1 connection, "))
    let saved = await wiredump(["dump", "--oneline", save])
    #expect(saved.output.contains(":path: /auth.Auth/Login"))
    #expect(saved.output.contains("grpc-status: 0"))
  }

  @Test func messagesOfChosenCallsAreShownInTheProtoscopeLanguage() async throws {
    let service = try EmbeddedAuthService()
    let address = try await service.start()
    for (filter, isShown) in [("path~Login", true), ("path~Refresh", false)] {
      let site = TapSite()
      _ = try await site.run(
        ["--to", "127.0.0.1:\(address.port)", "--format", "protoscope", "--where", filter]
      ) { port in try await logIn(port) }
      #expect(site.output.text.contains("# gRPC prefix") == isShown)
    }
    await service.shutdown()
  }

  @Test func aClientTrustsTheAuthorityThatIsWritten() async throws {
    let directory = try TestDirectory()
    let service = try EmbeddedAuthService(security: .ownAuthority)
    let authority = try #require(service.certificateAuthority)
    let trusted = try directory.path.write(Array(authority.utf8), "service.pem")
    let address = try await service.start()
    let own = directory.path + "/tap.pem"
    let site = TapSite()
    _ = try await site.run(
      ["--to", "127.0.0.1:\(address.port)", "--tls", "--ca", trusted, "--write-ca", own]
    ) { port in
      try await logIn(port, tls: TLSClientConfiguration(trustRoots: .file(own)))
      await #expect(throws: (any Error).self) {
        try await logIn(port, tls: TLSClientConfiguration(trustRoots: .file(trusted)))
      }
      // The tap hears of it after the client.
      _ = try #require(await site.output.line { $0.contains("connection 1 ended: ") })
    }
    await service.shutdown()
    #expect(site.output.text.contains(":path: /auth.Auth/Login"))
  }

  @Test func aClientsOwnCaptureIsExplained() async throws {
    let directory = try TestDirectory()
    let path = directory.path + "/client.pcap"
    let service = try EmbeddedAuthService()
    let address = try await service.start()
    let tap = try FileWireTap(path: path, role: .client)
    try await logIn(address.port, tap: tap)
    tap.flush()
    await service.shutdown()
    let run = await wiredump(["dump", "--strict", path])
    #expect(run.exitCode == 0)
    #expect(run.output.contains(":path: /auth.Auth/Login"))
    #expect(run.output.contains("(session_token): <redacted"))
  }
}
