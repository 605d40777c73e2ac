public import GRPCCall

extension MomentoError {
  /// Says in Momento's terms how a call failed.
  ///
  /// - Parameters:
  ///   - error: the failed call.
  ///   - secrets: what the request carried; wherever the server repeats one, it is cut out.
  public init(_ error: RPCError, hiding secrets: [Secret] = []) {
    let cause = error.hiding(secrets)
    let code = MomentoErrorCode(cause)
    let subKind = cause.metadata.first("err")
    let sentence =
      code == .limitExceeded
      ? LimitKind(trailer: subKind, message: cause.message)?.sentence : nil
    let opening = sentence ?? ErrorKind.of(code).sentence
    let detail = cause.message.singleLine
    self.init(
      code, detail.isEmpty ? opening : "\(opening): \(detail)",
      advice: code == .serverUnavailable ? cause.phase.advice : nil,
      grpcStatus: cause.code, subKind: subKind, endpoint: cause.endpoint, fault: cause.fault,
      phase: cause.phase, cause: cause)
  }
}

extension MomentoErrorCode {
  /// The code of a failed call.
  ///
  /// RESOURCE_EXHAUSTED that the server never saw is this client's own limit.
  init(_ error: RPCError) {
    let isLocal = error.fault == .client || error.delivery == .notSent
    self = isLocal && error.code == .resourceExhausted ? .clientResourceExhausted : Self(error.code)
  }

  /// The code that the official SDKs give a status.
  public init(_ status: StatusCode) {
    switch status {
    case .invalidArgument: self = .invalidArgument
    case .outOfRange, .unimplemented: self = .badRequest
    case .failedPrecondition: self = .failedPrecondition
    case .permissionDenied: self = .permission
    case .unauthenticated: self = .authentication
    case .resourceExhausted: self = .limitExceeded
    case .notFound: self = .notFound
    case .alreadyExists: self = .alreadyExists
    case .deadlineExceeded: self = .timeout
    case .cancelled: self = .cancelled
    case .unavailable: self = .serverUnavailable
    case .unknown: self = .unknownService
    case .aborted, .internalError, .dataLoss: self = .internalServer
    case .ok: self = .unknown
    }
  }
}

extension CallPhase {
  /// What to do about a connection that did not come about; `nil` where there was one.
  fileprivate var advice: String? {
    switch self {
    case .resolve: "Check the spelling of the endpoint, and that this machine can resolve names."
    case .connect: "Check host and port of the endpoint, and that no firewall is in between."
    case .tls: "Check that the endpoint is the right one and that its authority is trusted."
    case .http2, .call: nil
    }
  }
}

extension RPCError {
  /// The same error with secrets cut out of every text that a server may have put them into.
  package func hiding(_ secrets: [Secret]) -> RPCError {
    // The longest first: one that begins another would leave the rest of it.
    let hidden = secrets.filter { !$0.isEmpty }.sorted { $0.count > $1.count }
      .map { $0.reveal() }
    guard !hidden.isEmpty else { return self }
    var error = self
    error.status.message = error.status.message.hiding(hidden)
    error.cause = error.cause?.hiding(hidden)
    // Details are a message of the server's; they cannot be cut, so they go when they are tainted.
    if String(decoding: error.status.details, as: UTF8.self).hiding(hidden).contains(redaction) {
      error.status.details = []
    }
    for entry in error.metadata where entry.repeats(any: hidden) {
      error.metadata.removeAll(entry.key)
    }
    return error
  }
}

extension Metadata.Entry {
  fileprivate func repeats(any secrets: [String]) -> Bool {
    let text =
      switch value {
      case .ascii(let text): text
      case .binary(let bytes): String(decoding: bytes, as: UTF8.self)
      }
    return secrets.contains { text.contains($0) }
  }
}

extension String {
  fileprivate func hiding(_ secrets: [String]) -> String {
    secrets.reduce(self) { $0.replacing($1, with: redaction) }
  }
}
