import GRPCCall
package import GRPCTransport
import LocalFiles
import TLSSession

/// The two programs of the interoperability tests, without their processes.
package enum InteropPrograms {
  private static let clientFlags: Set<String> = [
    "server_host", "server_port", "server_host_override", "use_tls", "use_test_ca", "ca_file",
    "test_case", "soak_iterations", "soak_max_failures", "soak_overall_timeout_seconds",
    "soak_per_iteration_max_acceptable_latency_ms", "soak_min_time_ms_between_rpcs",
    "soak_request_size", "soak_response_size",
  ]

  /// Runs the case that the flags name, within `limit`.
  ///
  /// - Returns: a line that says so.
  /// - Throws: what was wrong.
  package static func client(_ arguments: [String]) async throws -> String {
    let flags = try InteropFlags(arguments, known: clientFlags)
    let name = flags.text("test_case") ?? "large_unary"
    guard let test = InteropCase(rawValue: name) else {
      let known = InteropCase.allCases.map(\.rawValue).joined(separator: ", ")
      throw InteropFailure("there is no test case '\(name)'; those that are: \(known)")
    }
    let client = try InteropClient(
      target: .host(flags.text("server_host") ?? "localhost", port: try port("server_port", flags)),
      configuration: try configuration(flags), soak: try soak(flags))
    do {
      try await test.run(client)
    } catch {
      await client.shutdown()
      throw error
    }
    await client.shutdown()
    return "\(name): passed"
  }

  private static func port(_ name: String, _ flags: InteropFlags) throws -> Int {
    guard let port = try flags.number(name), port <= 65_535 else {
      throw InteropFailure("--\(name) takes a port, from 0 to 65535")
    }
    return port
  }

  private static func configuration(_ flags: InteropFlags) throws -> ChannelConfiguration {
    var configuration = ChannelConfiguration()
    // Whoever runs the cases says how long they may take; this only ends what would never end.
    configuration.defaultDeadline = .seconds(300)
    let host = flags.text("server_host_override")
    configuration.authority = host
    guard try flags.flag("use_tls") else { return configuration }
    var tls = TLSClientConfiguration()
    tls.serverNameOverride = host
    if let path = flags.text("ca_file") {
      tls.trustRoots = .pem(try text(path))
    } else if try flags.flag("use_test_ca") {
      throw InteropFailure("--use_test_ca needs --ca_file: no authority is built in")
    }
    configuration.transportSecurity = .tls(tls)
    return configuration
  }

  private static func soak(_ flags: InteropFlags) throws -> InteropClient.Soak {
    var soak = InteropClient.Soak()
    soak.iterations = try flags.number("soak_iterations") ?? soak.iterations
    soak.maxFailures = try flags.number("soak_max_failures") ?? soak.maxFailures
    soak.requestSize = try flags.number("soak_request_size") ?? soak.requestSize
    if let size = try flags.number("soak_response_size") {
      soak.responseSize = Int32(clamping: size)
    }
    if let milliseconds = try flags.number("soak_per_iteration_max_acceptable_latency_ms") {
      soak.maxAcceptableLatency = .milliseconds(milliseconds)
    }
    if let milliseconds = try flags.number("soak_min_time_ms_between_rpcs") {
      soak.minTimeBetweenCalls = .milliseconds(milliseconds)
    }
    soak.overallTimeout = .seconds(
      try flags.number("soak_overall_timeout_seconds") ?? max(10, soak.iterations))
    return soak
  }

  /// Starts the server that the flags describe.
  ///
  /// - Parameter host: the numeric address to listen on.
  /// - Returns: the server, and the port that it listens on.
  package static func server(_ arguments: [String]) async throws -> (server: Server, port: Int) {
    let flags = try InteropFlags(
      arguments,
      known: ["port", "use_tls", "tls_cert_file", "tls_key_file", "address_type", "host"])
    var configuration = ServerConfiguration(
      host: flags.text("host") ?? "0.0.0.0", port: try port("port", flags))
    configuration.shutdownGrace = .seconds(5)
    if try flags.flag("use_tls") {
      guard let chain = flags.text("tls_cert_file"), let key = flags.text("tls_key_file") else {
        throw InteropFailure("--use_tls needs --tls_cert_file and --tls_key_file")
      }
      configuration.transportSecurity = .tls(
        TLSServerConfiguration(certificateChain: try text(chain), privateKey: try text(key)))
    }
    let server = try Server(configuration: configuration, services: [TestService()])
    return (server, try await server.start().port)
  }

  private static func text(_ path: String) throws -> String {
    String(decoding: try FileText.read(path: path, limit: 1 << 20), as: UTF8.self)
  }
}
