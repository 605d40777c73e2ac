import ArgumentParsing
import CommandConsole
import HTTPServer
import MomentoKeyRotation

/// What a running rotator tells over HTTP.
struct RotationEndpoints: Sendable {
  /// Where it listens.
  let address: (host: String, port: UInt16)
  private let server: HTTPServer

  /// - Returns: nil where no address is given.
  init?(
    _ text: String?, _ command: ParsedCommand, _ watched: [RotateRunCommand.Watched]
  ) throws {
    guard let text else { return nil }
    guard let wanted = ListenAddress(parsing: text) else {
      throw command.refusal("--listen takes a numeric address and a port, such as 127.0.0.1:9464.")
    }
    guard let port = UInt16(exactly: wanted.port) else {
      throw command.refusal("--listen takes a port of at most 65535.")
    }
    server = HTTPServer(host: wanted.host, port: port) { request in
      Self.answer(to: request.method, request.path, watched)
    }
    do {
      address = try server.start()
    } catch {
      throw CommandFailure.system("cannot listen on \(text): \(error)")
    }
  }

  func shutdown() async { await server.shutdown() }

  static func answer(
    to method: String, _ path: String, _ watched: [RotateRunCommand.Watched]
  ) -> HTTPAnswer {
    guard method == "GET" || method == "HEAD" else {
      return HTTPAnswer(405, text: "only GET and HEAD\n")
    }
    switch path {
    case "/livez": return verdict(watched.allSatisfy(\.health.isAlive))
    case "/readyz": return verdict(watched.allSatisfy(\.health.isReady))
    case "/healthz": return verdict(watched.allSatisfy(\.health.isHealthy))
    case "/metrics":
      return HTTPAnswer(
        200, text: RotationMetrics.prometheusText(of: watched.map(\.metrics)),
        type: "text/plain; version=0.0.4; charset=utf-8")
    default: return HTTPAnswer(404, text: "there are /livez, /readyz, /healthz and /metrics\n")
    }
  }

  private static func verdict(_ isGood: Bool) -> HTTPAnswer {
    HTTPAnswer(isGood ? 200 : 503, text: isGood ? "ok\n" : "not ok\n")
  }
}
