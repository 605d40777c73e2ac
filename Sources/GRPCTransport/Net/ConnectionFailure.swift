import GRPCCall
import HTTP2Session
import TLSSession

/// Why a connection ended, or could not be made.
struct ConnectionFailure: Error, Sendable, CustomStringConvertible {
  var phase: CallPhase
  var fault: Fault
  var reason: String
  /// The connection did all that was asked of it, and nothing is left to do.
  var isGraceful = false

  var description: String { reason }

  static let finished = ConnectionFailure(
    phase: .http2, fault: .peer, reason: "the connection has ended", isGraceful: true)

  static let closedByPeer = ConnectionFailure(
    phase: .http2, fault: .peer, reason: "the peer closed the connection")

  init(phase: CallPhase, fault: Fault, reason: String, isGraceful: Bool = false) {
    self.phase = phase
    self.fault = fault
    self.reason = reason
    self.isGraceful = isGraceful
  }

  init(_ error: SocketError, phase: CallPhase) {
    self.init(phase: phase, fault: .network, reason: error.description)
  }

  init(_ error: TLSError) {
    self.init(
      phase: .tls, fault: error.phase == .configuration ? .caller : .peer,
      reason: error.description)
  }

  init(_ error: HTTP2Error) {
    self.init(
      phase: .http2, fault: error.kind == .library ? .client : .peer, reason: error.description)
  }
}
