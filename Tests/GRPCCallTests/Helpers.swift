import GRPCCall

/// Steps of a test in one line each.
extension ClientCallMachine {
  mutating func headers(
    _ fields: KeyValuePairs<String, String>, endStream: Bool = false
  ) -> HeadersAction {
    for (name, value) in fields {
      receivedField(name: Array(name.utf8).span, value: Array(value.utf8).span)
    }
    return receivedEndOfHeaders(endStream: endStream)
  }

  mutating func begin() -> HeadersAction {
    headers([":status": "200", "content-type": "application/grpc"])
  }

  mutating func trailers(_ status: String = "0") -> HeadersAction {
    headers(["grpc-status": status], endStream: true)
  }

  /// The first thing that a body gives.
  mutating func data(_ bytes: [UInt8]) -> DataAction {
    var offset = 0
    return receivedData(bytes.span, from: &offset)
  }
}

extension ServerCallMachine {
  mutating func headers(
    _ fields: KeyValuePairs<String, String>, endStream: Bool = false
  ) -> HeadersAction {
    for (name, value) in fields {
      receivedField(name: Array(name.utf8).span, value: Array(value.utf8).span)
    }
    return receivedEndOfHeaders(endStream: endStream)
  }

  mutating func data(_ bytes: [UInt8]) -> DataAction {
    var offset = 0
    return receivedData(bytes.span, from: &offset)
  }

  /// A machine that has taken the headers of a call of a kind.
  static func accepted(_ kind: CallKind) -> ServerCallMachine {
    var machine = ServerCallMachine(maxMessageSize: 16)
    _ = machine.headers([
      ":method": "POST", ":path": "/s/m", "content-type": "application/grpc",
    ])
    machine.routed(to: kind)
    return machine
  }
}

extension ClientCallMachine.HeadersAction {
  /// The outcome, if the call ended.
  var outcome: CallOutcome? {
    switch self {
    case .finished(let outcome), .failed(let outcome): outcome
    case .informational, .initialMetadata, .ignored: nil
    }
  }
}

extension ClientCallMachine.DataAction {
  var outcome: CallOutcome? {
    if case .failed(let outcome) = self { outcome } else { nil }
  }
}

/// A message in its frame, written out by hand.
func frame(_ message: [UInt8], flag: UInt8 = 0) -> [UInt8] {
  [flag, 0, 0, 0, UInt8(message.count)] + message
}

/// A point of time, in seconds.
func at(_ seconds: UInt64) -> MonotonicTime {
  MonotonicTime(nanoseconds: seconds * 1_000_000_000)
}
