/// A client of a comparison.
enum ClientSystem: String, Hashable, CaseIterable {
  case h2load
  case h2cli
  case grpccli
  case channel = "ours"
  case onLoop = "ours, callers on the loop"
  case auth = "ours, AuthClient"
}

/// A server of a comparison.
enum ServerSystem: String, Hashable, CaseIterable {
  case fastsrv
  case wirebench = "our server"
  case wirebenchOnLoop = "our server, handlers on the loop"
  case grpcsrv
}

/// One thing to measure: a client, a server, and a load.
struct Cell: Hashable {
  /// What the client does.
  enum Load: Hashable {
    case inFlight(Int)
    case oneCall
  }

  var client: ClientSystem
  var server: ServerSystem = .fastsrv
  var isTLS: Bool
  var load: Load

  /// How it is called in tables, and what `--only` looks for a pattern in.
  var name: String {
    "\(isTLS ? "TLS" : "plaintext"), \(loadName): \(participants)"
  }

  /// The client, and the server where that is not the one of all clients.
  var participants: String {
    server == .fastsrv ? client.rawValue : "\(server.rawValue) under \(client.rawValue)"
  }

  var loadName: String {
    switch load {
    case .inFlight(let count): "\(Double(count).grouped(0)) in flight"
    case .oneCall: "first response"
    }
  }

  /// Everything that the targets ask for, in the order of a round.
  static let all: [Cell] = [false, true].flatMap { isTLS in
    let clients: [(Load, [ClientSystem])] = [
      (.inFlight(64), ClientSystem.allCases),
      (.inFlight(512), [.h2load, .h2cli, .channel, .onLoop]),
      (.inFlight(1), [.h2load, .h2cli, .grpccli, .channel, .onLoop]),
      (.inFlight(4_096), [.channel]),
      (.oneCall, [.h2cli, .grpccli, .channel]),
    ]
    let servers = [ServerSystem.wirebench, .wirebenchOnLoop, .grpcsrv]
    return clients.flatMap { load, systems in
      systems.map { Cell(client: $0, isTLS: isTLS, load: load) }
    }
      + servers.map { Cell(client: .h2load, server: $0, isTLS: isTLS, load: .inFlight(64)) }
  }
}
