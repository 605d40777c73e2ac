/// Why an HTTP/2 session cannot go on, or why one request to it cannot be done.
public struct HTTP2Error: Error, Sendable, Equatable, CustomStringConvertible {
  /// Who or what is at fault.
  public enum Kind: Sendable, Equatable {
    /// The peer broke the protocol so badly that the session can read no further.
    case peerMisbehaved
    /// The bytes are not HTTP/2 at all: no connection preface.
    case badPreface
    /// The peer floods us with frames that must be answered.
    case flooded
    /// The session takes no new stream: it is closing, or its stream identifiers are used up.
    case noNewStreams
    /// The caller asked for something that the session's state does not allow.
    case invalidUse
    /// The library failed: out of memory, or an inner error.
    case library
  }

  /// Who or what is at fault.
  public var kind: Kind
  /// What happened, in one sentence.
  public var reason: String

  /// The reason, and the kind of fault before it.
  public var description: String {
    switch kind {
    case .peerMisbehaved: "the peer broke HTTP/2: \(reason)"
    case .badPreface: "the peer does not speak HTTP/2: \(reason)"
    case .flooded: "the peer floods the connection: \(reason)"
    case .noNewStreams: "no new stream on this connection: \(reason)"
    case .invalidUse: "invalid use of the session: \(reason)"
    case .library: "nghttp2: \(reason)"
    }
  }
}
