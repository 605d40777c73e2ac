import COpenSSL

/// The other side as errors speak of it.
struct Peer: Equatable, Sendable {
  enum Kind: Equatable, Sendable {
    case client
    case server(ServerName)
  }

  let kind: Kind
  let minimumVersion: TLSVersion

  init(_ role: TLSRole, _ context: TLSContext) throws(TLSError) {
    minimumVersion = context.minimumVersion
    switch role {
    case .server where context.isServer:
      kind = .client
    case .client(let serverName) where !context.isServer:
      kind = .server(try ServerName(context.serverNameOverride ?? serverName))
    case .client, .server:
      throw TLSError(
        phase: .configuration, summary: "a client's context was given to a server, or the reverse")
    }
  }

  var name: String {
    switch kind {
    case .client: "client"
    case .server: "server"
    }
  }

  /// The side that speaks through this session.
  var counterpart: String {
    switch kind {
    case .client: "server"
    case .server: "client"
    }
  }

  /// The peer agreed on no application protocol.
  var withoutProtocol: TLSError {
    let summary =
      switch kind {
      case .client:
        "the client offers no application protocol (ALPN); gRPC over TLS needs a client that "
          + "offers h2"
      case .server:
        "the server did not choose an application protocol (ALPN); is this the port of a gRPC "
          + "server that speaks HTTP/2?"
      }
    return TLSError(phase: .negotiation, summary: summary)
  }
}
