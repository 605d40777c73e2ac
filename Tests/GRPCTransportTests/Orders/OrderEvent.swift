import GRPCCall

/// What can happen to a channel, to its calls and to its connections. Calls and connections are named by
/// the order in which they began.
enum OrderEvent: Sendable, Equatable {
  enum Place: Sendable, CaseIterable { case all, belowNewest, newest, none }

  // The caller.
  case call(CallKind, deadline: Int?, waitForReady: Bool = false)
  case send(call: Int, size: Int = 3)
  case halfClose(call: Int)
  case cancel(call: Int)
  case shutDown

  // Time, in milliseconds.
  case pass(Int)
  /// A call's deadline comes.
  case deadline(call: Int)

  // The network.
  case lookUp(isFound: Bool)
  case accept
  case refuse
  case close(connection: Int)
  case reset(connection: Int, dropsUnread: Bool)
  case block(connection: Int)
  case unblock

  // The server.
  case settings(connection: Int, streams: UInt32?, window: UInt32?)
  case headers(call: Int)
  case message(call: Int)
  case trailers(call: Int, StatusCode)
  case endWithoutTrailers(call: Int)
  case badGateway(call: Int)
  case resetStream(call: Int, UInt32)
  case grantWindow(call: Int)
  case goAway(connection: Int, Place, UInt32)
  case violation(connection: Int)

  /// The loop takes one turn.
  case turn
  /// The loop takes turns until nothing is left to do, and everything is looked at.
  case settle
}

/// The codes of HTTP/2 (RFC 9113 §7), and what gRPC makes of a stream that is reset with them (gRPC over
/// HTTP/2, Errors).
enum ResetCode {
  static let noError: UInt32 = 0x0
  static let refusedStream: UInt32 = 0x7
  static let enhanceYourCalm: UInt32 = 0xb

  static let all: [UInt32] = [0x0, 0x1, 0x2, 0x3, 0x5, 0x7, 0x8, 0xb, 0xc, 0xd, 0xff]

  static func status(of code: UInt32) -> StatusCode {
    switch code {
    case 0x7: .unavailable
    case 0x8: .cancelled
    case 0xb: .resourceExhausted
    case 0xc: .permissionDenied
    default: .internalError
    }
  }
}
