/// Who has to act for a failed call to succeed.
public enum Fault: Sendable, Equatable {
  /// The caller: the request, its credentials or its deadline.
  case caller
  /// This library: an invariant of ours broke.
  case client
  /// The server, or a proxy that answered in its place.
  case peer
  /// The way between the two.
  case network

  /// Whose turn it is after a status that the server itself sent: a code that judges the request
  /// points at the caller, every other one at the server (gRPC `statuscodes.md`).
  package init(answered code: StatusCode) {
    switch code {
    case .ok, .cancelled, .invalidArgument, .deadlineExceeded, .notFound, .alreadyExists,
      .permissionDenied, .failedPrecondition, .aborted, .outOfRange, .unauthenticated:
      self = .caller
    case .unknown, .resourceExhausted, .unimplemented, .internalError, .unavailable, .dataLoss:
      self = .peer
    }
  }
}

/// How far a call had come when it failed.
public enum CallPhase: Sendable, Equatable {
  /// The host's name was being resolved.
  case resolve
  /// The TCP connection was being made.
  case connect
  /// The TLS handshake was under way.
  case tls
  /// The HTTP/2 connection failed underneath the call.
  case http2
  /// The call itself was under way.
  case call
}

/// Whether the server may have acted on a request that failed.
public enum Delivery: Sendable, Equatable {
  /// No byte of the request left: it is safe to send it again.
  case notSent
  /// The server said that it did not look at the request (`REFUSED_STREAM`, RFC 9113 §8.7, or a
  /// stream above the last one of GOAWAY, §6.8): it is safe to send it again.
  case refused
  /// The request was sent and nothing is known of its fate: it may have been carried out.
  case unknown
  /// The server answered.
  case answered
}
