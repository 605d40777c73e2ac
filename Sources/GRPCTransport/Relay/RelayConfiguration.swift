package import TLSSession

/// Where a relay listens, where it connects to, and what it may use.
package struct RelayConfiguration: Sendable {
  /// Who the relay is to clients that speak TLS.
  package enum ServerIdentity: Sendable {
    /// Always the same certificate.
    case fixed(Identity)
    /// A certificate for the name that the client asks for, made when it is asked for first; for
    /// clients that name none, one for the given names.
    case issued(by: CertificateAuthority, names: [String])
  }

  /// Numeric, without brackets.
  package var listenHost: String
  /// 0 lets the system choose.
  package var listenPort: Int
  /// A name or an address.
  package var targetHost: String
  package var targetPort: Int
  /// TLS to the server; nil for plaintext.
  package var serverSecurity: TLSClientConfiguration?
  /// TLS to clients; nil for plaintext.
  package var clientSecurity: ServerIdentity?
  /// More are closed as soon as they are accepted.
  package var maxConnections = 1_024
  /// How many bytes of one direction wait in memory for a peer that does not take them; the other
  /// peer is not read meanwhile.
  package var bufferLimit = 262_144
  /// How long connecting and both TLS handshakes may take together.
  package var setupTime: Duration = .seconds(20)

  package init(listenHost: String, listenPort: Int, targetHost: String, targetPort: Int) {
    self.listenHost = listenHost
    self.listenPort = listenPort
    self.targetHost = targetHost
    self.targetPort = targetPort
  }
}

/// Sees what a relay forwards, once it has been forwarded.
package protocol RelayObserver: Sendable {
  /// A client has connected; its connection has this number from now on, counted from 0.
  func accepted(_ connection: Int, from client: SocketAddress)

  /// Called on the relay's loop with bytes in their order, as they are before TLS. It must not block.
  ///
  /// - Parameter bytes: valid during the call only.
  func passed(_ bytes: RawSpan, _ direction: WireDirection, connection: Int)

  /// The connection is closed.
  ///
  /// - Parameter failure: why, unless both peers ended it.
  func ended(_ connection: Int, failure: String?)

  /// Something that concerns no connection, such as one that was turned away.
  func refused(_ client: SocketAddress, reason: String)
}

/// A relay that cannot listen.
package struct RelayError: Error, Sendable, CustomStringConvertible {
  /// What went wrong, where, and what to do.
  package let description: String
}
