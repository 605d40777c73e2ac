import CommandConsole

/// How to start each program of a comparison.
struct BenchPrograms: Sendable {
  var wirebench: String
  /// Where the peers are.
  var peers: String
  var files: BenchFiles
  var environment: [String: String]
  /// How long a run is measured.
  var seconds: Double
  /// Where servers and clients run; nil for anywhere, on a machine with one core.
  var serverCore: Int?
  var clientCore: Int?

  /// How a server is started.
  func server(_ system: ServerSystem, isTLS: Bool, port: Int) -> ChildProcess.Command {
    let peer = [
      "\(peers)/\(system.rawValue)", "\(port)", isTLS ? "1" : "0", files.certificate,
      files.privateKey,
    ]
    let own =
      [wirebench, "serve", "--listen", "127.0.0.1:\(port)"]
      + (isTLS
        ? ["--tls", "--certificate", files.certificate, "--private-key", files.privateKey] : [])
    let arguments =
      switch system {
      case .fastsrv, .grpcsrv: peer
      case .wirebench: own
      case .wirebenchOnLoop: own + ["--on-loop"]
      }
    return ChildProcess.Command(arguments, environment: environment, core: serverCore)
  }

  /// How a client is started, told that it begins now.
  func client(_ cell: Cell, port: Int) -> ChildProcess.Command {
    var environment = environment
    let now = "\(BenchClock.now)"
    environment[ProcessStart.variable] = now
    environment["START_NS"] = now
    return ChildProcess.Command(
      arguments(cell, port: port), environment: environment, core: clientCore)
  }

  /// Reads what a client prints.
  func measurement(of cell: Cell, _ output: String) throws(CommandFailure) -> Measurement {
    let measurement =
      switch cell.client {
      case .h2load: MeasurementText.h2load(output)
      case .h2cli, .grpccli: MeasurementText.peer(output)
      case .channel, .onLoop, .auth: MeasurementText.call(output)
      }
    guard let measurement else {
      throw .system("the output of '\(cell.name)' cannot be read: \(output.suffix(500))")
    }
    if let errors = measurement[.errors], errors > 0 {
      throw .system("\(errors.fixed(0)) calls of '\(cell.name)' failed")
    }
    return measurement
  }

  private func arguments(_ cell: Cell, port: Int) -> [String] {
    switch cell.client {
    case .h2load: h2load(cell, port)
    case .h2cli, .grpccli: peer(cell, port)
    case .channel: call(cell, port, ["--via", "channel"])
    case .onLoop: call(cell, port, ["--via", "channel", "--on-loop"])
    case .auth: call(cell, port, ["--via", "auth"])
    }
  }

  private func h2load(_ cell: Cell, _ port: Int) -> [String] {
    let milliseconds = (seconds * 1e3).fixed(0)
    return [
      "h2load", "-c1", "-t1", "-m\(cell.inFlight)", "--duration", "\(milliseconds)ms",
      "--warm-up-time=500ms", "-d", files.request, "-H", "te: trailers", "-H",
      "content-type: application/grpc",
      "\(cell.isTLS ? "https" : "http")://localhost:\(port)/auth.Auth/RefreshApiToken",
    ]
  }

  private func peer(_ cell: Cell, _ port: Int) -> [String] {
    [
      "\(peers)/\(cell.client.rawValue)", "\(port)", cell.isTLS ? "1" : "0", "\(cell.inFlight)",
      "\(cell.load == .oneCall ? 0 : seconds)", files.authority,
    ]
  }

  private func call(_ cell: Cell, _ port: Int, _ options: [String]) -> [String] {
    [
      // Like the peers, which do not look up a name.
      wirebench, "call", "--target", "127.0.0.1:\(port)", "--in-flight", "\(cell.inFlight)",
      "--seconds", "\(cell.load == .oneCall ? 0 : seconds)", "--json",
    ] + options + (cell.isTLS ? ["--tls", "--ca", files.authority] : [])
  }
}

extension Cell {
  fileprivate var inFlight: Int {
    if case .inFlight(let count) = load { count } else { 1 }
  }
}
