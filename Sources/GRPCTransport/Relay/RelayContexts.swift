import TLSSession

/// The TLS settings of a relay, made when they are first needed: they depend on what clients ask for.
final class RelayContexts {
  /// How many are kept; a client could ask for any number of names.
  private static let most = 256

  private let configuration: RelayConfiguration
  private var towardsServer: [[String]: TLSContext] = [:]
  private var towardsClients: [String: TLSContext] = [:]

  init(_ configuration: RelayConfiguration) { self.configuration = configuration }

  /// A session with the server that offers what the client offers, and asks for the name that it asks
  /// for. A client on the same machine asks for `localhost`, which is nobody's name elsewhere.
  func sessionWithServer(
    _ security: TLSClientConfiguration, for client: ClientHello?
  ) throws(TLSError) -> TLSSession {
    let offered = client?.protocols ?? []
    let protocols = offered.isEmpty ? ["h2"] : offered
    var context = towardsServer[protocols]
    if context == nil {
      var security = security
      security.applicationProtocols = protocols
      context = try TLSContext(client: security)
      if towardsServer.count >= Self.most { towardsServer = [:] }
      towardsServer[protocols] = context
    }
    let name = client?.serverName.flatMap { $0 == "localhost" ? nil : $0 }
    return try TLSSession(
      context: try required(context),
      role: .client(serverName: name ?? configuration.targetHost))
  }

  /// A session with a client, which gets what the server picked.
  func sessionWithClient(
    _ identity: RelayConfiguration.ServerIdentity, _ client: ClientHello, picked: String?
  ) throws(TLSError) -> TLSSession {
    let name = client.serverName
    let chosen = picked ?? (client.protocols.contains("h2") ? "h2" : client.protocols.first ?? "h2")
    let key = "\(name ?? "") \(chosen)"
    var context = towardsClients[key]
    if context == nil {
      context = try TLSContext(server: settings(identity, name, chosen))
      if towardsClients.count >= Self.most { towardsClients = [:] }
      towardsClients[key] = context
    }
    return try TLSSession(context: try required(context), role: .server)
  }

  private func settings(
    _ identity: RelayConfiguration.ServerIdentity, _ name: String?, _ chosen: String
  ) throws(TLSError) -> TLSServerConfiguration {
    let identity =
      switch identity {
      case .fixed(let identity): identity
      case .issued(let authority, let names):
        try authority.issue(names: name.map { [$0] } ?? names)
      }
    return TLSServerConfiguration(
      certificateChain: identity.certificateChain, privateKey: identity.privateKey,
      applicationProtocols: [chosen])
  }

  private func required(_ context: TLSContext?) throws(TLSError) -> TLSContext {
    guard let context else {
      throw TLSError(phase: .configuration, summary: "no TLS settings were made")
    }
    return context
  }
}
