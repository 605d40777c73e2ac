import GRPCInterop
import GRPCTransport
import Testing

@Suite struct InteropTests {
  /// Those that any correct server passes; the others want one that misbehaves on purpose.
  private static let cases = InteropCase.allCases.filter {
    ![.rstAfterHeader, .rstDuringData, .rstAfterData, .goAway].contains($0)
  }

  @Test(arguments: cases)
  func eachCaseHoldsAgainstOurOwnServer(_ test: InteropCase) async throws {
    let (server, port) = try await InteropPrograms.server(["--host=127.0.0.1", "--port=0"])
    let line = try await InteropPrograms.client([
      "--server_host", "127.0.0.1", "--server_port=\(port)", "--test_case=\(test.rawValue)",
      "--soak_per_iteration_max_acceptable_latency_ms=300000", "--soak_iterations=3",
      "--soak_overall_timeout_seconds=300",
    ])
    #expect(line == "\(test.rawValue): passed")
    await server.shutdown()
  }

  @Test(arguments: [
    (["--server_prt=1"], "unknown flag '--server_prt'"),
    (["large_unary"], "'large_unary' is no flag"),
    (["--server_port=x"], "--server_port takes a number, not 'x'"),
    (["--server_port=1", "--test_case=none"], "there is no test case 'none'"),
    (["--server_port=1", "--use_tls=maybe"], "--use_tls takes true or false, not 'maybe'"),
    (["--server_port=1", "--use_tls", "--use_test_ca"], "--use_test_ca needs --ca_file"),
  ])
  func aFlagThatIsWrongIsNamed(_ arguments: [String], _ message: String) async throws {
    let error = await #expect(throws: InteropFailure.self) {
      try await InteropPrograms.client(arguments)
    }
    #expect(error?.description.hasPrefix(message) == true)
  }

  @Test func aServerWithTLSNeedsItsFiles() async throws {
    await #expect(throws: InteropFailure.self) {
      try await InteropPrograms.server(["--port=0", "--use_tls=true"])
    }
  }
}
