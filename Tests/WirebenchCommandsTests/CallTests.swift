import FoundationEssentials
import GRPCTransport
import MomentoAuth
import MomentoAuthMessages
import Synchronization
import TLSSession
import Testing

@testable import WirebenchCommands

@Suite struct CallTests {
  /// The members of the report that other programs rely on.
  struct Report: Decodable {
    var via: String
    var tls: Bool
    var inFlight: Int
    var onLoop: Bool
    var calls: Int?
    var errors: Int?
    var callsPerSecond: Double?
    var p50Microseconds: Double?
    var maxMicroseconds: Double?
    var allocationsPerCall: Double?
    var peakMemoryKB: Int
    var firstResponseMilliseconds: Double
  }

  private func report(_ run: CommandRun) throws -> Report {
    #expect(run.errors == "")
    #expect(run.exitCode == 0)
    return try JSONDecoder().decode(Report.self, from: Data(run.output.utf8))
  }

  @Test(
    "a load of so many calls makes as many, whichever way it calls",
    arguments: [["--via", "channel"], ["--via", "auth"], ["--on-loop"]])
  func calls(options: [String]) async throws {
    let server = CountingService()
    try await withServer(server) { address in
      let run = await wirebench(
        ["call", "--target", "\(address)", "--calls", "100", "--warm-up", "0", "--json"]
          + ["--in-flight", "8", "--connections", "3", "--loops", "2"] + options,
        allocationCount: { server.allocations })
      let report = try report(run)
      #expect(report.calls == 100)
      #expect(report.errors == 0)
      #expect(report.inFlight == 8)
      #expect(report.via == (options.contains("auth") ? "auth" : "channel"))
      #expect(report.onLoop == options.contains("--on-loop"))
      #expect(report.callsPerSecond ?? 0 > 0)
      let median = try #require(report.p50Microseconds)
      #expect(median > 0 && median <= report.maxMicroseconds ?? 0)
      // Two readings, one of 1,000 and one of 2,000.
      #expect(report.allocationsPerCall == 10)
    }
    // One more than the load: the first of all.
    #expect(server.calls == 101)
  }

  @Test("a load for some time ends, and reports")
  func time() async throws {
    try await withServer(SampleService()) { address in
      let run = await wirebench(
        ["call", "--target", "\(address)", "--seconds", "0.05", "--warm-up", "0.01", "--json"])
      let report = try report(run)
      // How many there are is up to the machine.
      #expect(report.calls != nil)
      #expect(report.errors == 0)
    }
  }

  @Test("no time at all is one call over TLS, and no load")
  func firstResponse() async throws {
    let authority = try CertificateAuthority(commonName: "test")
    let identity = try authority.issue(names: ["127.0.0.1"])
    let security = ServerTransportSecurity.tls(
      TLSServerConfiguration(
        certificateChain: identity.certificateChain, privateKey: identity.privateKey))
    let server = CountingService()
    try await withServer(server, security) { address in
      let path = FileManager.default.temporaryDirectory.path + "/" + UUID().uuidString
      try Data(authority.certificatePEM.utf8).write(to: URL(filePath: path))
      defer { try? FileManager.default.removeItem(atPath: path) }
      let run = await wirebench(
        ["call", "--target", "\(address)", "--tls", "--ca", path, "--seconds", "0", "--json"])
      let report = try report(run)
      #expect(report.calls == nil)
      #expect(report.tls)
      #expect(report.firstResponseMilliseconds > 0)
    }
    #expect(server.calls == 1)
  }

  @Test("without JSON, every figure has a line")
  func text() async throws {
    try await withServer(SampleService()) { address in
      let run = await wirebench(
        ["call", "--target", "\(address)", "--calls", "10", "--warm-up", "0"])
      let names = run.output.split(separator: "\n").compactMap { $0.split(separator: " ").first }
      #expect(names.first == "calls")
      #expect(names.contains("p999Microseconds") && names.contains("peakMemoryKB"))
    }
  }

  @Test("a server that answers something else is not measured")
  func otherServer() async throws {
    try await withServer(EmptyService()) { address in
      for face in ["channel", "auth"] {
        let run = await wirebench(["call", "--target", "\(address)", "--via", face])
        #expect(run.exitCode != 0)
        #expect(run.output == "")
        #expect(run.errors.hasPrefix("Error: "))
      }
    }
  }

  @Test("a server that is not there is an error that says so")
  func noServer() async throws {
    let run = await wirebench(["call", "--target", "127.0.0.1:1"])
    #expect(run.exitCode == 6)
    #expect(run.errors.contains("127.0.0.1:1"))
  }

  @Test("serve says where it listens, answers, and ends when it is asked to")
  func serve() async throws {
    let (lines, continuation) = AsyncStream.makeStream(of: String.self)
    let (stop, stopper) = AsyncStream.makeStream(of: Void.self)
    async let served = wirebench(
      ["serve", "--listen", "127.0.0.1:0"], untilTerminated: { for await _ in stop { break } },
      whenWritten: { continuation.yield($0) })
    var iterator = lines.makeAsyncIterator()
    let line = try #require(await iterator.next())
    #expect(line.hasPrefix("listening on 127.0.0.1:"))
    let address = line.dropFirst("listening on ".count).dropLast()
    let run = await wirebench(["call", "--target", String(address), "--seconds", "0"])
    #expect(run.exitCode == 0, "\(run.errors)")
    stopper.yield()
    #expect(await served.exitCode == 0)
  }
}

/// The sample service, counting.
private final class CountingService: GRPCService {
  private let count = Atomic<Int>(0)
  private let readings = Atomic<UInt64>(0)

  var calls: Int { count.load(ordering: .relaxed) }

  /// 1,000 more at each reading.
  var allocations: UInt64 { readings.add(1_000, ordering: .relaxed).newValue }

  func register(in router: inout Router) {
    router.unary(AuthMethods.refreshApiToken) { [self] request, _ in
      count.add(1, ordering: .relaxed)
      #expect(request.apiKey.utf8.count == SampleCall.keySize)
      #expect(request.refreshToken.utf8.count == 100)
      return ServerResponse(SampleCall.response)
    }
  }
}

/// Answers with no key.
private struct EmptyService: GRPCService {
  func register(in router: inout Router) {
    router.unary(AuthMethods.refreshApiToken) { _, _ in ServerResponse(RefreshApiTokenResponse()) }
  }
}
