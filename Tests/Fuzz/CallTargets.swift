import GRPCCall

/// gRPC's rules on header fields and bodies, for both sides of a call.
enum CallTargets {
  /// What a peer says in one call: fields, ends of header blocks, parts of the body, ends, resets.
  static func calls(_ input: [UInt8]) {
    play(input)
    serve(input)
    texts(input)
  }

  private static func play(_ input: [UInt8]) {
    var reader = InputReader(input)
    let kind: CallKind = reader.byte() & 1 == 0 ? .unary : .bidirectionalStreaming
    var machine = ClientCallMachine(kind: kind, maxMessageSize: 1 << 12)
    while !reader.isAtEnd {
      let wasFinished = machine.isFinished
      var outcome: CallOutcome?
      switch reader.byte() & 7 {
      case 0, 1, 2: withField(&reader) { machine.receivedField(name: $0, value: $1) }
      case 3: outcome = outcomeOf(machine.receivedEndOfHeaders(endStream: false))
      case 4: outcome = outcomeOf(machine.receivedEndOfHeaders(endStream: true))
      case 5: outcome = receiveBody(reader.piece(), &machine)
      case 6: outcome = machine.receivedEndOfStream()
      default: outcome = machine.receivedReset(errorCode: UInt32(reader.byte() & 15))
      }
      require(!wasFinished || outcome == nil, "a call ends once")
      if let outcome { _ = "\(outcome)" }
    }
    _ = machine.takeInitialMetadata().map { "\($0.key)" }
    let last = machine.connectionLost(reason: "over", delivery: .unknown)
    require(last == nil || machine.isFinished, "a lost connection ends the call")
    require(machine.isFinished, "every call ends")
  }

  private static func outcomeOf(_ action: ClientCallMachine.HeadersAction) -> CallOutcome? {
    switch action {
    case .finished(let outcome), .failed(let outcome): outcome
    case .informational, .initialMetadata, .ignored: nil
    }
  }

  private static func receiveBody(
    _ body: [UInt8], _ machine: inout ClientCallMachine
  ) -> CallOutcome? {
    var offset = 0
    while true {
      switch machine.receivedData(body.span, from: &offset) {
      case .needsMoreData: return nil
      case .message(let message): require(message.count <= body.count + 1 << 12, "a bound")
      case .failed(let outcome): return outcome
      }
    }
  }

  private static func serve(_ input: [UInt8]) {
    var reader = InputReader(input)
    var machine = ServerCallMachine(
      maxMessageSize: 1 << 12, servesHTTP: reader.byte() & 2 == 2)
    while !reader.isAtEnd {
      switch reader.byte() & 7 {
      case 0, 1, 2: withField(&reader) { machine.receivedField(name: $0, value: $1) }
      case 3: accept(machine.receivedEndOfHeaders(endStream: false), &machine)
      case 4: accept(machine.receivedEndOfHeaders(endStream: true), &machine)
      case 5: receiveBody(reader.piece(), &machine)
      case 6: _ = machine.receivedEndOfStream()
      default: machine.receivedReset()
      }
    }
  }

  private static func accept(
    _ action: ServerCallMachine.HeadersAction, _ machine: inout ServerCallMachine
  ) {
    guard case .accept(let head) = action else { return }
    machine.routed(to: .unary)
    require((head.timeout ?? .zero) >= .zero, "a timeout is not negative")
    for entry in head.metadata { _ = entry.key }
    _ = "\(head.metadata)"
  }

  private static func receiveBody(_ body: [UInt8], _ machine: inout ServerCallMachine) {
    var offset = 0
    while case .message = machine.receivedData(body.span, from: &offset) {}
  }

  private static func withField(
    _ reader: inout InputReader, _ body: (Span<UInt8>, Span<UInt8>) -> Void
  ) {
    let choice = reader.byte()
    let name = choice < 0xF0 ? Array(names.chosen(by: choice).utf8) : reader.piece()
    let given = reader.byte()
    let value = given < 0x40 ? Array(values.chosen(by: given).utf8) : reader.take(Int(given & 0x3F))
    body(name.span, value.span)
  }

  /// The encodings that header fields have.
  private static func texts(_ input: [UInt8]) {
    // Zero cannot be written, and centuries are not told apart.
    if let timeout = GRPCTimeout.parse(input.span), .zero < timeout, timeout < .seconds(1 << 32) {
      let again = GRPCTimeout.parse(Array(GRPCTimeout.encode(timeout).utf8).span)
      require(again == timeout, "\(timeout) comes back")
    }
    let text = PercentEncoding.decode(input.span)
    require(
      PercentEncoding.decode(Array(PercentEncoding.encode(text).utf8).span) == text,
      "\(text) comes back")
    let encoded = Array(Base64.encode(input).utf8)
    require(Base64.decode(encoded.span) == input, "bytes come back")
    _ = Base64.decodeList(input.span)
  }

  private static let names = [
    ":status", ":path", ":method", ":scheme", ":authority", "host", "content-type", "te",
    "grpc-status", "grpc-message", "grpc-timeout", "grpc-encoding", "grpc-accept-encoding",
    "grpc-status-details-bin", "authorization", "x-some-bin", "user-agent", "grpc-x",
  ]
  private static let values = [
    "200", "100", "404", "POST", "GET", "http", "/a.B/C", "application/grpc",
    "application/grpc+proto",
    "application/json", "trailers", "0", "7", "16", "17", "-1", "99999999999999999999", "10S", "1m",
    "99999999H", "%C3%A9", "%", "gzip", "identity", "AAEC", "AAEC,AA==", "", " ", "é",
  ]
}
